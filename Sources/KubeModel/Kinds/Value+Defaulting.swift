import Manifest

// Defaulting changes objects in place, in the words of Go's types: a `null`, an absent field and an empty text
// are the same.

extension Value {
    /// Sets a field that is absent, `null` or an empty text.
    mutating func fill(_ key: String, _ value: Value) {
        switch self[key] {
        case nil, .null?: self[key] = value
        case .string("")?: self[key] = value
        default: break
        }
    }

    /// Sets a number that is absent or 0.
    mutating func fillZero(_ key: String, _ value: Int64) {
        if (self[key]?.integerValue ?? 0) == 0 { self[key] = .integer(value) }
    }

    /// Changes a field where it is present.
    mutating func update(_ key: String, _ change: (inout Value) -> Void) {
        switch self[key] {
        case nil, .null?: return
        default: change(&self[key, default: .null])
        }
    }

    /// Changes a field, an absent one being made an empty object first.
    mutating func ensure(_ key: String, _ change: (inout Value) -> Void) {
        if self[key]?.objectValue == nil { self[key] = .emptyObject }
        change(&self[key, default: .emptyObject])
    }

    /// Changes each item of a list, where there is one.
    mutating func updateItems(_ key: String, _ change: (inout Value) -> Void) {
        update(key) { list in
            guard case .array(var items) = list else { return }
            list = .null
            for place in items.indices { change(&items[place]) }
            list = .array(items)
        }
    }

    /// Whether the field holds anything.
    func has(_ key: String) -> Bool {
        switch self[key] {
        case nil, .null?: false
        default: true
        }
    }

    /// The text of a field; empty where there is none.
    func text(_ key: String) -> String { self[key]?.stringValue ?? "" }
}
