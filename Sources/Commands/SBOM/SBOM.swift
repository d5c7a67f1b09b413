import ArgumentParser
import Foundation
import Inventory
import Manifest
import OCI
import Pipeline
import Sigstore

/// `slipway sbom`: lists what a directory or an image is made of.
struct SBOM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom", abstract: "Write what a directory or an image is made of, as CycloneDX.",
        discussion: """
            Reads Package.resolved, package-lock.json, requirements*.txt, uv.lock, go.sum, Cargo.lock and the package \
            database of Debian. The same content gives the same document; --timestamp adds the time and a serial \
            number. Sign the document beside its image with `slipway sign --statement FILE --type cyclonedx`.

            EXAMPLES
              slipway sbom .
              slipway sbom --image registry.example/shop@sha256:… --out bom.json
            """)

    @Argument(help: "The directory.") var directory: String?

    @Option(help: ArgumentHelp("An image in a registry instead of a directory.", valueName: "image"))
    var image: String?

    @Option(
        help: ArgumentHelp("What the subject is called; the directory's name by default.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The subject's version.", valueName: "version"))
    var version: String?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Where to write; - for standard output.", valueName: "file"))
    var out = "-"

    @Flag(help: "Write down the time and a serial number.")
    var timestamp = false

    func validate() throws {
        if (directory == nil) == (image == nil) {
            throw ValidationError("give a directory or --image, one of the two")
        }
    }

    func run() async throws {
        try await reportingSignatures {
            let bill = try await bill()
            let bytes = JSON.write(bill.value, options: .pretty) + [UInt8(ascii: "\n")]
            if out == "-" {
                try StandardStreams.writeOutput(bytes)
            } else {
                try Data(bytes).write(to: URL(filePath: out), options: .atomic)
            }
        }
    }

    private func bill() async throws -> BillOfMaterials {
        let subject: BillOfMaterials.Subject
        let found: TreeInventory
        if let image {
            let reference = try Reference(parsing: image).withDefaultTag
            let folder = FileManager.default.temporaryDirectory.appending(
                path: "slipway-sbom-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let (root, digest) = try await Self.unpack(reference, in: folder.path)
            found = try TreeInventory(root: root)
            subject = BillOfMaterials.Subject(
                type: "container", name: name ?? reference.name, version: version, digest: digest)
        } else {
            let url = URL(filePath: directory ?? ".").standardizedFileURL
            found = try TreeInventory(root: url.path)
            subject = BillOfMaterials.Subject(
                type: "application", name: name ?? url.lastPathComponent, version: version)
        }
        for fault in found.faults {
            StandardStreams.writeError("Warning: \(fault); its packages are missing\n")
        }
        return BillOfMaterials(
            of: subject, components: found.components,
            serialNumber: timestamp ? "urn:uuid:\(UUID().uuidString.lowercased())" : nil,
            timestamp: timestamp ? Date().formatted(.iso8601) : nil,
            toolVersion: BuildInformation.current.version)
    }

    /// Fetches an image and lays its files out.
    private static func unpack(_ reference: Reference, in folder: String) async throws -> (
        root: String, digest: String
    ) {
        try await withRegistry { client in
            let store = try ImageStore(directory: folder + "/store")
            let document = try await client.pull(reference, into: store)
            let image = try await store.image(reference)
            let unpacked = try UnpackedImages(
                directory: folder + "/root", content: store.content, form: .flat)
            let directories = try await unpacked.directories(of: image)
            return (directories.first ?? folder, document.digest.description)
        }
    }
}
