import CZlib

/// Bytes that are pulled, on a thread that may block.
protocol ByteSource: AnyObject {
    /// Fills at most the whole buffer and returns how many bytes it got; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int
}

/// A file from its beginning, hashed on the way and refused when it is longer than it should be.
final class FileSource: ByteSource {
    private let file: OpenFile
    private let expected: Descriptor?
    private var hash: DigestBuilder

    /// - Parameter expected: what the file should hold; ``verify()`` compares.
    init(_ file: OpenFile, expecting expected: Descriptor? = nil) {
        self.file = file
        self.expected = expected
        hash = DigestBuilder(expected?.digest.algorithm ?? .sha256)
    }

    /// The bytes read so far.
    var count: Int64 { hash.count }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        let count: Int
        do throws(SystemCallFailure) { count = try file.read(into: buffer) } catch {
            throw .storage("read \(file.path)", error)
        }
        if expected != nil { hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        if let expected, hash.count > expected.size {
            throw OCIError(
                .sizeMismatch,
                "the blob \(expected.digest) has more than the \(expected.size) bytes announced")
        }
        return count
    }

    /// Reads the rest and compares size and digest.
    ///
    /// - Throws: ``OCIError`` with code `sizeMismatch`, `digestMismatch` or `storage`.
    func verify() throws(OCIError) {
        guard let expected else { return }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { scratch.deallocate() }
        while try read(into: scratch) > 0 {}
        guard hash.count == expected.size else {
            throw OCIError(
                .sizeMismatch,
                "the blob \(expected.digest) has \(hash.count) bytes where \(expected.size) were announced")
        }
        guard hash.digest() == expected.digest else {
            throw OCIError(
                .digestMismatch,
                "the blob \(expected.digest) holds other content, \(hash.digest()); fetch it again")
        }
    }
}

/// Bytes that are in memory.
final class MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        let count = min(buffer.count, rest.count)
        guard count > 0 else { return 0 }
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }
}

/// Decompresses gzip (RFC 1952), also of several members one after another, as parallel compressors write it.
///
/// What expands without measure is refused while it does so, before it is on the disk.
final class GzipSource: ByteSource {
    private let source: any ByteSource
    private let limits: UnpackLimits
    private let input: UnsafeMutableRawBufferPointer
    private let stream: UnsafeMutablePointer<z_stream>
    private var consumed: Int64 = 0
    private var produced: Int64 = 0
    private var isAtMemberEnd = false
    private var isAtEnd = false

    init(_ source: any ByteSource, limits: UnpackLimits) throws(OCIError) {
        self.source = source
        self.limits = limits
        input = .allocate(byteCount: 128 << 10, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 asks for the gzip format and nothing else.
        let result = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw OCIError(.storage, "zlib cannot be started (\(result))") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        guard !isAtEnd, let start = buffer.baseAddress else { return 0 }
        stream.pointee.next_out = start.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(buffer.count, 1 << 30))
        let room = stream.pointee.avail_out
        while stream.pointee.avail_out == room {
            if stream.pointee.avail_in == 0, try refill() == 0 {
                guard isAtMemberEnd else {
                    throw OCIError(.invalidLayer, "the compressed layer ends too early")
                }
                isAtEnd = true
                return 0
            }
            if isAtMemberEnd {
                inflateReset(stream)
                isAtMemberEnd = false
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isAtMemberEnd = true
            default:
                let reason = stream.pointee.msg.map { String(cString: $0) } ?? "no reason given"
                throw OCIError(.invalidLayer, "the layer is no valid gzip: \(reason)")
            }
        }
        let count = Int(room - stream.pointee.avail_out)
        produced += Int64(count)
        let used = consumed - Int64(stream.pointee.avail_in)
        if produced > limits.ratioGrace, produced / max(used, 1) > Int64(limits.ratio) {
            throw OCIError(
                .limitExceeded,
                "the layer expands to more than \(limits.ratio) times its compressed size; it looks like a bomb"
            )
        }
        return count
    }

    private func refill() throws(OCIError) -> Int {
        let count = try source.read(into: input)
        consumed += Int64(count)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return count
    }
}

/// Hashes and counts what passes, which is how the digest of a layer's uncompressed archive is found.
final class HashingSource: ByteSource {
    private let source: any ByteSource
    private let limit: Int64
    private var hash: DigestBuilder

    init(_ source: any ByteSource, algorithm: Digest.Algorithm = .sha256, limit: Int64 = .max) {
        self.source = source
        self.limit = limit
        hash = DigestBuilder(algorithm)
    }

    var count: Int64 { hash.count }
    var digest: Digest { hash.digest() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        let count = try source.read(into: buffer)
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if hash.count > limit {
            throw OCIError(.limitExceeded, "the layer has more than \(limit) bytes when unpacked")
        }
        return count
    }

    /// Reads on to the end.
    func drain() throws(OCIError) {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { scratch.deallocate() }
        while try read(into: scratch) > 0 {}
    }
}
