import Glibc

/// Blobs on disk, by digest: the directory of an OCI image layout.
///
/// Each blob is a file `blobs/ALGORITHM/HEX`. A blob appears whole and synced or not at all, so any number of tasks
/// and processes may use one directory. Nothing is ever removed except by ``remove(_:)``.
public struct ContentStore: Sendable {
    /// The directory the store lives in.
    public let directory: String

    /// Opens a store, making the directory where there is none.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public init(directory: String) throws(OCIError) {
        self.directory = directory
        do throws(SystemCallFailure) {
            for algorithm in Digest.Algorithm.allCases where algorithm != .sha384 {
                try Disk.makeDirectory("\(directory)/blobs/\(algorithm.rawValue)")
            }
            try Disk.makeDirectory("\(directory)/ingest")
            if Disk.size("\(directory)/oci-layout") == nil {
                try Disk.replace(
                    "\(directory)/oci-layout", with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            }
        } catch {
            throw .storage("open the content store in \(directory)", error)
        }
    }

    /// Where a blob is or would be.
    public func path(of digest: Digest) -> String {
        "\(directory)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    /// The size of a blob, nil where there is none.
    public func size(of digest: Digest) async -> Int64? {
        await BlockingQueue.files.run { Disk.size(path(of: digest)) }
    }

    /// Whether the content is here, whole and checked.
    public func contains(_ digest: Digest) async -> Bool { await size(of: digest) != nil }

    /// A small blob's content, checked against its digest.
    ///
    /// - Throws: ``OCIError`` with code `notFound`, `limitExceeded`, `digestMismatch` or `storage`.
    public func read(_ digest: Digest, limit: Int = 8 << 20) async throws(OCIError) -> [UInt8] {
        try await BlockingQueue.files.run { () throws(OCIError) in
            try readBlocking(digest, limit: limit)
        }
    }

    func readBlocking(_ digest: Digest, limit: Int) throws(OCIError) -> [UInt8] {
        let file = try openBlocking(digest)
        let bytes: [UInt8]?
        do throws(SystemCallFailure) { bytes = try file.readAll(limit: limit) } catch {
            throw .storage("read the blob \(digest)", error)
        }
        guard let bytes else {
            throw OCIError(.limitExceeded, "the blob \(digest) has more than \(limit) bytes")
        }
        var hash = DigestBuilder(digest.algorithm)
        hash.update(bytes)
        guard hash.digest() == digest else {
            throw OCIError(
                .digestMismatch,
                "the file of blob \(digest) holds other content, \(hash.digest()); delete it and fetch it again"
            )
        }
        return bytes
    }

    func openBlocking(_ digest: Digest) throws(OCIError) -> OpenFile {
        do throws(SystemCallFailure) {
            return try OpenFile(path(of: digest), O_RDONLY | O_NOFOLLOW)
        } catch {
            if error.number == ENOENT { throw OCIError(.notFound, "there is no blob \(digest)") }
            throw .storage("open the blob \(digest)", error)
        }
    }

    /// A blob's content as a stream of chunks, from an offset on. The content is not checked.
    ///
    /// - Parameter range: the bytes to read; nil for all.
    /// - Throws: ``OCIError`` with code `notFound` or `storage`.
    public func reader(
        of digest: Digest, range: Range<Int64>? = nil, chunkSize: Int = 256 << 10
    ) async throws(OCIError) -> BlobReader {
        try await BlockingQueue.files.run { () throws(OCIError) in
            let file = try openBlocking(digest)
            do throws(SystemCallFailure) {
                let size = try file.size
                return BlobReader(
                    file: file, range: range?.clamped(to: 0..<size) ?? 0..<size, chunkSize: chunkSize)
            } catch {
                throw .storage("read the blob \(digest)", error)
            }
        }
    }

    /// Stores content that is in memory and returns its digest.
    ///
    /// - Throws: ``OCIError`` with code `digestMismatch` or `storage`.
    @discardableResult
    public func write(_ bytes: [UInt8], expecting expected: Digest? = nil) async throws(OCIError) -> Digest {
        let writer = try await writer(algorithm: expected?.algorithm ?? .sha256)
        do throws(OCIError) {
            try await writer.append(bytes)
            return try await writer.commit(expecting: expected).digest
        } catch {
            await writer.discard()
            throw error
        }
    }

    /// Begins a blob that arrives piece by piece.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func writer(algorithm: Digest.Algorithm = .sha256) async throws(OCIError) -> BlobWriter {
        try await BlockingQueue.files.run { () throws(OCIError) in
            do throws(SystemCallFailure) {
                let file = try Disk.makeTemporary(in: "\(directory)/ingest", prefix: "blob-")
                return BlobWriter(store: self, file: file, algorithm: algorithm)
            } catch {
                throw .storage("store a blob in \(directory)", error)
            }
        }
    }

    /// Puts a finished file in the place of a blob. The file must be in the store's file system and synced.
    func adoptBlocking(_ file: OpenFile, as digest: Digest) throws(SystemCallFailure) {
        let target = path(of: digest)
        if digest.algorithm == .sha384 { try Disk.makeDirectory(Disk.parent(of: target)) }
        if fchmod(file.descriptor, 0o644) < 0 { throw SystemCallFailure("chmod", file.path) }
        if rename(file.path, target) < 0 { throw SystemCallFailure("rename", target) }
        try Disk.syncDirectory(Disk.parent(of: target))
    }

    /// Removes a blob; it is no failure that there is none.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func remove(_ digest: Digest) async throws(OCIError) {
        try await BlockingQueue.files.run { () throws(OCIError) in
            if unlink(path(of: digest)) < 0, errno != ENOENT {
                throw .storage("remove the blob \(digest)", SystemCallFailure("unlink", path(of: digest)))
            }
        }
    }

    /// The digests of all blobs, in order.
    public func digests() async -> [Digest] {
        await BlockingQueue.files.run {
            Digest.Algorithm.allCases.flatMap { algorithm in
                Disk.entries("\(directory)/blobs/\(algorithm.rawValue)").compactMap {
                    try? Digest(parsing: "\(algorithm.rawValue):\($0)")
                }
            }
        }
    }
}
