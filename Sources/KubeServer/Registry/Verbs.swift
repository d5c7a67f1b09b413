/// What a resource lets its users do, as discovery lists it and authorisation checks it.
struct Verbs: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let create = Verbs(rawValue: 1)
    static let delete = Verbs(rawValue: 2)
    static let deleteCollection = Verbs(rawValue: 4)
    static let get = Verbs(rawValue: 8)
    static let list = Verbs(rawValue: 16)
    static let patch = Verbs(rawValue: 32)
    static let update = Verbs(rawValue: 64)
    static let watch = Verbs(rawValue: 128)

    /// Every verb an object of its own can have.
    static let all = Verbs(rawValue: 255)
    /// What a subresource that views a part of its object allows.
    static let view: Verbs = [.get, .patch, .update]

    /// The verbs' names in the order of discovery documents of built-in resources.
    var names: [String] { Self.table.filter { contains($0.verb) }.map(\.name) }

    private static let table: [(verb: Verbs, name: String)] = [
        (.create, "create"), (.delete, "delete"), (.deleteCollection, "deletecollection"), (.get, "get"),
        (.list, "list"), (.patch, "patch"), (.update, "update"), (.watch, "watch"),
    ]
}
