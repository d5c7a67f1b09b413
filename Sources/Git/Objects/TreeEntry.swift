/// What an entry of a tree is.
public enum FileMode: String, Sendable, Hashable {
    case file = "100644"
    case executable = "100755"
    case symlink = "120000"
    case tree = "40000"
    /// A commit of another repository.
    case submodule = "160000"

    /// Reads a mode as git writes it, with or without a leading zero; odd modes of old repositories are files.
    init?(octal: some StringProtocol) {
        switch octal {
        case "40000", "040000": self = .tree
        case "100755": self = .executable
        case "120000": self = .symlink
        case "160000": self = .submodule
        default:
            guard octal.hasPrefix("100") else { return nil }
            self = .file
        }
    }
}

/// An entry of a tree: a name and what it stands for.
public struct TreeEntry: Sendable, Hashable {
    /// The name's bytes, which git does not ask to be UTF-8.
    public var nameBytes: [UInt8]
    /// Whether it is a file, a program, a link, a folder or a submodule.
    public var mode: FileMode
    /// The blob, the tree, or the commit of a submodule.
    public var id: ObjectID

    /// An entry of one name, which holds no slash.
    public init(name: String, mode: FileMode, id: ObjectID) {
        self.init(nameBytes: Array(name.utf8), mode: mode, id: id)
    }

    init(nameBytes: [UInt8], mode: FileMode, id: ObjectID) {
        self.nameBytes = nameBytes
        self.mode = mode
        self.id = id
    }

    /// The name as text, malformed UTF-8 repaired.
    public var name: String { String(decoding: nameBytes, as: UTF8.self) }

    /// Whether this entry stands before another in a tree: by bytes, folders as if their names ended in a slash.
    static func isOrdered(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
        left.sortKey.lexicographicallyPrecedes(right.sortKey)
    }

    private var sortKey: [UInt8] { mode == .tree ? nameBytes + [0x2f] : nameBytes }
}

/// A file below a tree, with its path from there.
public struct TreeFile: Sendable, Hashable {
    /// The path, malformed UTF-8 repaired.
    public var path: String
    /// Whether it is a file, a program, a link or a submodule.
    public var mode: FileMode
    /// The blob, or the commit of a submodule.
    public var id: ObjectID
}
