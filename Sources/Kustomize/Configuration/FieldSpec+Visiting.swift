import KubeModel

extension FieldSpec {
    /// What to make where the field is missing.
    struct Creation {
        let kind: Node.Kind
        /// The tag of a null that becomes the field.
        let tag: Node.Tag
    }

    /// Hands every node that the path leads to in a resource to a closure.
    ///
    /// - Throws: `inapplicable` where the path meets a scalar on its way, or what the closure throws; with the path
    ///   and the resource.
    func visit(
        _ resource: Resource, creation: Creation? = nil, _ body: (Node) throws(KustomizeError) -> Void
    ) throws(KustomizeError) {
        guard applies(to: resource.currentID.gvk) else { return }
        do throws(KustomizeError) {
            try visit(resource.node, parts[...], creates ? creation : nil, body)
        } catch {
            throw error.within("considering field '\(path)' of object \(resource.currentID)")
        }
    }

    private func visit(
        _ node: Node, _ path: ArraySlice<Part>, _ creation: Creation?,
        _ body: (Node) throws(KustomizeError) -> Void
    ) throws(KustomizeError) {
        guard let part = path.first else { return try body(node) }
        if node.isNull { return }
        switch node.kind {
        case .sequence:
            for item in node.content {
                do throws(KustomizeError) { try visit(item, path, creation, body) } catch {
                    let names = path.map(\.name).joined(separator: " ")
                    throw error.within("visit traversal on path: [\(names)]")
                }
            }
        case .mapping: try visitField(part, of: node, path.dropFirst(), creation, body)
        case .scalar: throw KustomizeError(.inapplicable, "expected sequence or mapping node")
        }
    }

    private func visitField(
        _ part: Part, of node: Node, _ rest: ArraySlice<Part>, _ creation: Creation?,
        _ body: (Node) throws(KustomizeError) -> Void
    ) throws(KustomizeError) {
        guard !part.name.isEmpty else {
            throw KustomizeError(.inapplicable, "cannot set or create an empty field name")
        }
        var made = Creation(kind: .mapping, tag: .untagged)
        if let creation, rest.isEmpty { made = creation }
        let mayCreate = creation != nil && !part.isList
        guard let field = try self.field(part, of: node, creating: mayCreate ? made.kind : nil) else {
            return
        }
        if field.isNull {
            // A null becomes what the path says should be there.
            if part.isList {
                field.become(.empty(.sequence))
            } else if mayCreate {
                field.kind = made.kind
                field.tag = made.kind == .scalar ? made.tag : .untagged
            }
        }
        try visit(field, rest, creation, body)
    }
}

extension FieldSpec {
    /// The field that a part names, made where it is missing and a kind is given.
    private func field(
        _ part: Part, of node: Node, creating: Node.Kind?
    ) throws(KustomizeError) -> Node? {
        if part.isName {
            if let present = node.field(part.name) { return present }
            if creating == nil { return nil }
        }
        do throws(KustomizeError) { return try node.lookup([part.name], creating: creating) } catch {
            throw error.within("fieldName: \(part.name)")
        }
    }
}

/// Specs that many resources are looked up in, by kind.
struct FieldSpecIndex {
    private var byKind: [String: [FieldSpec]] = [:]
    private var anyKind: [(place: Int, spec: FieldSpec)] = []
    private let specs: [FieldSpec]

    init(_ specs: [FieldSpec]) {
        self.specs = specs
        for (place, spec) in specs.enumerated() where spec.gvk.kind.isEmpty { anyKind.append((place, spec)) }
        for kind in Set(specs.map(\.gvk.kind)) where !kind.isEmpty {
            byKind[kind] = specs.filter { $0.gvk.kind.isEmpty || $0.gvk.kind == kind }
        }
    }

    /// The specs that may apply to a kind, in order.
    subscript(kind: String) -> [FieldSpec] { byKind[kind] ?? anyKind.map(\.spec) }
}
