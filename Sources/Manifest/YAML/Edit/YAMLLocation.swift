/// Where a path has led: a node, and the way to it.
struct YAMLLocation {
    /// A collection on the way, with the place of the entry or item that was taken.
    struct Turn {
        let node: YAMLNode
        let place: Int
    }

    /// The node reached.
    private(set) var node: YAMLNode
    /// The collections on the way, the root's first.
    private(set) var trail: [Turn] = []
    /// The first alias or merge key on the way: what lies behind it stands elsewhere in the text.
    private(set) var detour: YAMLNode?

    private let file: String?
    private var steps: [YAMLPath.Step] = []

    init(root: YAMLNode, file: String?) {
        node = root
        self.file = file
    }

    /// The path taken so far.
    var path: YAMLPath { YAMLPath(steps: steps) }

    /// The collection that holds the node, with the node's place in it; nil for the root.
    var holder: Turn? { trail.last }

    /// Whether the node stands between brackets.
    var isInFlow: Bool { trail.contains { $0.node.style == .flow } }

    /// Follows a path.
    ///
    /// - Throws: `ManifestError` with code `notFound` that says what there is instead.
    mutating func follow(_ path: YAMLPath) throws(ManifestError) {
        for step in path.steps { try follow(step) }
    }

    /// Takes one step.
    ///
    /// - Throws: `ManifestError` with code `notFound` that says what there is instead.
    mutating func follow(_ step: YAMLPath.Step) throws(ManifestError) {
        leaveAlias()
        switch (step, node.kind) {
        case (.key(let key), .mapping):
            try enter(key: key)
        case (.key(let key), .sequence):
            guard let index = JSONPointer.index(key) else {
                throw missing("\(path) is a list; an item of it is written \(path)[0] or \(path)[name=...]")
            }
            try enter(index: index)
        case (.index(let index), .sequence):
            try enter(index: index)
        case (.item(let key, let value), .sequence):
            try enter(itemWith: key, value)
        case (.append, .sequence):
            throw missing("\(path)[+] is the place behind the last item; there is nothing yet")
        case (_, .mapping):
            throw missing("\(path) is a mapping, not a list; its keys are \(Self.list(keys(of: node)))")
        default:
            let kind = node.isEmpty ? "has no value" : "is a single value"
            throw missing("\(path) \(kind); there is nothing at \(step) in it")
        }
        steps.append(step)
    }

    /// Goes on at the anchor where the node is an alias.
    private mutating func leaveAlias() {
        guard node.kind == .alias else { return }
        detour = detour ?? node
        node = node.target
    }

    private mutating func enter(key: String) throws(ManifestError) {
        let entries = node.entries
        if let place = node.place(ofKey: key) {
            trail.append(Turn(node: node, place: place))
            node = entries[place].value
            return
        }
        for (place, entry) in entries.enumerated() where entry.key.isMergeKey {
            let sources = entry.value.target.kind == .sequence ? entry.value.target.items : [entry.value]
            for source in sources {
                var branch = self
                branch.trail.append(Turn(node: node, place: place))
                branch.detour = branch.detour ?? entry.key
                branch.node = source.target
                guard branch.node.kind == .mapping, (try? branch.enter(key: key)) != nil else { continue }
                self = branch
                return
            }
        }
        let known = keys(of: node)
        guard !known.isEmpty else { throw missing("\(path) is empty; it has no key '\(key)'") }
        if let meant = KeySuggestion.nearest(to: key, among: known) {
            throw missing("\(path) has no key '\(key)'; did you mean '\(meant)'?")
        }
        throw missing("\(path) has no key '\(key)'; it has \(Self.list(known))")
    }

    private mutating func enter(index: Int) throws(ManifestError) {
        let items = node.items
        let place = index < 0 ? items.count + index : index
        guard items.indices.contains(place) else {
            let count = items.count == 1 ? "1 item" : "\(items.count) items"
            throw missing("\(path) has \(count); there is no [\(index)]")
        }
        trail.append(Turn(node: node, place: place))
        node = items[place]
    }

    private mutating func enter(itemWith key: String, _ value: String) throws(ManifestError) {
        var known: [String] = []
        for (place, item) in node.items.enumerated() {
            let mapping = item.target
            guard let entry = mapping.place(ofKey: key) else { continue }
            let found = mapping.entries[entry].value.target
            guard found.kind == .scalar else { continue }
            if found.scalarText == value {
                trail.append(Turn(node: node, place: place))
                node = item
                return
            }
            known.append(found.scalarText)
        }
        guard !known.isEmpty else { throw missing("no item of \(path) has a \(key)") }
        if let meant = KeySuggestion.nearest(to: value, among: known) {
            throw missing("no item of \(path) has \(key) '\(value)'; did you mean '\(meant)'?")
        }
        throw missing("no item of \(path) has \(key) '\(value)'; there are \(Self.list(known))")
    }

    /// The place of an entry or item of the node reached, for what is to stand there.
    func entering(place: Int) -> YAMLLocation {
        var inner = self
        inner.trail.append(Turn(node: node, place: place))
        return inner
    }

    private func keys(of mapping: YAMLNode) -> [String] {
        mapping.entries.filter { !$0.key.isMergeKey }.map(\.key.scalarText)
    }

    /// Up to eight names as they stand in a sentence.
    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    private func missing(_ message: String) -> ManifestError {
        ManifestError(.notFound, message, at: node.position, file: file)
    }
}

extension YAMLNode {
    /// Whether the node is the key `<<`, which takes in the entries of other mappings.
    var isMergeKey: Bool { kind == .scalar && style == .plain && scalarText == "<<" }
}

extension YAMLDocument {
    /// The node a path leads to, through aliases and merge keys where they stand on the way.
    ///
    /// - Throws: ``ManifestError`` with code `notFound`, its place and what there is instead.
    public func node(at path: YAMLPath) throws(ManifestError) -> YAMLNode {
        var location = YAMLLocation(root: root, file: tape.file)
        try location.follow(path)
        return location.node.target
    }
}
