import Glibc
import NIOCore
import Synchronization

/// A blob that a client sends in one or more requests.
///
/// What has arrived stays on disk, also when a connection is cut or the registry restarts, so that the client goes on
/// where it was. A new request takes the upload over from an older one whose connection is dead without the registry
/// having noticed yet.
final class UploadSession: Sendable {
    private struct State {
        var offset: Int64
        /// The hash of everything before `offset`; nil after a restart.
        var hash: DigestBuilder?
        /// The request that may write; older ones have a smaller number.
        var writer = 0
        var isClosed = false
    }

    let identifier: String
    let repository: String
    private let file: OpenFile
    private let storage: RegistryStorage
    private let state: Mutex<State>

    /// Opens the file of a session, or makes it.
    init(
        identifier: String, repository: String, storage: RegistryStorage, isNew: Bool
    ) throws(SystemCallFailure) {
        self.identifier = identifier
        self.repository = repository
        self.storage = storage
        let path = Self.path(identifier, storage)
        if isNew {
            file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL)
            try Disk.replace(path + ".repository", with: Array(repository.utf8))
        } else {
            file = try OpenFile(path, O_RDWR | O_NOFOLLOW)
        }
        let size = try file.size
        state = Mutex(State(offset: size, hash: size == 0 ? DigestBuilder() : nil))
    }

    private static func path(_ identifier: String, _ storage: RegistryStorage) -> String {
        "\(storage.directory)/uploads/\(identifier)"
    }

    /// The repository a session on disk is for, nil where there is no such session.
    static func repository(
        of identifier: String, _ storage: RegistryStorage
    ) throws(SystemCallFailure) -> String? {
        try Disk.read(path(identifier, storage) + ".repository", limit: 1_024).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The bytes that have arrived.
    var offset: Int64 { state.withLock(\.offset) }

    /// Makes the caller the one that writes, and returns its number and where it begins.
    func takeOver() -> (writer: Int, offset: Int64) {
        state.withLock { state in
            state.writer += 1
            return (state.writer, state.offset)
        }
    }

    /// Writes the next bytes.
    ///
    /// - Throws: ``RegistryRefusal`` where another request has taken over, the blob gets too large or the disk is full.
    func append(_ buffer: ByteBuffer, writer: Int, limit: Int64) throws(RegistryRefusal) {
        let refusal = buffer.withUnsafeReadableBytes { bytes in
            state.withLock { state -> RegistryRefusal? in
                guard state.writer == writer, !state.isClosed else { return Self.superseded }
                guard state.offset + Int64(bytes.count) <= limit else {
                    return RegistryRefusal(
                        413, .sizeInvalid, "the blob has more than the \(limit) bytes allowed")
                }
                var written = 0
                while written < bytes.count {
                    let count = pwrite(
                        file.descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written,
                        off_t(state.offset) + written)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else { return Self.diskFailure(SystemCallFailure("write", "upload")) }
                    written += count
                }
                state.hash?.update(bytes)
                state.offset += Int64(bytes.count)
                return nil
            }
        }
        if let refusal { throw refusal }
    }

    /// Makes the upload a blob of the repository, if it is the one expected. The session is over then in any case.
    ///
    /// - Throws: ``RegistryRefusal``.
    func finish(as expected: Digest, writer: Int) throws(RegistryRefusal) -> Int64 {
        let (hash, size) = try claim(writer)
        do throws(SystemCallFailure) {
            let digest: Digest
            if let known = hash?.digest(), known.algorithm == expected.algorithm {
                digest = known
            } else {
                digest = try computed(expected.algorithm)
            }
            guard digest == expected else {
                discardFiles()
                throw SystemCallFailure(digest.description, "", EBADMSG)
            }
            try file.sync()
            try storage.content.adoptBlocking(file, as: expected)
            try storage.link(expected, in: repository)
            Glibc.unlink(file.path + ".repository")
        } catch {
            guard error.number == EBADMSG else { throw Self.diskFailure(error) }
            throw RegistryRefusal(
                400, .digestInvalid,
                "the blob's content has the digest \(error.call), not \(expected); send it again")
        }
        return size
    }

    /// Gives the upload up.
    func cancel() {
        state.withLock { state in
            state.isClosed = true
            state.writer += 1
        }
        discardFiles()
    }

    private func discardFiles() {
        Glibc.unlink(file.path)
        Glibc.unlink(file.path + ".repository")
    }

    private func claim(_ writer: Int) throws(RegistryRefusal) -> (hash: DigestBuilder?, size: Int64) {
        let claimed = state.withLock { state -> (DigestBuilder?, Int64)? in
            guard state.writer == writer, !state.isClosed else { return nil }
            state.isClosed = true
            return (state.hash, state.offset)
        }
        guard let claimed else { throw Self.superseded }
        return claimed
    }

    /// The digest of the file, for sessions that have outlived a restart and for other algorithms.
    private func computed(_ algorithm: Digest.Algorithm) throws(SystemCallFailure) -> Digest {
        var hash = DigestBuilder(algorithm)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4_096)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer, at: hash.count)
            if count == 0 { return hash.digest() }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static let superseded = RegistryRefusal(
        409, .blobUploadInvalid, "another request goes on with this upload, or it is over")

    static func diskFailure(_ failure: SystemCallFailure) -> RegistryRefusal {
        failure.number == ENOSPC || failure.number == EDQUOT
            ? RegistryRefusal(507, .unknown, "the registry's disk is full")
            : RegistryRefusal(500, .unknown, "the registry cannot use its disk")
    }
}

/// The uploads that are going on.
actor UploadSessions {
    private let storage: RegistryStorage
    private let identifiers: @Sendable () -> String
    private var open: [String: UploadSession] = [:]

    init(_ storage: RegistryStorage, identifiers: @escaping @Sendable () -> String) {
        self.storage = storage
        self.identifiers = identifiers
    }

    func begin(in repository: String) throws(RegistryRefusal) -> UploadSession {
        do throws(SystemCallFailure) {
            let session = try UploadSession(
                identifier: identifiers(), repository: repository, storage: storage, isNew: true)
            open[session.identifier] = session
            return session
        } catch { throw UploadSession.diskFailure(error) }
    }

    /// The session of an identifier, also one from before a restart.
    func session(_ identifier: String, in repository: String) throws(RegistryRefusal) -> UploadSession {
        let unknown = RegistryRefusal(
            404, .blobUploadUnknown, "there is no upload '\(identifier.onOneLine)'; begin a new one")
        guard identifier.utf8.count <= 64, identifier.utf8.allSatisfy(\.isLowerAlphanumeric) else {
            throw unknown
        }
        if let session = open[identifier] {
            guard session.repository == repository else { throw unknown }
            return session
        }
        do throws(SystemCallFailure) {
            guard try UploadSession.repository(of: identifier, storage) == repository else {
                throw SystemCallFailure("open", identifier, ENOENT)
            }
            let session = try UploadSession(
                identifier: identifier, repository: repository, storage: storage, isNew: false)
            open[identifier] = session
            return session
        } catch {
            if error.number == ENOENT { throw unknown }
            throw UploadSession.diskFailure(error)
        }
    }

    func end(_ session: UploadSession) { open[session.identifier] = nil }

    /// Removes what clients began and did not finish for longer than `age` seconds.
    func removeStale(age: Int64, now: Int64) {
        for name in Disk.entries("\(storage.directory)/uploads") where open[name] == nil {
            let path = "\(storage.directory)/uploads/\(name)"
            guard let status = Disk.status(path), Int64(status.st_mtim.tv_sec) < now - age else { continue }
            unlink(path)
        }
    }
}
