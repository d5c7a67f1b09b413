/// A path into an object as definitions of columns and scale fields write it: `.status.conditions[?(@.type=="Ready")].status`.
///
/// Fields, indices, slices, wildcards, unions, filters and recursive descent of kubectl's JSONPath are
/// understood; templates with several expressions are not.
public struct JSONPath: Sendable {
    indirect enum Step: Sendable, Hashable {
        case field(String)
        case descendants
        case wildcard
        case slice(from: Int?, to: Int?, step: Int)
        case union([Step])
        case filter(Filter)
        case index(Int)
    }

    /// `@.path`, or `@.path == literal`.
    struct Filter: Sendable, Hashable {
        let left: Operand
        let comparison: String?
        let right: Operand?
    }

    enum Operand: Sendable, Hashable {
        case path([Step])
        case literal(Value)
    }

    let steps: [Step]

    /// Reads a path, with or without its leading `$`, dot or braces; nil where it is not well-formed.
    public init?(_ text: String) {
        var scanner = JSONPathScanner(text)
        guard let steps = scanner.path(), scanner.isAtEnd else { return nil }
        self.steps = steps
    }

    /// The values the path leads to, in document order; empty where it leads to none.
    public func evaluate(_ root: Value) -> [Value] { Self.evaluate(steps, [root]) }

    private static func evaluate(_ steps: [Step], _ start: [Value]) -> [Value] {
        var values = start
        for step in steps {
            if step == .descendants {
                values = values.flatMap(descendants)
            } else {
                values = values.flatMap { evaluate(step, $0) }
            }
        }
        return values
    }

    private static func evaluate(_ step: Step, _ value: Value) -> [Value] {
        switch step {
        case .field(let name):
            return value[name].map { [$0] } ?? []
        case .index(let index):
            guard let items = value.arrayValue else { return [] }
            return value[index < 0 ? items.count + index : index].map { [$0] } ?? []
        case .slice(let from, let to, let step):
            guard let items = value.arrayValue, step > 0 else { return [] }
            let bounds = [from ?? 0, to ?? items.count].map { bound in
                min(max(bound < 0 ? items.count + bound : bound, 0), items.count)
            }
            return stride(from: bounds[0], to: bounds[1], by: step).map { items[$0] }
        case .wildcard:
            return children(value)
        case .union(let steps):
            return steps.flatMap { evaluate($0, value) }
        case .filter(let filter):
            return children(value).filter { holds(filter, $0) }
        case .descendants:
            return descendants(value)
        }
    }

    private static func children(_ value: Value) -> [Value] {
        switch value {
        case .array(let items): items
        case .object(let object): Array(object.values)
        default: []
        }
    }

    /// The value and everything in it. Objects are parsed with a depth limit, so the recursion is bounded.
    private static func descendants(_ value: Value) -> [Value] {
        [value] + children(value).flatMap(descendants)
    }

    private static func holds(_ filter: Filter, _ item: Value) -> Bool {
        let left = value(of: filter.left, item)
        guard let comparison = filter.comparison, let operand = filter.right else { return left != nil }
        guard let left, let right = value(of: operand, item) else { return false }
        switch comparison {
        case "==": return isEqual(left, right)
        case "!=": return !isEqual(left, right)
        case "<": return isLess(left, right)
        case ">": return isLess(right, left)
        case "<=": return isLess(left, right) || isEqual(left, right)
        default: return isLess(right, left) || isEqual(left, right)
        }
    }

    private static func value(of operand: Operand, _ item: Value) -> Value? {
        switch operand {
        case .literal(let literal): literal
        case .path(let steps): evaluate(steps, [item]).first
        }
    }

    private static func isEqual(_ left: Value, _ right: Value) -> Bool {
        if let left = left.doubleValue, let right = right.doubleValue { return left == right }
        return left == right
    }

    private static func isLess(_ left: Value, _ right: Value) -> Bool {
        if let left = left.doubleValue, let right = right.doubleValue { return left < right }
        if let left = left.stringValue, let right = right.stringValue {
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }
}
