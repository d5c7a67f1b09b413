import KubeModel

/// Which fields transformers change: upstream's defaults and what kustomizations add.
struct TransformerConfiguration {
    var namePrefix: [FieldSpec] = []
    var nameSuffix: [FieldSpec] = []
    var namespace: [FieldSpec] = []
    var commonLabels: [FieldSpec] = []
    var labels: [FieldSpec] = []
    var templateLabels: [FieldSpec] = []
    var commonAnnotations: [FieldSpec] = []
    var nameReference: [NameReference] = []
    var varReference: [FieldSpec] = []
    var images: [FieldSpec] = []
    var replicas: [FieldSpec] = []

    /// Whether upstream's defaults are in it, and whether nothing else is.
    private(set) var includesStandard = false
    private(set) var isStandard = false

    /// The fields that hold names of the objects of some kind.
    struct NameReference {
        /// The kind whose objects are referred to; empty parts stand for anything.
        var gvk: GroupVersionKind
        var referrers: [FieldSpec]
    }

    private static let specLists:
        [(String, any WritableKeyPath<TransformerConfiguration, [FieldSpec]> & Sendable)] = [
            ("NamePrefix", \.namePrefix), ("NameSuffix", \.nameSuffix), ("NameSpace", \.namespace),
            ("CommonAnnotations", \.commonAnnotations), ("CommonLabels", \.commonLabels),
            ("Labels", \.labels),
            ("TemplateLabels", \.templateLabels), ("VarReference", \.varReference), ("Images", \.images),
            ("Replicas", \.replicas),
        ]

    /// Whether there is nothing in it.
    var isEmpty: Bool {
        nameReference.isEmpty && Self.specLists.allSatisfy { self[keyPath: $0.1].isEmpty }
    }

    /// Adds another configuration.
    ///
    /// - Throws: `invalidKustomization` where both say something else about one field.
    mutating func merge(_ other: TransformerConfiguration) throws(KustomizeError) {
        // Every directory brings the defaults along; they are not compared with themselves each time.
        if other.isStandard && includesStandard || other.isEmpty { return }
        // Merging into nothing takes out specs that a more special one before them covers, but the defaults have none.
        if isEmpty, other.isStandard {
            self = other
            return
        }
        isStandard = false
        includesStandard = includesStandard || other.includesStandard
        for (name, list) in Self.specLists where !other[keyPath: list].isEmpty {
            do throws(KustomizeError) {
                var specs = self[keyPath: list]
                let count = specs.count
                try specs.merge(contentsOf: other[keyPath: list])
                if specs.count > count { self[keyPath: list] = specs.sortedByKind() }
            } catch {
                throw error.within("failed to merge \(name) fieldSpec")
            }
        }
        for reference in other.nameReference {
            do throws(KustomizeError) { try merge(reference) } catch {
                throw error.within("failed to merge NameReference fieldSpec")
            }
        }
        sortNameReferences()
    }

    mutating func merge(_ reference: NameReference) throws(KustomizeError) {
        isStandard = false
        guard let place = nameReference.firstIndex(where: { $0.gvk == reference.gvk }) else {
            nameReference.append(reference)
            return
        }
        try nameReference[place].referrers.merge(contentsOf: reference.referrers)
    }

    /// Marks the configuration as upstream's defaults.
    mutating func markStandard() {
        includesStandard = true
        isStandard = true
    }

    /// Sorts all lists by kind.
    mutating func sort() {
        for (_, list) in Self.specLists { self[keyPath: list] = self[keyPath: list].sortedByKind() }
        sortNameReferences()
    }

    private mutating func sortNameReferences() {
        let keys = nameReference.map { KindOrder.key($0.gvk) }
        nameReference = nameReference.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
            .map { nameReference[$0] }
    }
}
