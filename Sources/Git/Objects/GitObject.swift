import Crypto

/// An object as git stores it: a kind and bytes.
public struct GitObject: Sendable, Hashable {
    /// What an object is.
    public enum Kind: String, Sendable, Hashable {
        case blob, tree, commit, tag
    }

    /// The digest of kind, length and content.
    public let id: ObjectID
    /// Commit, tree, blob or tag.
    public let kind: Kind
    /// The bytes without git's header.
    public let content: [UInt8]

    /// An object whose name is told by somebody who knows it, such as the program.
    init(id: ObjectID, kind: Kind, content: [UInt8]) {
        self.id = id
        self.kind = kind
        self.content = content
    }

    /// A new object; its SHA-1 name follows from its content.
    public init(_ kind: Kind, _ content: [UInt8]) {
        var hash = Insecure.SHA1()
        hash.update(data: Array("\(kind.rawValue) \(content.count)\0".utf8))
        hash.update(data: content)
        // A SHA-1 digest has 20 bytes, for which the initializer never answers nil.
        let id = ObjectID(bytes: Array(hash.finalize())) ?? .zero
        self.init(id: id, kind: kind, content: content)
    }
}
