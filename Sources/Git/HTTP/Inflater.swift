import CZlib

/// Unpacks a gzip stream (RFC 1952) as it arrives, which is how git sends long requests.
struct Inflater: ~Copyable {
    // The library keeps a pointer to the stream inside the stream, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isOver = false

    /// - Throws: ``GitError`` with code `failed` where memory lacks.
    init() throws(GitError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for the gzip format alone.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            throw GitError(.failed, "zlib could not be started (code \(code))")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The bytes that are known after some more have arrived, told in pieces so that none grows without bounds.
    ///
    /// - Throws: ``GitError`` with code `malformed`; what `piece` throws.
    mutating func push(_ bytes: [UInt8], _ piece: ([UInt8]) async throws -> Void) async throws {
        var consumed = 0
        while !isOver {
            var output = [UInt8](repeating: 0, count: 65_536)
            let (code, used, made) = step(bytes[consumed...], &output)
            consumed += used
            output.removeLast(output.count - made)
            if !output.isEmpty { try await piece(output) }
            switch code {
            case Z_STREAM_END: isOver = true
            case Z_OK, Z_BUF_ERROR:
                // Nothing more comes out of what there is.
                if made < 65_536, consumed >= bytes.count || (used == 0 && made == 0) { return }
            default:
                throw GitError(.malformed, "the body of the request is no gzip stream (zlib code \(code))")
            }
        }
    }

    /// - Throws: ``GitError`` with code `malformed` where the stream was cut off.
    func finish() throws(GitError) {
        guard isOver else {
            throw GitError(.malformed, "the gzip stream in the body of the request is cut off")
        }
    }

    private func step(_ input: ArraySlice<UInt8>, _ output: inout [UInt8]) -> (Int32, used: Int, made: Int) {
        var input = Array(input)
        let capacity = output.count
        return input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(capacity)
                let code = inflate(stream, Z_NO_FLUSH)
                let used = source.count - Int(stream.pointee.avail_in)
                let made = capacity - Int(stream.pointee.avail_out)
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
                return (code, used, made)
            }
        }
    }
}
