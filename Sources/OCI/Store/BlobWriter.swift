import Glibc
public import NIOCore
import Synchronization

/// A blob on its way into a store: written piece by piece, hashed on the way, visible once committed.
///
/// One task uses it at a time. A writer that is dropped without a commit leaves nothing behind.
public final class BlobWriter: Sendable {
    private struct State {
        var hash: DigestBuilder
        var isFinished = false
    }

    private let store: ContentStore
    private let file: OpenFile
    private let state: Mutex<State>

    init(store: ContentStore, file: OpenFile, algorithm: Digest.Algorithm) {
        self.store = store
        self.file = file
        state = Mutex(State(hash: DigestBuilder(algorithm)))
    }

    deinit {
        if !state.withLock(\.isFinished) { unlink(file.path) }
    }

    /// The bytes written so far.
    public var count: Int64 { state.withLock(\.hash.count) }

    /// Writes the next bytes.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func append(_ buffer: ByteBuffer) async throws(OCIError) {
        try await BlockingQueue.files.run { () throws(OCIError) in
            let failure = buffer.withUnsafeReadableBytes { self.write($0) }
            if let failure { throw .storage("write a blob into \(self.store.directory)", failure) }
        }
    }

    /// Writes the next bytes.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public func append(_ bytes: [UInt8]) async throws(OCIError) {
        try await BlockingQueue.files.run { () throws(OCIError) in try self.appendBlocking(bytes) }
    }

    func appendBlocking(_ bytes: [UInt8]) throws(OCIError) {
        let failure = bytes.withUnsafeBytes { write($0) }
        if let failure { throw .storage("write a blob into \(store.directory)", failure) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> SystemCallFailure? {
        do throws(SystemCallFailure) {
            try file.write(bytes)
            state.withLock { $0.hash.update(bytes) }
            return nil
        } catch {
            return error
        }
    }

    /// Makes the blob visible, if it is the one expected, and returns its digest and size.
    ///
    /// - Throws: ``OCIError`` with code `digestMismatch`, `sizeMismatch` or `storage`; the blob is gone then.
    public func commit(
        expecting digest: Digest? = nil, size: Int64? = nil
    ) async throws(OCIError) -> (digest: Digest, size: Int64) {
        try await BlockingQueue.files.run { () throws(OCIError) in
            try self.commitBlocking(expecting: digest, size: size)
        }
    }

    func commitBlocking(
        expecting expected: Digest? = nil, size: Int64? = nil
    ) throws(OCIError) -> (digest: Digest, size: Int64) {
        let (digest, count) = state.withLock { ($0.hash.digest(), $0.hash.count) }
        if let size, size != count {
            throw OCIError(
                .sizeMismatch,
                "the content of \(expected ?? digest) has \(count) bytes where \(size) were announced")
        }
        if let expected, expected != digest {
            throw OCIError(.digestMismatch, "the content of \(expected) has the digest \(digest)")
        }
        do throws(SystemCallFailure) {
            try file.sync()
            try store.adoptBlocking(file, as: digest)
        } catch {
            throw .storage("store the blob \(digest)", error)
        }
        state.withLock { $0.isFinished = true }
        return (digest, count)
    }

    /// Gives the blob up.
    public func discard() async {
        await BlockingQueue.files.run {
            self.state.withLock { state in
                if !state.isFinished { unlink(self.file.path) }
                state.isFinished = true
            }
        }
    }
}
