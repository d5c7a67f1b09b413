/// A kind without a version, as messages name it: `Deployment.apps`.
public struct GroupKind: Sendable, Hashable {
    /// The API group; empty for the core group.
    public let group: String
    public let kind: String

    public init(group: String = "", kind: String) {
        self.group = group
        self.kind = kind
    }
}

extension GroupKind: CustomStringConvertible {
    /// `Deployment.apps`; the core group is left out.
    public var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
}
