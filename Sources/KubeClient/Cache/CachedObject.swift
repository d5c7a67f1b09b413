import KubeModel
public import Manifest

/// How much of each object a cache keeps.
public enum CacheMode: Sendable {
    /// The object as a tree: read at once, about three times the size of its JSON.
    case full
    /// The object as JSON, parsed whenever it is read.
    case raw
    /// `apiVersion`, `kind` and `metadata` as a tree; the rest is not even sent by servers that know how.
    case metadata
    /// A digest of what the closure makes of the object, and nothing else of it.
    case fingerprint(@Sendable (Value) -> Value)

    /// A digest of the object's desired state.
    public static let fingerprint = CacheMode.fingerprint(Fingerprint.desiredState)

    var form: ObjectForm {
        if case .metadata = self { .metadata } else { .whole }
    }
}

/// An object in a cache: its identity, and its content as far as the cache keeps it.
public struct CachedObject: Sendable {
    /// What a ``CacheMode`` leaves of an object.
    enum Content: Sendable {
        case tree(Value)
        case json([UInt8])
        case fingerprint(Fingerprint)
    }

    /// Where the object is found.
    public let key: ObjectKey
    /// The object's identity, which no other object of its name has.
    public let uid: String
    /// The version of the object, to be compared for equality alone.
    public let resourceVersion: String
    /// Which version of its specification the object has; 0 where its kind does not count them.
    public let generation: Int64
    let content: Content

    /// The object, or its metadata where the cache keeps only that; nil in a cache of fingerprints.
    public var value: Value? {
        switch content {
        case .tree(let value): value
        // Written by this module from a tree, so that reading it back cannot fail.
        case .json(let bytes): try? JSON.parse(bytes)
        case .fingerprint: nil
        }
    }

    /// The digest of the object; nil where the cache keeps its content.
    public var fingerprint: Fingerprint? {
        if case .fingerprint(let fingerprint) = content { fingerprint } else { nil }
    }
}

extension CachedObject.Content {
    /// What the mode keeps of an object.
    init(_ object: Value, mode: CacheMode) {
        switch mode {
        case .full: self = .tree(object)
        case .raw:
            // A copy of the exact size; the writer's array has room to grow.
            self = .json(JSON.write(object).withUnsafeBufferPointer { Array($0) })
        case .metadata:
            var kept = Object()
            for field in ["apiVersion", "kind", "metadata"] { kept[field] = object[field] }
            self = .tree(.object(kept))
        case .fingerprint(let normalize): self = .fingerprint(Fingerprint(of: normalize(object)))
        }
    }
}

/// What happened to an object of a cache.
public enum CacheEvent: Sendable {
    case added(CachedObject)
    case modified(old: CachedObject, new: CachedObject)
    /// The object as it was last seen.
    case deleted(CachedObject)

    /// The object as it is now or, where it is gone, was last.
    public var object: CachedObject {
        switch self {
        case .added(let object), .modified(_, let object), .deleted(let object): object
        }
    }

    /// Where the object is found.
    public var key: ObjectKey { object.key }
}
