/// Compares an edited text, read again, with the tree that was asked for.
///
/// The syntax trees are walked side by side, so aliases are compared as aliases and a check costs no expansion.
struct YAMLEditCheck {
    private let editor: YAMLEditor
    private let result: YAMLStream
    private var replaced: [Int32: Value] = [:]
    private var removed: [Int32: Set<Int>] = [:]
    private var inserted: [Int32: [(place: Int, key: String?, value: Value)]] = [:]

    init(editor: YAMLEditor, result: YAMLStream) {
        self.editor = editor
        self.result = result
        for change in editor.changes {
            switch change {
            case .replaced(let node, let value):
                replaced[node] = value
            case .removed(let container, let place):
                removed[container, default: []].insert(place)
            case .inserted(let container, let place, let key, let value):
                inserted[container, default: []].append((place, key, value))
            }
        }
    }

    /// - Throws: `ManifestError` with code `notEditable` at the node that would read otherwise than wanted.
    func run() throws(ManifestError) {
        let (old, new) = (editor.stream.documents, result.documents)
        guard old.count == new.count else {
            throw ManifestError(
                .notEditable, "the edit cannot be made exactly, it would change the number of documents",
                file: editor.stream.file)
        }
        for (before, after) in zip(old, new) {
            try compare(before.root, after.root)
            guard !editor.changes.isEmpty else { continue }
            do throws(ManifestError) {
                _ = try after.value()
            } catch {
                // A fault that was there before is none of this edit's.
                guard (try? before.value()) != nil else { continue }
                throw mismatch(before.root, error.message)
            }
        }
    }

    private func compare(_ old: YAMLNode, _ new: YAMLNode) throws(ManifestError) {
        guard old.anchor == new.anchor || old.kind == .alias, old.tag == new.tag || old.kind == .alias else {
            throw mismatch(old, "the anchor or tag would be lost")
        }
        if let value = replaced[old.index] {
            let reached: Value
            do throws(ManifestError) {
                reached = try new.value()
            } catch {
                throw mismatch(old, error.message)
            }
            guard reached == value else { throw mismatch(old, "the value would read as \(reached.summary)") }
            return
        }
        guard old.kind == new.kind else { throw mismatch(old, "it would become another kind of node") }
        switch old.kind {
        case .alias:
            guard old.anchor == new.anchor else { throw mismatch(old, "the alias would name another anchor") }
        case .scalar:
            guard old.style == new.style, isSameText(old, new) else {
                throw mismatch(old, "its text would change")
            }
        case .mapping:
            try compareEntries(of: old, new)
        case .sequence:
            try compareItems(of: old, new)
        }
    }

    /// Whether two scalars of one style have the same text; nearly all have the same bytes too.
    private func isSameText(_ old: YAMLNode, _ new: YAMLNode) -> Bool {
        if old.textIndent == new.textIndent,
            editor.stream.bytes[old.span].elementsEqual(result.bytes[new.span])
        {
            return true
        }
        return old.scalarText == new.scalarText
    }

    private func compareEntries(of old: YAMLNode, _ new: YAMLNode) throws(ManifestError) {
        let entries = old.entries
        var rest = new.entries[...]
        for element in elements(of: old, count: entries.count) {
            guard let (key, value) = rest.popFirst() else { throw mismatch(old, "an entry would be lost") }
            switch element {
            case .old(let place):
                try compare(entries[place].key, key)
                try compare(entries[place].value, value)
            case .new(let wantedKey, let wanted):
                guard key.kind == .scalar, key.scalarText == wantedKey, (try? value.value()) == wanted else {
                    throw mismatch(old, "the new entry would read otherwise")
                }
            }
        }
        guard rest.isEmpty else { throw mismatch(old, "an entry would be added") }
    }

    private func compareItems(of old: YAMLNode, _ new: YAMLNode) throws(ManifestError) {
        let items = old.items
        var rest = new.items[...]
        for element in elements(of: old, count: items.count) {
            guard let item = rest.popFirst() else { throw mismatch(old, "an item would be lost") }
            switch element {
            case .old(let place):
                try compare(items[place], item)
            case .new(_, let wanted):
                guard (try? item.value()) == wanted else {
                    throw mismatch(old, "the new item would read otherwise")
                }
            }
        }
        guard rest.isEmpty else { throw mismatch(old, "an item would be added") }
    }

    /// What a collection holds after the edits.
    private enum Element {
        case old(place: Int)
        case new(key: String?, Value)
    }

    private func elements(of container: YAMLNode, count: Int) -> [Element] {
        let added = inserted[container.index] ?? []
        let gone = removed[container.index] ?? []
        var elements: [Element] = []
        for place in 0...count {
            for new in added where new.place == place { elements.append(.new(key: new.key, new.value)) }
            if place < count, !gone.contains(place) { elements.append(.old(place: place)) }
        }
        return elements
    }

    private func mismatch(_ node: YAMLNode, _ reason: String) -> ManifestError {
        editor.refusal("the edit cannot be made exactly here: \(reason)", node)
    }
}

extension Value {
    /// The value in a few words, for a message.
    fileprivate var summary: String {
        let text = JSON.string(self)
        return text.count > 60 ? kindDescription : text
    }
}
