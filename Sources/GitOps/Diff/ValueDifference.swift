import Manifest

/// Where two trees differ.
enum ValueDifference {
    /// The places as JSON pointers, the deepest that still name the whole difference; at most `limit`.
    static func paths(_ old: Value, _ new: Value, limit: Int = 100) -> [String] {
        var paths: [String] = []
        walk(old, new, [], &paths, limit)
        return paths
    }

    private static func walk(
        _ old: Value?, _ new: Value?, _ path: [String], _ paths: inout [String], _ limit: Int
    ) {
        guard paths.count < limit, old != new else { return }
        if case .object(let left)? = old, case .object(let right)? = new {
            for pair in left { walk(pair.value, right[pair.key], path + [pair.key], &paths, limit) }
            for pair in right where !left.contains(key: pair.key) {
                walk(nil, pair.value, path + [pair.key], &paths, limit)
            }
            return
        }
        if case .array(let left)? = old, case .array(let right)? = new, left.count == right.count {
            for (place, pair) in zip(left, right).enumerated() {
                walk(pair.0, pair.1, path + [String(place)], &paths, limit)
            }
            return
        }
        paths.append(JSONPointer(tokens: path).description)
    }
}
