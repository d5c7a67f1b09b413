import Glibc
import Manifest

/// Images on disk: blobs by digest, and references that name manifests among them.
///
/// References are files of their own, so that tasks and processes that write different ones never meet. Nothing is
/// collected: a blob stays until it is removed by name.
public struct ImageStore: Sendable {
    /// The blobs.
    public let content: ContentStore

    /// Opens a store, making the directory where there is none.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public init(directory: String) throws(OCIError) {
        content = try ContentStore(directory: directory)
        do throws(SystemCallFailure) { try Disk.makeDirectory("\(directory)/refs") } catch {
            throw .storage("open the image store in \(directory)", error)
        }
    }

    /// What a reference names, nil where the store does not know it.
    ///
    /// A reference by digest names the manifest of that digest where it is stored.
    ///
    /// - Throws: ``OCIError`` with code `storage` or `invalidDocument`.
    public func descriptor(of reference: Reference) async throws(OCIError) -> Descriptor? {
        if let digest = reference.digest {
            guard await content.contains(digest) else { return nil }
            return try await manifest(digest).descriptor
        }
        return try await BlockingQueue.files.run { () throws(OCIError) in
            try readReference(at: path(of: reference), named: reference.description)?.descriptor
        }
    }

    /// Lets a reference name a manifest that is stored already; it may have named another one before.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func set(_ reference: Reference, to descriptor: Descriptor) async throws(OCIError) {
        let document: Value = [
            "reference": .string(reference.description), "descriptor": descriptor.value,
        ]
        try await BlockingQueue.files.run { () throws(OCIError) in
            do throws(SystemCallFailure) {
                try Disk.replace(path(of: reference), with: JSON.write(document))
            } catch {
                throw .storage("record the image \(reference)", error)
            }
        }
    }

    /// Forgets a reference; its blobs stay.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func remove(_ reference: Reference) async throws(OCIError) {
        try await BlockingQueue.files.run { () throws(OCIError) in
            if unlink(path(of: reference)) < 0, errno != ENOENT {
                throw .storage(
                    "forget the image \(reference)", SystemCallFailure("unlink", path(of: reference)))
            }
        }
    }

    /// All references and what they name, in the order of their names.
    ///
    /// - Throws: ``OCIError`` with code `storage` or `invalidDocument`.
    public func references() async throws(OCIError) -> [(reference: Reference, descriptor: Descriptor)] {
        try await BlockingQueue.files.run { () throws(OCIError) in
            var found: [(reference: Reference, descriptor: Descriptor)] = []
            for name in Disk.entries("\(content.directory)/refs") where !name.hasPrefix(".") {
                let path = "\(content.directory)/refs/\(name)"
                if let entry = try readReference(at: path, named: name) { found.append(entry) }
            }
            return found.sorted { $0.reference.description < $1.reference.description }
        }
    }

    /// A stored manifest or index, checked against its digest.
    ///
    /// - Throws: ``OCIError`` with code `notFound`, `digestMismatch`, `invalidDocument`, `limitExceeded`,
    ///   `unsupported` or `storage`.
    public func manifest(_ digest: Digest) async throws(OCIError) -> ManifestDocument {
        let bytes = try await content.read(digest, limit: ManifestDocument.largestSize)
        return try ManifestDocument(bytes, algorithm: digest.algorithm)
    }

    /// The stored image of a reference, the one for `platform` where it is an index.
    ///
    /// - Throws: ``OCIError``, with code `notFound` where any part but the layers is not stored.
    public func image(
        _ reference: Reference, platform: Platform = .current
    ) async throws(OCIError) -> StoredImage {
        guard let descriptor = try await descriptor(of: reference) else {
            throw OCIError(.notFound, "the image \(reference) is not stored; pull it first")
        }
        return try await image(descriptor.digest, platform: platform)
    }

    /// The stored image of a manifest's digest, the one for `platform` where it is an index.
    ///
    /// - Throws: as ``image(_:platform:)-(Reference,_)``.
    public func image(
        _ digest: Digest, platform: Platform = .current
    ) async throws(OCIError) -> StoredImage {
        let document = try await manifest(digest)
        let manifest: ImageManifest
        switch document.content {
        case .index(let index):
            let chosen = try index.manifest(for: platform)
            guard chosen.mediaType.isImageManifest else {
                throw OCIError(.unsupported, "\(digest) lists \(chosen.digest), which is an index itself")
            }
            return try await image(chosen.digest, platform: platform)
        case .image(let image):
            manifest = image
        }
        let bytes = try await content.read(
            manifest.configuration.digest, limit: ImageConfiguration.largestSize)
        let configuration = try ImageConfiguration(parsing: bytes)
        return try StoredImage(document: document, manifest: manifest, configuration: configuration)
    }

    private func path(of reference: Reference) -> String {
        // Slashes and colons are all that a reference holds and a file name may not, or confuses people with.
        let name = reference.description.map { character in
            switch character {
            case "/": "%2F"
            case ":": "%3A"
            default: String(character)
            }
        }.joined()
        // A file name has at most 255 bytes; the document holds the reference itself.
        let file = name.utf8.count <= 200 ? name : "long-" + Digest.sha256(Array(name.utf8)).hex
        return "\(content.directory)/refs/\(file)"
    }

    private func readReference(
        at path: String, named name: String
    ) throws(OCIError) -> (reference: Reference, descriptor: Descriptor)? {
        let bytes: [UInt8]?
        do throws(SystemCallFailure) { bytes = try Disk.read(path, limit: 1 << 20) } catch {
            throw .storage("read what is recorded of the image \(name)", error)
        }
        guard let bytes else { return nil }
        let fields = try DocumentFields(parsing: bytes, as: "record of image \(name)")
        return (
            try Reference(parsing: try fields.string("reference")),
            try Descriptor(try fields.fields("descriptor"))
        )
    }
}
