import KubeModel

/// Puts the resources in the order of the output.
struct SortOrderTransformer: Transformer {
    let options: SortOptionsEntry

    /// Upstream's order where nothing is said: some kinds first, some last, the rest by kind, all by name.
    static let legacy = SortOrderTransformer(options: SortOptionsEntry(order: "legacy", legacy: nil))

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        switch options.order {
        case "fifo":
            guard options.legacy == nil else {
                throw KustomizeError(
                    .invalidKustomization,
                    "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not "
                        + "'legacy'")
            }
        case "legacy":
            let (first, last) = options.legacy ?? (KindOrder.first, KindOrder.last)
            resources.setResources(sorted(resources.resources, KindOrder.places(first: first, last: last)))
        default:
            throw KustomizeError(
                .invalidKustomization, "the field 'sortOptions.order' must be one of [fifo, legacy]")
        }
    }

    private func sorted(_ resources: [Resource], _ places: [String: Int]) -> [Resource] {
        var keyed: [(key: Key, resource: Resource)] = []
        keyed.reserveCapacity(resources.count)
        for resource in resources { keyed.append((Key(resource.currentID, places), resource)) }
        keyed.sort { $0.key < $1.key }
        return keyed.map(\.resource)
    }

    private struct Key: Comparable {
        let place: Int
        let kindText: String
        let text: String
        let gvk: GroupVersionKind

        init(_ id: ResourceID, _ places: [String: Int]) {
            gvk = id.gvk
            place = places[id.gvk.kind] ?? 0
            kindText = KindOrder.text(id.gvk)
            text =
                "\(id.gvk.idText)|\(id.namespace.isEmpty ? "~X" : id.namespace)|\(id.name.isEmpty ? "~N" : id.name)"
        }

        static func == (left: Key, right: Key) -> Bool { left.gvk == right.gvk && left.text == right.text }

        static func < (left: Key, right: Key) -> Bool {
            if left.gvk == right.gvk { return precedesInBytes(left.text, right.text) }
            if left.place != right.place { return left.place < right.place }
            // Of two kinds called Namespace the core one goes first.
            if left.gvk.kind == "Namespace", right.gvk.kind == "Namespace",
                left.gvk.group.isEmpty || right.gvk.group.isEmpty
            {
                return precedesInBytes(right.kindText, left.kindText)
            }
            return precedesInBytes(left.kindText, right.kindText)
        }
    }
}
