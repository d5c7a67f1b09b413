public import Manifest

/// Labels, annotations, node selectors: texts by name, in the order of the document.
///
/// A view of an object that passes over values which are no texts, but keeps them.
public struct StringMap: Sendable, Hashable {
    private var object: Object

    /// The texts that an object holds.
    public init(_ object: Object = Object()) { self.object = object }

    /// The map as it stands in a document.
    public var value: Manifest.Value { .object(object) }

    /// The text of a name, nil where there is none. Assigning nil removes it.
    public subscript(name: String) -> String? {
        get { object[name]?.stringValue }
        set { object[name] = newValue.map(Manifest.Value.string) }
    }

    /// Whether there is a text of that name.
    public func contains(_ name: String) -> Bool { self[name] != nil }

    /// Whether there is nothing at all, not even a value that is no text.
    public var isEmpty: Bool { object.isEmpty }

    /// Sets every text of `other`, which wins over one of the same name.
    public mutating func merge(_ other: StringMap) {
        for (name, text) in other { self[name] = text }
    }
}

extension StringMap: Sequence {
    public func makeIterator() -> AnyIterator<(name: String, text: String)> {
        var pairs = object.makeIterator()
        return AnyIterator {
            while let pair = pairs.next() {
                if let text = pair.value.stringValue { return (pair.key, text) }
            }
            return nil
        }
    }
}

extension StringMap: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(Object(elements.map { Object.Pair(key: $0.0, value: .string($0.1)) }))
    }
}
