/// The fields that a manager owns, as a tree that shares the beginnings of paths.
///
/// A path in the set does not put the paths above or below it there: who owns `spec.replicas` does not own
/// `spec`. The text form is `FieldsV1`, see ``init(fieldsV1:)``.
public struct FieldSet: Sendable, Hashable {
    /// One step with what lies below it. Either it is a member itself or something below is.
    struct Node: Sendable, Hashable {
        let element: PathElement
        var isMember: Bool
        var children: FieldSet

        init(_ element: PathElement, isMember: Bool, children: FieldSet = FieldSet()) {
            self.element = element
            self.isMember = isMember
            self.children = children
        }
    }

    /// The steps in ``PathElement``'s order.
    var nodes: [Node]

    /// The empty set.
    public init() { nodes = [] }

    init(nodes: [Node]) { self.nodes = nodes }

    /// The set of nodes in any order, of which several may be for one step; those that own nothing are left out.
    init(unsorted nodes: [Node]) {
        let owning = nodes.filter { $0.isMember || !$0.children.isEmpty }
        let isSorted = zip(owning, owning.dropFirst()).allSatisfy { $0.element < $1.element }
        self.nodes = isSorted ? owning : []
        if isSorted { return }
        for node in owning.sorted(by: { $0.element < $1.element }) {
            if let last = self.nodes.indices.last, self.nodes[last].element == node.element {
                self.nodes[last].isMember = self.nodes[last].isMember || node.isMember
                self.nodes[last].children = self.nodes[last].children.union(node.children)
            } else {
                self.nodes.append(node)
            }
        }
    }

    /// The set of the given paths.
    public init(_ paths: [[PathElement]]) {
        self.init()
        for path in paths { insert(path) }
    }

    /// Whether no path is in the set.
    public var isEmpty: Bool { nodes.isEmpty }

    /// The number of paths in the set.
    public var count: Int {
        nodes.reduce(0) { $0 + ($1.isMember ? 1 : 0) + $1.children.count }
    }

    /// Adds a path; the empty path, which names the whole object, is never owned and left out.
    public mutating func insert(_ path: some Collection<PathElement>) {
        guard let element = path.first else { return }
        let rest = path.dropFirst()
        let place = place(of: element)
        if place == nodes.endIndex || nodes[place].element != element {
            nodes.insert(Node(element, isMember: rest.isEmpty), at: place)
        } else if rest.isEmpty {
            nodes[place].isMember = true
        }
        if !rest.isEmpty { nodes[place].children.insert(rest) }
    }

    /// Whether the path itself is in the set.
    public func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let element = path.first, let node = node(element) else { return false }
        let rest = path.dropFirst()
        return rest.isEmpty ? node.isMember : node.children.contains(rest)
    }

    /// The paths that begin with a step, without that step.
    public func paths(below element: PathElement) -> FieldSet { node(element)?.children ?? FieldSet() }

    /// All paths, those of an object's own fields before those below them, as upstream lists them.
    public var paths: [[PathElement]] {
        var paths: [[PathElement]] = []
        collectPaths(prefix: [], into: &paths)
        return paths
    }

    private func collectPaths(prefix: [PathElement], into paths: inout [[PathElement]]) {
        for node in nodes where node.isMember { paths.append(prefix + [node.element]) }
        for node in nodes where !node.children.isEmpty {
            node.children.collectPaths(prefix: prefix + [node.element], into: &paths)
        }
    }

    /// The node of a step, nil where no path begins with it.
    func node(_ element: PathElement) -> Node? {
        let place = place(of: element)
        guard place < nodes.endIndex, nodes[place].element == element else { return nil }
        return nodes[place]
    }

    /// Where the node of a step is, or where it would be inserted.
    private func place(of element: PathElement) -> Int {
        // Sets are mostly built in order, so that the end is tried before the binary search.
        guard let last = nodes.last, last.element >= element else { return nodes.endIndex }
        var (low, high) = (0, nodes.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].element < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
