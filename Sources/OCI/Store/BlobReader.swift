public import NIOCore

/// The content of a stored blob, or of a part of it, chunk by chunk.
public struct BlobReader: AsyncSequence, Sendable {
    /// A part of the blob.
    public typealias Element = ByteBuffer

    let file: OpenFile
    /// The bytes this reads.
    public let range: Range<Int64>
    let chunkSize: Int

    /// Begins at the first byte; a blob may be read any number of times.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(file: file, offset: range.lowerBound, end: range.upperBound, chunkSize: chunkSize)
    }

    /// Reads one part after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let file: OpenFile
        var offset: Int64
        let end: Int64
        let chunkSize: Int

        /// - Throws: ``OCIError`` with code `storage`; `CancellationError`.
        public mutating func next() async throws -> ByteBuffer? {
            guard offset < end else { return nil }
            try Task.checkCancellation()
            let (place, wanted, file) = (offset, Int(Swift.min(Int64(chunkSize), end - offset)), file)
            let buffer = try await BlockingQueue.files.run { () throws(OCIError) -> ByteBuffer in
                try file.chunk(at: place, count: wanted)
            }
            offset += Int64(buffer.readableBytes)
            return buffer
        }
    }
}

extension OpenFile {
    /// Bytes at an offset, fewer than asked for only by the system's choice and never none.
    fileprivate func chunk(at offset: Int64, count: Int) throws(OCIError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var failure: SystemCallFailure?
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            do throws(SystemCallFailure) {
                return try read(into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]), at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw .storage("read \(path)", failure) }
        guard buffer.readableBytes > 0 else {
            throw OCIError(.storage, "the file \(path) became shorter while it was read")
        }
        return buffer
    }
}
