#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard input, output and error as bytes.
enum StandardStreams {
    /// Reads standard input to its end.
    ///
    /// - Throws: `CommandFailure` where the system refuses to read.
    static func readInput() throws(CommandFailure) -> [UInt8] {
        try readAll(STDIN_FILENO, name: "standard input")
    }

    /// Writes to standard output.
    ///
    /// - Throws: `CommandFailure` where not all could be written, so that no script takes a part for the whole.
    static func writeOutput(_ bytes: [UInt8]) throws(CommandFailure) {
        try writeAll(bytes, to: STDOUT_FILENO, name: "standard output")
    }

    /// Writes a message to standard error; where even that fails there is nobody left to tell.
    static func writeError(_ message: String) {
        try? writeAll(Array(message.utf8), to: STDERR_FILENO, name: "standard error")
    }

    /// Reads an open file to its end.
    static func readAll(_ descriptor: Int32, name: String) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw CommandFailure(.refused, "\(name) cannot be read: \(systemMessage())")
            }
        }
    }

    /// Writes all bytes to an open file.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw CommandFailure(.refused, "\(name) cannot be written: \(systemMessage())")
            }
        }
    }

    /// What the system says about the last call that failed.
    static func systemMessage() -> String {
        strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
