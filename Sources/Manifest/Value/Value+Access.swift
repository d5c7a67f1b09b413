extension Value {
    /// The text of a string, nil for every other kind.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The boolean, nil for every other kind.
    public var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The integer, also of a number written with a fraction or an exponent that is integral (`1.0`, `1e3`).
    public var integerValue: Int64? {
        switch self {
        case .integer(let number): number
        case .double(let real): Int64(exactly: real.value)
        default: nil
        }
    }

    /// The number as a double, nil for what is no number.
    public var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let real): real.value
        default: nil
        }
    }

    /// The items of a list, nil for every other kind.
    public var arrayValue: [Value]? {
        if case .array(let items) = self { items } else { nil }
    }

    /// The pairs of an object, nil for every other kind.
    public var objectValue: Object? {
        if case .object(let object) = self { object } else { nil }
    }

    /// Whether the value is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value of a key, nil where this is no object or has no such key.
    ///
    /// Assigning turns what is no object into one; assigning nil removes the key.
    public subscript(key: String) -> Value? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        _modify {
            // The object leaves `self` while it is changed, so that the change happens in place.
            var object: Object
            if case .object(let present) = self { object = present } else { object = Object() }
            self = .null
            defer { self = .object(object) }
            yield &object[key]
        }
    }

    /// The value at the end of a way of keys: `value["metadata", "labels", "app"]`.
    ///
    /// Assigning makes the objects on the way that are missing.
    public subscript(first: String, second: String, rest: String...) -> Value? {
        get {
            var node = self[first]?[second]
            for key in rest { node = node?[key] }
            return node
        }
        set { set(newValue, at: [first, second] + rest) }
    }

    /// Sets or, with nil, removes the value at the end of a way of keys.
    ///
    /// Objects on the way that are missing are made, unless there is nothing to remove.
    public mutating func set(_ value: Value?, at keys: some Collection<String>) {
        guard let key = keys.first else {
            self = value ?? .null
            return
        }
        let rest = keys.dropFirst()
        if rest.isEmpty {
            if value != nil || self[key] != nil { self[key] = value }
            return
        }
        if value == nil, self[key]?.objectValue == nil { return }
        self[key, default: .emptyObject].set(value, at: rest)
    }

    /// The value of a key, with `default` put in its place where it is absent.
    public subscript(key: String, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        _modify {
            var object: Object
            if case .object(let present) = self { object = present } else { object = Object() }
            self = .null
            defer { self = .object(object) }
            yield &object[key, default: fallback()]
        }
    }

    /// The item of a list, nil where this is no list or the index lies outside it.
    public subscript(index: Int) -> Value? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }
}
