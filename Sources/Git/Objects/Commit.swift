/// A commit.
public struct Commit: Sendable, Hashable {
    /// The digest of all the rest.
    public let id: ObjectID
    /// The files of the commit.
    public let tree: ObjectID
    /// In git's order: of a merge, the branch merged into is the first.
    public let parents: [ObjectID]
    /// Who made the change, and when.
    public let author: Signature
    /// Who made the commit of it, and when.
    public let committer: Signature
    /// Everything after the headers, malformed UTF-8 repaired.
    public let message: String

    /// A new commit; its name follows from its content.
    public init(
        tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature? = nil, message: String
    ) {
        let committer = committer ?? author
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        self.message = message.hasSuffix("\n") ? message : message + "\n"
        id = Self.object(tree, parents, author, committer, self.message).id
    }

    /// Reads the content of a commit object.
    ///
    /// - Throws: ``GitError`` with code `malformed`.
    init(_ object: GitObject) throws(GitError) {
        // Byte by byte, as git does: to a String a carriage return and a line feed are one character, and so no end
        // of a line that a header could be told from the message by.
        let bytes = object.content
        let end = bytes.indices.dropLast().first { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a }
        var tree: ObjectID?
        var parents: [ObjectID] = []
        var author = Signature(line: "")
        var committer = Signature(line: "")
        for header in bytes[..<(end ?? bytes.endIndex)].split(separator: 0x0a) {
            let line = String(decoding: header, as: UTF8.self)
            guard let space = line.firstIndex(of: " ") else { continue }
            let value = line[line.index(after: space)...]
            switch line[..<space] {
            case "tree": if tree == nil { tree = ObjectID(value) }
            case "parent": if let parent = ObjectID(value) { parents.append(parent) }
            case "author": author = Signature(line: value)
            case "committer": committer = Signature(line: value)
            default: break
            }
        }
        guard let tree else { throw GitError(.malformed, "commit \(object.id) names no tree; run git fsck") }
        id = object.id
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        message = end.map { String(decoding: bytes[($0 + 2)...], as: UTF8.self) } ?? ""
    }

    /// The object to store.
    var object: GitObject { Self.object(tree, parents, author, committer, message) }

    private static func object(
        _ tree: ObjectID, _ parents: [ObjectID], _ author: Signature, _ committer: Signature,
        _ message: String
    ) -> GitObject {
        var text = "tree \(tree)\n"
        for parent in parents { text += "parent \(parent)\n" }
        text += "author \(author.line)\ncommitter \(committer.line)\n\n\(message)"
        return GitObject(.commit, Array(text.utf8))
    }

    /// The first line of the message.
    public var subject: String {
        message.split(whereSeparator: \.isNewline).first.map { $0.trimmed } ?? ""
    }

    /// The message after the subject, trailers included, without empty lines at its ends.
    public var body: String {
        guard let end = message.firstIndex(where: \.isNewline) else { return "" }
        return message[end...].trimmed
    }
}
