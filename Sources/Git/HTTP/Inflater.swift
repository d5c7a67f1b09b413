import CZlib

/// Unpacks a gzip stream (RFC 1952) as it arrives, which is how git sends long requests.
struct Inflater: ~Copyable {
    // The library keeps a pointer to the stream inside the stream, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: ArraySlice<UInt8> = []
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

    /// Takes in what has arrived, to be asked for with ``next()`` until that is nil.
    ///
    /// What comes after the end of the stream is left alone.
    mutating func push(_ bytes: [UInt8]) {
        if !isOver { input.append(contentsOf: bytes) }
    }

    /// The next bytes that are known, in pieces so that none grows without bounds; nil where more has to arrive, and
    /// at the end of the stream.
    ///
    /// - Throws: ``GitError`` with code `malformed`.
    mutating func next() throws(GitError) -> [UInt8]? {
        while !isOver {
            var output = [UInt8](repeating: 0, count: 65_536)
            let (code, used, made) = step(&output)
            input = input.dropFirst(used)
            guard code == Z_STREAM_END || code == Z_OK || code == Z_BUF_ERROR else {
                throw GitError(.malformed, "the body of the request is no gzip stream (zlib code \(code))")
            }
            isOver = code == Z_STREAM_END
            if made > 0 {
                output.removeLast(output.count - made)
                return output
            }
            // Nothing more comes out of what there is.
            if used == 0 || input.isEmpty { return nil }
        }
        return nil
    }

    /// - Throws: ``GitError`` with code `malformed` where the stream was cut off.
    func finish() throws(GitError) {
        guard isOver else {
            throw GitError(.malformed, "the gzip stream in the body of the request is cut off")
        }
    }

    private func step(_ output: inout [UInt8]) -> (Int32, used: Int, made: Int) {
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
