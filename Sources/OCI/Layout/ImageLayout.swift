import Glibc
import Manifest

/// A directory in which other programs leave images: image specification 1.1, "Image Layout".
public struct ImageLayout: Sendable {
    /// The directory, which holds `index.json`.
    public let directory: String

    /// A layout at a path, which need not exist yet.
    public init(directory: String) { self.directory = directory }

    /// Takes an image over into a store and returns its manifest or index.
    ///
    /// - Parameter name: its `org.opencontainers.image.ref.name`; may be nil where the layout has one image.
    /// - Throws: ``OCIError`` with code `notFound`, `invalidDocument`, `digestMismatch` or `storage`.
    public func read(_ name: String? = nil, into store: ImageStore) async throws(OCIError) -> ManifestDocument
    {
        let index = try await BlockingQueue.files.run { () throws(OCIError) in try readIndex() }
        let candidates = index.manifests.filter { name == nil || $0.annotations[Self.nameKey] == name }
        guard let chosen = candidates.first, candidates.count == 1 else {
            throw OCIError(
                .notFound,
                "the image layout \(directory) has \(candidates.count) images "
                    + (name.map { "named '\($0)'" } ?? "and none was named"))
        }
        return try await take(chosen, into: store, depth: 0)
    }

    /// Writes an image of a store, with all its parts, as a layout of its own.
    ///
    /// - Throws: ``OCIError`` with code `notFound` or `storage`.
    public func write(_ digest: Digest, named name: String?, from store: ImageStore) async throws(OCIError) {
        let target = try ContentStore(directory: directory)
        let document = try await copy(digest, from: store, to: target, depth: 0)
        var entry = document.descriptor
        if let name { entry.annotations[Self.nameKey] = name }
        let index = ManifestDocument(ImageIndex(manifests: [entry]))
        try await BlockingQueue.files.run { () throws(OCIError) in
            do throws(SystemCallFailure) {
                try Disk.replace("\(directory)/index.json", with: index.bytes)
            } catch {
                throw .storage("write the image layout \(directory)", error)
            }
        }
    }

    private static let nameKey = "org.opencontainers.image.ref.name"

    private func readIndex() throws(OCIError) -> ImageIndex {
        let bytes: [UInt8]?
        do throws(SystemCallFailure) {
            bytes = try Disk.read("\(directory)/index.json", limit: ManifestDocument.largestSize)
        } catch { throw .storage("read the image layout \(directory)", error) }
        guard let bytes else {
            throw OCIError(.notFound, "\(directory) is no image layout: it has no index.json")
        }
        guard case .index(let index) = try ManifestDocument(bytes, mediaType: .imageIndex).content else {
            throw OCIError(.invalidDocument, "\(directory)/index.json is no index")
        }
        return index
    }

    private func take(_ entry: Descriptor, into store: ImageStore, depth: Int) async throws(OCIError)
        -> ManifestDocument
    {
        let bytes = try await read(entry, limit: ManifestDocument.largestSize)
        let document = try ManifestDocument(
            bytes, mediaType: entry.mediaType, algorithm: entry.digest.algorithm)
        switch document.content {
        case .image(let manifest):
            for blob in [manifest.configuration] + manifest.layers {
                try await take(blob, into: store.content)
            }
        case .index(let index):
            guard depth < 4 else {
                throw OCIError(.unsupported, "\(directory) holds an index that does not end")
            }
            for inner in index.manifests { _ = try await take(inner, into: store, depth: depth + 1) }
        }
        try await store.content.write(bytes, expecting: document.digest)
        return document
    }

    private func path(_ digest: Digest) -> String {
        "\(directory)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    private func read(_ entry: Descriptor, limit: Int) async throws(OCIError) -> [UInt8] {
        try await BlockingQueue.files.run { () throws(OCIError) in
            let bytes: [UInt8]?
            do throws(SystemCallFailure) { bytes = try Disk.read(path(entry.digest), limit: limit) } catch {
                throw .storage("read the blob \(entry.digest)", error)
            }
            guard let bytes else { throw OCIError(.notFound, "\(directory) has no blob \(entry.digest)") }
            var hash = DigestBuilder(entry.digest.algorithm)
            hash.update(bytes)
            guard hash.digest() == entry.digest else {
                throw OCIError(
                    .digestMismatch, "the blob \(entry.digest) of \(directory) holds other content")
            }
            return bytes
        }
    }

    /// Takes a blob over, unless the store has it.
    private func take(_ blob: Descriptor, into store: ContentStore) async throws(OCIError) {
        if await store.size(of: blob.digest) == blob.size { return }
        let writer = try await store.writer(algorithm: blob.digest.algorithm)
        do throws(OCIError) {
            try await BlockingQueue.files.run { () throws(OCIError) in
                do throws(SystemCallFailure) {
                    let file = try OpenFile(path(blob.digest), O_RDONLY)
                    while true {
                        var chunk = [UInt8](repeating: 0, count: 1 << 20)
                        let count = Glibc.read(file.descriptor, &chunk, chunk.count)
                        guard count >= 0 else { throw SystemCallFailure("read", file.path) }
                        if count == 0 { break }
                        do throws(OCIError) { try writer.appendBlocking(Array(chunk[..<count])) } catch {
                            throw SystemCallFailure("write", file.path)
                        }
                    }
                } catch {
                    if error.number == ENOENT {
                        throw OCIError(.notFound, "\(directory) has no blob \(blob.digest)")
                    }
                    throw .storage("take over the blob \(blob.digest)", error)
                }
            }
            _ = try await writer.commit(expecting: blob.digest, size: blob.size)
        } catch {
            await writer.discard()
            throw error
        }
    }

    private func copy(
        _ digest: Digest, from store: ImageStore, to target: ContentStore, depth: Int
    ) async throws(OCIError) -> ManifestDocument {
        let document = try await store.manifest(digest)
        let source = ImageLayout(directory: store.content.directory)
        switch document.content {
        case .image(let manifest):
            for blob in [manifest.configuration] + manifest.layers {
                try await source.take(blob, into: target)
            }
        case .index(let index):
            guard depth < 4 else { throw OCIError(.unsupported, "\(digest) is an index that does not end") }
            for inner in index.manifests {
                _ = try await copy(inner.digest, from: store, to: target, depth: depth + 1)
            }
        }
        try await target.write(document.bytes, expecting: document.digest)
        return document
    }
}
