import Manifest
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum Vectors {
    /// Reads a file beside the tests.
    static func json(_ name: String, file: String = #filePath) throws -> Value {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let path = folder.joined(separator: "/") + "/Vectors/" + name
        let handle = try #require(fopen(path, "r"), "cannot open \(path)")
        defer { fclose(handle) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, handle)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return try JSON.parse(bytes)
    }
}
