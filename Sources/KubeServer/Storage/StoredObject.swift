/// One state of one object as the server keeps it: its JSON bytes and where to find what in them.
///
/// States never change, and a state is shared by the cache, the history and every reader. It costs about 200
/// bytes beside its JSON.
public final class StoredObject: Sendable {
    /// Namespace and name, as in ``ObjectKey/path``.
    public let path: String
    /// The revision that wrote this state; for the last state of a deleted object, the deletion's.
    public let revision: UInt64
    /// The object as JSON, `metadata.resourceVersion` in it.
    public let bytes: [UInt8]
    let layout: ObjectLayout

    /// The state that a draft becomes when the writer gives it a revision.
    convenience init(_ draft: ObjectDraft, path: String, revision: UInt64) {
        self.init(splicing: revision, into: draft.bytes, layout: draft.layout, path: path)
    }

    /// The state that bytes read from the database describe, nil where the store cannot have written them.
    init?(path: String, revision: UInt64, bytes: [UInt8]) {
        guard let layout = ObjectLayout(bytes) else { return nil }
        self.path = path
        self.revision = revision
        self.bytes = bytes
        self.layout = layout
    }

    private init(splicing revision: UInt64, into old: [UInt8], layout: ObjectLayout, path: String) {
        let digits = String(revision).utf8
        let range = Int(layout.revision.lowerBound)..<Int(layout.revision.upperBound)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(old.count - range.count + digits.count)
        bytes += old[..<range.lowerBound]
        bytes += digits
        bytes += old[range.upperBound...]
        self.path = path
        self.revision = revision
        self.bytes = bytes
        self.layout = layout.withRevisionLength(digits.count)
    }

    /// The same object bearing another revision: what watchers see when an object leaves their selection.
    func bearing(revision: UInt64) -> StoredObject {
        StoredObject(splicing: revision, into: bytes, layout: layout, path: path)
    }

    /// The object's name.
    public var name: String {
        guard let slash = path.firstIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// The object's namespace, nil for what has none.
    public var namespace: String? {
        path.firstIndex(of: "/").map { String(path[..<$0]) }
    }

    /// The JSON of the object's labels, nil where it has none.
    var labelBytes: ArraySlice<UInt8>? {
        layout.labels.isEmpty ? nil : bytes[Int(layout.labels.lowerBound)..<Int(layout.labels.upperBound)]
    }

    /// The members after `kind` and `apiVersion`, up to and with the closing brace.
    var bodyBytes: ArraySlice<UInt8> { bytes[Int(layout.bodyStart)...] }
}

/// The next state of an object, complete but for its revision.
public struct ObjectDraft: Sendable {
    /// The object as JSON, `metadata.resourceVersion` present.
    public let bytes: [UInt8]
    let layout: ObjectLayout

    /// Takes an object's JSON.
    ///
    /// - Parameter bytes: JSON without white space that starts with `kind` and `apiVersion`, has
    ///   `metadata.resourceVersion` (of any value) and, where there are any, `metadata.managedFields` last.
    /// - Returns: nil where the bytes do not have that form.
    public init?(bytes: [UInt8]) {
        guard let layout = ObjectLayout(bytes) else { return nil }
        self.bytes = bytes
        self.layout = layout
    }
}
