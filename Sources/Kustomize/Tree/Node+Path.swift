// Finding one node by a path.
extension Node {
    /// The node at the end of a path; nil where a part of it leads to nothing.
    ///
    /// Parts are names of fields, indices, `-` for the last item, and `[name=value]` for an item.
    ///
    /// - Parameter creating: the kind of node to make at the end where there is none; what is missing on the way is
    ///   made too.
    /// - Throws: `inapplicable` where a part meets a node it cannot lead into.
    func lookup(_ path: [String], creating: Kind? = nil) throws(KustomizeError) -> Node? {
        var node = self
        let parts = path.filter { !$0.isEmpty }
        for (place, part) in parts.enumerated() {
            if node.isNull { return nil }
            let next = place + 1 < parts.count ? parts[place + 1] : nil
            guard let found = try node.step(part, next: next, creating: creating) else { return nil }
            node = found
        }
        return node
    }

    private func step(_ part: String, next: String?, creating: Kind?) throws(KustomizeError) -> Node? {
        if let index = FieldPath.index(part) {
            guard index >= 0 else {
                throw KustomizeError(.inapplicable, "array index \(index) cannot be negative")
            }
            try expect(.sequence)
            return index < content.count ? content[index] : nil
        }
        switch part {
        case "-":
            try expect(.sequence)
            return content.last
        case "*":
            throw KustomizeError(.inapplicable, "wildcard is not supported in PathGetter")
        default: break
        }
        if FieldPath.isItem(part) { return try item(part, creates: creating != nil) }
        try expect(.mapping)
        if let present = field(part) { return present }
        guard let creating else { return nil }
        let made = Node.empty(FieldPath.kind(before: next, atEnd: creating))
        try set(part, to: made)
        return made
    }

    private func item(_ part: String, creates: Bool) throws(KustomizeError) -> Node? {
        let (name, value) = try FieldPath.item(part)
        try expect(.sequence)
        let found =
            name.isEmpty
            ? content.first { $0.text == value }
            : content.first { $0.isMapping && $0.field(name)?.text == value }
        if let found { return found }
        guard creates else { return nil }
        let scalar = Node.scalar(value)
        let made = name.isEmpty ? scalar : Node(kind: .mapping, content: [.scalar(name), scalar])
        content.append(made)
        return made
    }
}
