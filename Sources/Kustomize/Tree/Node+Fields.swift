// Fields of mappings. Of two fields with one name the first counts, until the output refuses them.
extension Node {
    /// The keys and values of a mapping in order.
    var fields: some Sequence<(key: Node, value: Node)> {
        stride(from: 0, to: kind == .mapping ? content.count - 1 : 0, by: 2).lazy.map { [content] in
            (content[$0], content[$0 + 1])
        }
    }

    /// Where the key of a field stands among the content; nil where this is no mapping or has no such field.
    func fieldIndex(_ name: String) -> Int? {
        guard kind == .mapping else { return nil }
        var place = 0
        let end = content.count
        while place < end {
            if content[place].text == name { return place }
            place += 2
        }
        return nil
    }

    /// The value of a field; nil where this is no mapping or has no such field.
    func field(_ name: String) -> Node? {
        fieldIndex(name).map { content[$0 + 1] }
    }

    /// Removes a field and answers its value.
    @discardableResult
    func clear(_ name: String) -> Node? {
        guard let place = fieldIndex(name) else { return nil }
        let removed = content[place + 1]
        content.removeSubrange(place...place + 1)
        return removed
    }

    /// Sets a field of a mapping; a field that is there takes over the value and keeps its quotes.
    ///
    /// - Parameters:
    ///   - value: nil, like a null that is not to be kept, removes the field.
    ///   - keepsNull: whether a null is put in place like any other value.
    ///   - quotesKey: whether the key of a new field stands in quotes.
    /// - Throws: `inapplicable` where this is no mapping.
    func set(
        _ name: String, to value: Node?, keepsNull: Bool = false, quotesKey: Bool = false
    ) throws(KustomizeError) {
        try expect(.mapping)
        guard let value, keepsNull || !value.isNull else {
            clear(name)
            return
        }
        value.quoteIfAmbiguous()
        if let present = field(name) {
            value.style = present.style
            if present !== value { present.become(value) }
            return
        }
        content.append(.scalar(name, isQuoted: quotesKey))
        content.append(value)
    }

    /// Sets the node itself, which has to be a scalar, to another scalar; it keeps its quotes.
    ///
    /// - Throws: `inapplicable` where this is no scalar.
    func setScalar(_ value: Node) throws(KustomizeError) {
        value.quoteIfAmbiguous()
        try expect(.scalar)
        if value.isNull { return }
        value.style = style
        become(value)
    }

    /// Puts text in quotes that YAML 1.1 would read as something else.
    private func quoteIfAmbiguous() {
        guard isString, !isQuoted, PlainScalar.isTypedInYAML11(text) else { return }
        style = .doubleQuoted
    }

    /// - Throws: `inapplicable` where the node is of another kind; null is of every kind.
    func expect(_ expected: Kind) throws(KustomizeError) {
        guard !isNull, kind != expected else { return }
        throw KustomizeError(
            .inapplicable,
            "wrong node kind: expected \(Node.empty(expected).kindName) but got \(kindName)"
                + ": node contents:\n\(yamlText)")
    }

    /// The texts of a mapping's fields by name, as labels and annotations are read.
    var stringMap: [String: String] {
        var map: [String: String] = [:]
        for (key, value) in fields where map[key.text] == nil { map[key.text] = value.text }
        return map
    }
}
