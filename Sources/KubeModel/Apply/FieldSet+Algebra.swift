extension FieldSet {
    /// The paths in either set.
    public func union(_ other: FieldSet) -> FieldSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return merged(with: other) { left, right in
            guard let left else { return right }
            guard let right else { return left }
            return Node(
                left.element, isMember: left.isMember || right.isMember,
                children: left.children.union(right.children))
        }
    }

    /// The paths in both sets.
    public func intersection(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return FieldSet() }
        return merged(with: other) { left, right in
            guard let left, let right else { return nil }
            return Node(
                left.element, isMember: left.isMember && right.isMember,
                children: left.children.intersection(right.children))
        }
    }

    /// The paths that are not in the other set. Paths below or above those of the other set stay.
    public func subtracting(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return merged(with: other) { left, right in
            guard let left else { return nil }
            guard let right else { return left }
            return Node(
                left.element, isMember: left.isMember && !right.isMember,
                children: left.children.subtracting(right.children))
        }
    }

    /// The paths that neither are in the other set nor lie below one of its paths.
    public func recursivelySubtracting(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return merged(with: other) { left, right in
            guard let left else { return nil }
            guard let right else { return left }
            if right.isMember { return nil }
            return Node(
                left.element, isMember: left.isMember,
                children: left.children.recursivelySubtracting(right.children))
        }
    }

    /// The paths below which there is no other path of the set.
    public var leaves: FieldSet {
        FieldSet(
            nodes: nodes.map { node in
                Node(
                    node.element, isMember: node.isMember && node.children.isEmpty,
                    children: node.children.leaves)
            })
    }

    /// Both sets' nodes side by side; what the closure makes of them is kept unless it is nil or owns nothing.
    private func merged(with other: FieldSet, _ combine: (Node?, Node?) -> Node?) -> FieldSet {
        var result: [Node] = []
        result.reserveCapacity(Swift.max(nodes.count, other.nodes.count))
        func append(_ node: Node?) {
            if let node, node.isMember || !node.children.isEmpty { result.append(node) }
        }
        var (left, right) = (0, 0)
        while left < nodes.count, right < other.nodes.count {
            let order = nodes[left].element.order(to: other.nodes[right].element)
            append(combine(order <= 0 ? nodes[left] : nil, order >= 0 ? other.nodes[right] : nil))
            if order <= 0 { left += 1 }
            if order >= 0 { right += 1 }
        }
        for node in nodes[left...] { append(combine(node, nil)) }
        for node in other.nodes[right...] { append(combine(nil, node)) }
        return FieldSet(nodes: result)
    }
}
