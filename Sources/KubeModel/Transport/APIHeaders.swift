/// Header fields in the order they were added; names compare without regard to case.
public struct APIHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One field; the name is kept in lower case.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    /// The first value of a field. Assigning replaces every value the field has; nil removes it.
    public subscript(name: String) -> String? {
        get {
            let wanted = name.lowercased()
            return fields.first { $0.name == wanted }?.value
        }
        set {
            let wanted = name.lowercased()
            fields.removeAll { $0.name == wanted }
            if let newValue { fields.append(Field(name: wanted, value: newValue)) }
        }
    }

    /// All values of a field, in order.
    public func values(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return fields.lazy.filter { $0.name == wanted }.map(\.value)
    }

    /// Adds a value without touching those the field already has.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name.lowercased(), value: value))
    }
}
