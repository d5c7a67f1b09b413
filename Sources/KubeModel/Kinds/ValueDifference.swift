import Manifest

/// The difference of two values for people: one line for each field that was removed or added.
enum ValueDifference {
    /// Lines such as `- containers[0].command: ["sh"]` and `+ hostNetwork: true`, sorted by place.
    static func text(from old: Value, to new: Value) -> String {
        lines(old, new, at: .root).joined(separator: "\n")
    }

    private static func lines(_ old: Value?, _ new: Value?, at path: FieldPath) -> [String] {
        if old == new { return [] }
        if case .object(let before)? = old, case .object(let after)? = new {
            return Set(before.keys).union(after.keys).sorted().flatMap {
                lines(before[$0], after[$0], at: path.child($0))
            }
        }
        if case .array(let before)? = old, case .array(let after)? = new {
            return (0..<max(before.count, after.count)).flatMap { place in
                lines(
                    before.indices.contains(place) ? before[place] : nil,
                    after.indices.contains(place) ? after[place] : nil, at: path.index(place))
            }
        }
        return [("-", old), ("+", new)].compactMap { sign, value in
            value.map { "\(sign) \(path): \(GoJSON.text(of: GoJSON.ordered($0)))" }
        }
    }
}
