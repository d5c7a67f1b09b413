import KubeServer
import Manifest

/// The addresses that an installation has and has had.
///
/// They stand where no setting reaches: the issuer in the certificate of every signature, the registry in the names of
/// images, the forge in applications. A former one goes on meaning this installation, so that what was made under it
/// still runs. Kept in `keys/addresses.json`.
struct KnownAddresses: Sendable, Hashable {
    /// URLs of pages, git and the identities of runs; the present one first.
    let web: [String]
    /// Host and port of the registry; the present one first.
    let registries: [String]

    /// The present addresses and those of the file, in which the present ones are written down.
    ///
    /// - Throws: ``SlipwayError`` with code `storage`.
    init(_ directory: DataDirectory, web: String, registry: String) throws(SlipwayError) {
        let file = directory.addresses
        let kept: Value
        do {
            kept = try PrivateFile.read(file).map { try JSON.parse($0) } ?? .emptyObject
        } catch {
            throw SlipwayError(
                .storage,
                "the addresses that this installation has had cannot be read from \(file): restore it from a backup; "
                    + "without it images that were signed under a former address do not run", cause: error)
        }
        self.init(web: web, registry: registry, before: kept)
        guard value != kept else { return }
        do {
            try PrivateFile.write(JSON.write(value, options: .pretty), to: file)
        } catch {
            throw SlipwayError(.storage, "the addresses cannot be written to \(file)", cause: error)
        }
    }

    /// The present addresses, and those before.
    init(web: String, registry: String, before kept: Value = .emptyObject) {
        func all(_ present: String, _ name: String) -> [String] {
            [present] + (kept[name]?.arrayValue ?? []).compactMap(\.stringValue).filter { $0 != present }
        }
        self.web = all(web, "web")
        registries = all(registry, "registries")
    }

    private var value: Value {
        [
            "web": .array(web.map { .string($0) }), "registries": .array(registries.map { .string($0) }),
        ]
    }

    /// Where each name of the registry leads: that of images, and each former address.
    var mirrors: [String: String] {
        guard let present = registries.first else { return [:] }
        var mirrors = [InstallationParts.registryName: present]
        for former in registries.dropFirst() { mirrors[former] = present }
        return mirrors
    }
}
