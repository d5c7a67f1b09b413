import CZlib
import Crypto
import Foundation

/// Finished logs, reports and artifacts on disk, compressed, under the digest of their content.
///
/// What is stored once is never written again, so a crash leaves whole files or none.
public struct ContentStore: Sendable {
    private let files: RunFiles

    /// The store below a directory of runs.
    public init(_ files: RunFiles) { self.files = files }

    /// Keeps content and answers its digest, `sha256:…`.
    ///
    /// - Throws: ``PipelineError`` `fileFailed`. Blocks; to be called off the cooperative pool.
    @discardableResult
    public func put(_ content: [UInt8]) throws(PipelineError) -> String {
        let hex = SHA256.hash(data: content).hexadecimal
        let path = "\(files.blobs)/\(hex)"
        guard !FileManager.default.fileExists(atPath: path) else { return "sha256:\(hex)" }
        do {
            try FileWork.makeDirectory(files.blobs)
            try FileWork.write(Gzip.compress(content), to: path)
        } catch {
            throw PipelineError(.fileFailed, "\(path) cannot be written: \(error); is the disk full?")
        }
        return "sha256:\(hex)"
    }

    /// The content with a digest; nil where it is not kept.
    ///
    /// - Throws: ``PipelineError`` `fileFailed` where the file is not what its name says.
    public func get(_ digest: String) throws(PipelineError) -> [UInt8]? {
        let hex = digest.trimmingPrefix("sha256:")
        guard hex.utf8.count == 64,
            hex.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        let path = "\(files.blobs)/\(hex)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let content = Gzip.decompress(try FileWork.read(path)),
            SHA256.hash(data: content).hexadecimal == hex
        else { throw PipelineError(.fileFailed, "\(path) is damaged: its content has another digest") }
        return content
    }
}

/// RFC 1952, whole buffers at a time.
enum Gzip {
    static func compress(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        // 16 added to the window asks for a gzip header, without a time.
        guard
            deflateInit2_(
                &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return [] }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(content.count))) + 32)
        var input = content
        let count = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return Array(output[..<count])
    }

    /// Nil for what is no gzip stream, or one of more than a gibibyte.
    static func decompress(_ compressed: [UInt8], limit: Int = 1 << 30) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = compressed
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        return input.withUnsafeMutableBufferPointer { source -> [UInt8]? in
            stream.next_in = source.baseAddress
            stream.avail_in = uInt(source.count)
            while true {
                let (code, count) = chunk.withUnsafeMutableBufferPointer { target -> (Int32, Int) in
                    stream.next_out = target.baseAddress
                    stream.avail_out = uInt(target.count)
                    let code = inflate(&stream, Z_NO_FLUSH)
                    return (code, target.count - Int(stream.avail_out))
                }
                output += chunk[..<count]
                if output.count > limit { return nil }
                if code == Z_STREAM_END { return output }
                guard code == Z_OK, count > 0 || stream.avail_in > 0 else { return nil }
            }
        }
    }
}
