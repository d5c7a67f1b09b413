import CZlib

/// Compresses a stream in blocks that do not depend on one another's output, so that many threads can work on it and the
/// bytes are the same however many do.
///
/// The result is one ordinary gzip member: each block is primed with the last 32 KiB of the one before, ends on a byte,
/// and the checksums are put together. The header names no time, no file and no operating system.
enum BlockDeflate {
    /// Part of what the bytes depend on, as is ``level``; see ``name``.
    static let blockSize = 1 << 20
    static let level: Int32 = 6
    private static let window = 32 << 10

    /// Names everything the compressed bytes depend on beside the input.
    static let name = "zlib-\(String(cString: zlibVersion()))-level\(level)-block\(blockSize)"

    static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

    struct Block: Sendable {
        var bytes: [UInt8]
        var checksum: UInt32
    }

    /// Compresses one block.
    ///
    /// - Parameters:
    ///   - previous: the block before, whose end primes this one.
    ///   - isLast: whether this block ends the stream.
    static func compress(_ input: ArraySlice<UInt8>, after previous: ArraySlice<UInt8>, isLast: Bool)
        throws(OCIError)
        -> Block
    {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else {
            throw OCIError(.storage, "zlib cannot be started")
        }
        defer { deflateEnd(&stream) }
        let dictionary = Array(previous.suffix(window))
        if !dictionary.isEmpty { deflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) }
        let room = Int(deflateBound(&stream, UInt(input.count))) + 16
        var isComplete = false
        let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            input.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(room)
                let result = deflate(&stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
                isComplete = result == (isLast ? Z_STREAM_END : Z_OK) && stream.avail_in == 0
                count = room - Int(stream.avail_out)
            }
        }
        guard isComplete else { throw OCIError(.storage, "zlib did not compress a block whole") }
        let checksum = input.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return Block(bytes: output, checksum: UInt32(truncatingIfNeeded: input.isEmpty ? 0 : checksum))
    }

    /// The checksum of two parts, one after the other.
    static func combine(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
    }

    /// What follows the last block.
    static func trailer(checksum: UInt32, size: Int64) -> [UInt8] {
        let words = [checksum, UInt32(truncatingIfNeeded: size)]
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
}
