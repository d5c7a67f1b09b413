/// Why a tree could not answer for a path.
public struct FileTreeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of a fault. New codes may be added; compare with the static members.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case notFound, notAFile, notADirectory, unreadable, outsideTree, tooManyLinks
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }

        /// Nothing stands at the path.
        public static let notFound = Code(.notFound)
        /// A directory or link stands where a file was to be read.
        public static let notAFile = Code(.notAFile)
        /// A file or link stands where a directory was to be listed.
        public static let notADirectory = Code(.notADirectory)
        /// Something stands there that cannot be read; the message says why.
        public static let unreadable = Code(.unreadable)
        /// The path or a link on it leads out of the tree.
        public static let outsideTree = Code(.outsideTree)
        /// Links lead in a circle.
        public static let tooManyLinks = Code(.tooManyLinks)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// The path as it was asked for.
    public let path: String
    /// What is wrong, with the path.
    public let message: String

    public init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    public var description: String { message }

    /// Nothing stands at the path.
    public static func notFound(_ path: String) -> FileTreeError {
        FileTreeError(.notFound, path: path, "'/\(path)' does not exist")
    }

    /// Something else than a file stands at the path.
    public static func notAFile(_ path: String) -> FileTreeError {
        FileTreeError(.notAFile, path: path, "'/\(path)' is not a file")
    }

    /// Something else than a directory stands at the path.
    public static func notADirectory(_ path: String) -> FileTreeError {
        FileTreeError(.notADirectory, path: path, "'/\(path)' is not a directory")
    }

    /// The path leads out of the tree.
    public static func outsideTree(_ path: String) -> FileTreeError {
        FileTreeError(.outsideTree, path: path, "'/\(path)' leads out of the tree")
    }

    /// Links lead in a circle.
    public static func tooManyLinks(_ path: String) -> FileTreeError {
        FileTreeError(.tooManyLinks, path: path, "too many links on the way to '/\(path)'")
    }
}
