/// Which lists below a node merge item by item, and by which keys.
///
/// Only what merges is in it: a list without an entry is replaced whole, as upstream does.
final class MergeSchema: Sendable {
    /// How a list merges.
    enum ListRule: Sendable, Hashable {
        /// Items are the same where these fields are; without fields the items are scalars.
        case merge(keys: [String])
    }

    /// How the node merges where it is a list.
    let list: ListRule?
    /// The rules of the fields of the node or, where it is a list, of its items.
    let fields: [String: MergeSchema]

    init(list: ListRule? = nil, fields: [String: MergeSchema] = [:]) {
        self.list = list
        self.fields = fields
    }

    /// A list of objects that merge by keys.
    static func list(_ keys: String..., fields: [String: MergeSchema] = [:]) -> MergeSchema {
        MergeSchema(list: .merge(keys: keys), fields: fields)
    }

    /// An object.
    static func object(_ fields: [String: MergeSchema]) -> MergeSchema { MergeSchema(fields: fields) }
}
