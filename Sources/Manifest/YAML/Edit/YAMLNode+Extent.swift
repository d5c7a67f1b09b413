// Where a node begins and ends together with what belongs to it.
extension YAMLNode {
    /// Where the node with its properties ends.
    var outerEnd: Int {
        isEmpty ? (propertiesSpan?.upperBound ?? span.upperBound) : span.upperBound
    }

    /// Where something written in the node's place goes: behind its indicator and properties.
    var contentStart: Int {
        if let propertiesSpan { return propertiesSpan.upperBound }
        if let indicatorOffset { return indicatorOffset + 1 }
        return isEmpty ? span.upperBound : span.lowerBound
    }

    var isBlockScalar: Bool { style == .literal || style == .folded }

    var isBlockCollection: Bool { style == .block }

    /// The number of entries or items.
    var count: Int { Int(record.count) }

    /// The place of a key among the entries of a mapping, nil where it is none of them.
    ///
    /// A key counts as it is written, or else as it reads: `y` is found under `y` and under `true`.
    func place(ofKey key: String) -> Int? {
        let keys = entries.map(\.key)
        return keys.lastIndex { $0.kind == .scalar && $0.scalarText == key }
            ?? keys.lastIndex { $0.kind == .scalar && (try? $0.value()).map(YAMLValueBuilder.keyText) == key }
    }

    /// The ranges of the entries of a mapping or the items of a sequence, indicators included.
    var elementRanges: [Range<Int>] {
        if kind == .mapping {
            return entries.map { key, value in
                let start = Swift.min(key.indicatorOffset ?? key.outerStart, key.outerStart)
                let colon = value.indicatorOffset.map { $0 + 1 } ?? start
                return start..<Swift.max(key.outerEnd, colon, value.outerEnd)
            }
        }
        return items.map { item in
            let start = Swift.min(item.indicatorOffset ?? item.outerStart, item.outerStart)
            return start..<Swift.max(item.indicatorOffset.map { $0 + 1 } ?? start, item.outerEnd)
        }
    }
}
