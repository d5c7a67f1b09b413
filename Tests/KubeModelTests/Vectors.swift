import FoundationEssentials

/// The recorded facts beside the tests.
enum Vectors {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }
}
