// Metadata as upstream reads and writes it.
extension Resource {
    private var metadata: Node? {
        guard let metadata = node.field("metadata"), !metadata.isEmpty else { return nil }
        return metadata
    }

    private func metadataText(_ field: String) -> String {
        guard let value = metadata?.field(field), !value.isEmpty else { return "" }
        return value.text
    }

    var name: String { metadataText("name") }

    var namespace: String { metadataText("namespace") }

    func setName(_ name: String) throws(KustomizeError) { try setMetadata("name", to: .scalar(name)) }

    /// Sets the namespace; an empty one removes the field.
    func setNamespace(_ namespace: String) throws(KustomizeError) {
        if namespace.isEmpty {
            guard let metadata = try node.lookup(["metadata"]) else { return }
            try metadata.expect(.mapping)
            metadata.clear("namespace")
            identityChanged()
            return
        }
        try setMetadata("namespace", to: .scalar(namespace))
    }

    private func setMetadata(_ field: String, to value: Node) throws(KustomizeError) {
        guard let metadata = try node.lookup(["metadata"], creating: .mapping) else { return }
        try metadata.set(field, to: value)
        identityChanged()
    }

    var labels: [String: String] { metadata?.field("labels")?.stringMap ?? [:] }

    var annotations: [String: String] { metadata?.field("annotations")?.stringMap ?? [:] }

    func annotation(_ name: String) -> String? { metadata?.field("annotations")?.field(name)?.text }

    func setLabels(_ labels: [String: String]) throws(KustomizeError) { try setMap("labels", to: labels) }

    func setAnnotations(_ annotations: [String: String]) throws(KustomizeError) {
        try setMap("annotations", to: annotations)
        identityChanged()
    }

    /// Puts a map in the place of one in the metadata; an empty one removes it.
    private func setMap(_ field: String, to map: [String: String]) throws(KustomizeError) {
        guard let metadata = try node.lookup(["metadata"], creating: .mapping) else { return }
        try metadata.expect(.mapping)
        metadata.clear(field)
        guard !map.isEmpty else { return }
        let node = Node.mapping()
        for name in map.keys.sorted(by: precedesInBytes) {
            let text = map[name] ?? ""
            try node.set(name, to: .string(text))
        }
        metadata.content += [.scalar(field), node]
    }

    /// Sets one annotation, in quotes.
    func setAnnotation(_ name: String, to text: String) throws(KustomizeError) {
        if let metadata = node.field("metadata"), let present = metadata.field("annotations"),
            present.content.isEmpty
        {
            // An empty or null map gives way to one that can be written to.
            metadata.clear("annotations")
        }
        let value = Node.scalar(text, tag: .string, isQuoted: true)
        try node.lookup(["metadata", "annotations"], creating: .mapping)?.set(name, to: value)
        if BuildAnnotation.contains(name) { identityChanged() }
    }

    /// Sets one label, in quotes.
    func setLabel(_ name: String, to text: String) throws(KustomizeError) {
        let value = Node.scalar(text, tag: .string, isQuoted: true)
        try node.lookup(["metadata", "labels"], creating: .mapping)?.set(name, to: value)
    }

    // MARK: Build annotations

    /// An annotation that holds several texts.
    func list(_ name: String) -> [String] {
        annotation(name)?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    }

    /// Adds a text to an annotation that holds several; an empty one adds nothing.
    func append(_ text: String, to name: String) throws(KustomizeError) {
        guard !text.isEmpty else { return }
        let present = annotation(name)
        try setAnnotation(name, to: present.map { "\($0),\(text)" } ?? text)
    }

    func isEnabled(_ name: String) -> Bool { annotation(name) == BuildAnnotation.enabled }

    func enable(_ name: String) throws(KustomizeError) {
        try updateAnnotations { $0[name] = BuildAnnotation.enabled }
    }

    /// Changes all annotations at once; they are written anew, in order.
    func updateAnnotations(_ change: (inout [String: String]) -> Void) throws(KustomizeError) {
        var annotations = annotations
        change(&annotations)
        try setAnnotations(annotations)
    }

    /// Removes annotations for which the predicate holds. What is left is text, whatever it was before, and an
    /// empty map goes: upstream writes all annotations anew.
    func removeAnnotations(where shouldBeRemoved: (String) -> Bool) throws(KustomizeError) {
        try updateAnnotations { annotations in annotations = annotations.filter { !shouldBeRemoved($0.key) } }
    }
}

/// Go's order of strings.
func precedesInBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
