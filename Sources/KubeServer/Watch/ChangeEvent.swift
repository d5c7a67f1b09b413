/// One committed change of one object.
struct ChangeEvent: Sendable {
    enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    let kind: Kind
    /// The state after the change; for a deletion the last state, bearing the deletion's revision.
    let object: StoredObject
    /// The state before, nil for an addition.
    let previous: StoredObject?

    var revision: UInt64 { object.revision }
}
