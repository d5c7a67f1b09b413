/// Which objects are meant, by their labels.
///
/// A selector is a list of requirements that must all hold. It is read from the text of command lines and
/// queries (`app=web,tier in (front,back),!canary`) or from the `selector` fields of objects.
public struct LabelSelector: Sendable, Hashable {
    /// How a requirement compares a label with its values.
    public enum Operator: String, Sendable, Hashable {
        case equals = "="
        case doubleEquals = "=="
        case notEquals = "!="
        case isIn = "in"
        case notIn = "notin"
        case exists
        case doesNotExist = "!"
        case greaterThan = "gt"
        case lessThan = "lt"
    }

    /// One thing that is asked of the labels.
    public struct Requirement: Sendable, Hashable {
        public let key: String
        public let operation: Operator
        /// The values in the order they were given.
        public let values: [String]

        /// A requirement that is known to be valid, such as one made of a stored object's labels.
        public init(_ key: String, _ operation: Operator, _ values: [String] = []) {
            self.key = key
            self.operation = operation
            self.values = values
        }
    }

    /// The requirements, sorted by key.
    public let requirements: [Requirement]
    /// Whether nothing is meant, whatever the requirements.
    public let matchesNothing: Bool

    /// Every object.
    public static let everything = LabelSelector([])
    /// No object; what an absent selector of an object means.
    public static let nothing = LabelSelector([], matchesNothing: true)

    /// The objects for which all requirements hold.
    public init(_ requirements: [Requirement]) {
        self.init(requirements, matchesNothing: false)
    }

    /// The objects that bear all of these labels.
    public init(_ labels: StringMap) {
        self.init(labels.map { Requirement($0.name, .equals, [$0.text]) })
    }

    private init(_ requirements: [Requirement], matchesNothing: Bool) {
        let places = requirements.indices.sorted { left, right in
            let (first, second) = (requirements[left].key, requirements[right].key)
            return first == second ? left < right : first.utf8.lexicographicallyPrecedes(second.utf8)
        }
        self.requirements = places.map { requirements[$0] }
        self.matchesNothing = matchesNothing
    }

    /// Whether every object is meant.
    public var isEmpty: Bool { requirements.isEmpty && !matchesNothing }

    /// Whether an object with these labels is meant.
    public func matches(_ labels: StringMap) -> Bool {
        !matchesNothing && requirements.allSatisfy { $0.matches(labels) }
    }

    /// The one value that a label must have, nil where several or none would do.
    public func exactValue(of key: String) -> String? {
        guard let requirement = requirements.first(where: { $0.key == key }),
            [.equals, .doubleEquals, .isIn].contains(requirement.operation), requirement.values.count == 1
        else { return nil }
        return requirement.values[0]
    }
}

extension LabelSelector.Requirement {
    /// Whether the labels are as asked.
    public func matches(_ labels: StringMap) -> Bool {
        let label = labels[key]
        switch operation {
        case .exists: return label != nil
        case .doesNotExist: return label == nil
        case .equals, .doubleEquals, .isIn: return label.map(values.contains) ?? false
        case .notEquals, .notIn: return !(label.map(values.contains) ?? false)
        case .greaterThan, .lessThan:
            guard let number = label.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) })
            else { return false }
            return operation == .greaterThan ? number > bound : number < bound
        }
    }
}

extension LabelSelector.Requirement: CustomStringConvertible {
    /// The canonical text; values are sorted.
    public var description: String {
        let list = values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",")
        return switch operation {
        case .exists: key
        case .doesNotExist: "!\(key)"
        case .equals, .doubleEquals, .notEquals: "\(key)\(operation.rawValue)\(list)"
        case .isIn, .notIn: "\(key) \(operation.rawValue) (\(list))"
        case .greaterThan: "\(key)>\(list)"
        case .lessThan: "\(key)<\(list)"
        }
    }
}

extension LabelSelector: CustomStringConvertible {
    /// The canonical text, which is read as the same selector; empty for everything and for nothing.
    public var description: String { requirements.map(\.description).joined(separator: ",") }
}
