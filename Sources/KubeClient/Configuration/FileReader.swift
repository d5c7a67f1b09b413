import FoundationEssentials
import NIOPosix

/// Where kubeconfigs, certificates and tokens are read from.
public struct FileReader: Sendable {
    private let reading: @Sendable (String) async throws -> [UInt8]?

    /// A reader made of a closure that answers a file's bytes, nil where there is no such file.
    public init(_ reading: @escaping @Sendable (_ path: String) async throws -> [UInt8]?) {
        self.reading = reading
    }

    /// The largest file that is read; a kubeconfig of a thousand clusters stays below.
    private static let maximumSize = 16 << 20

    /// Reads the files of this machine, on threads made for blocking calls.
    public static let system = FileReader { path in
        try await NIOThreadPool.singleton.runIfActive { () -> [UInt8]? in
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            if let size, size > maximumSize {
                throw KubeClientError(.tooLarge, "\(path) has \(size) bytes; at most \(maximumSize) are read")
            }
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        }
    }

    /// The bytes of a file, nil where there is no such file.
    ///
    /// - Throws: what the file system reports of a file that is there and cannot be read.
    public func contents(_ path: String) async throws -> [UInt8]? {
        try await reading(path)
    }

    /// The bytes of a file that must be there.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration`, saying what the file is for.
    func required(_ path: String, for purpose: String) async throws -> [UInt8] {
        do {
            if let bytes = try await contents(path) { return bytes }
        } catch let error as KubeClientError {
            throw error
        } catch {
            throw KubeClientError(.configuration, "cannot read \(purpose) from \(path)", cause: error)
        }
        throw KubeClientError(.configuration, "\(purpose) should be in \(path), but there is no such file")
    }

    /// The text of a file that holds one word, without the white space around it.
    static func word(_ bytes: [UInt8]) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
