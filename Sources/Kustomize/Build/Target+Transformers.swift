extension Target {
    /// The transformers that the fields of the file stand for, in the order in which they run.
    func builtinTransformers(
        _ configuration: TransformerConfiguration
    ) throws(KustomizeError) -> [(name: String, transformer: any Transformer)] {
        var list: [(name: String, transformer: any Transformer)] = []
        let reader = ResourceReader(scopes: context.scopes)
        if !file.patchesStrategicMerge.isEmpty {
            let patch = try configured("PatchStrategicMergeTransformer") { () throws(KustomizeError) in
                try PatchStrategicMergeTransformer(file.patchesStrategicMerge, loader: loader, reader: reader)
            }
            list.append(("PatchStrategicMergeTransformer", patch))
        }
        for entry in file.patches {
            let patch = try configured("PatchTransformer") { () throws(KustomizeError) in
                try PatchTransformer(entry, loader: loader, reader: reader)
            }
            list.append(("PatchTransformer", patch))
        }
        if !file.namespace.isEmpty {
            let transformer = NamespaceTransformer(namespace: file.namespace, specs: configuration.namespace)
            list.append(("NamespaceTransformer", transformer))
        }
        if !file.namePrefix.isEmpty {
            let transformer = NameAffixTransformer(
                place: .prefix, text: file.namePrefix, specs: configuration.namePrefix)
            list.append(("PrefixTransformer", transformer))
        }
        if !file.nameSuffix.isEmpty {
            let transformer = NameAffixTransformer(
                place: .suffix, text: file.nameSuffix, specs: configuration.nameSuffix)
            list.append(("SuffixTransformer", transformer))
        }
        list += try labelTransformers(configuration).map { ("LabelTransformer", $0) }
        if !file.commonAnnotations.isEmpty {
            let transformer = MapEntriesTransformer(
                entries: file.commonAnnotations, specs: configuration.commonAnnotations)
            list.append(("AnnotationsTransformer", transformer))
        }
        for entry in file.patchesJson6902 {
            let patch = try configured("PatchJson6902Transformer") { () throws(KustomizeError) in
                try PatchJson6902Transformer(entry, loader: loader)
            }
            list.append(("PatchJson6902Transformer", patch))
        }
        for entry in file.replicas {
            let transformer = ReplicaTransformer(replica: entry, specs: configuration.replicas)
            list.append(("ReplicaCountTransformer", transformer))
        }
        for entry in file.images {
            list.append(("ImageTagTransformer", ImageTransformer(image: entry, specs: configuration.images)))
        }
        if !file.replacements.isEmpty {
            let transformer = try configured("ReplacementTransformer") { () throws(KustomizeError) in
                try ReplacementTransformer(file.replacements, loader: loader)
            }
            list.append(("ReplacementTransformer", transformer))
        }
        return list
    }

    private func configured<Made>(
        _ name: String, _ make: () throws(KustomizeError) -> Made
    ) throws(KustomizeError) -> Made {
        do throws(KustomizeError) { return try make() } catch {
            throw error.within("trouble configuring builtin \(name)")
        }
    }

    /// One transformer for each entry of `labels`, then one for `commonLabels`.
    private func labelTransformers(
        _ configuration: TransformerConfiguration
    ) throws(KustomizeError) -> [any Transformer] {
        if file.labels.isEmpty, file.commonLabels.isEmpty { return [] }
        var list: [any Transformer] = []
        for entry in file.labels {
            var specs = entry.fields
            do throws(KustomizeError) {
                try specs.merge(contentsOf: configuration.labels)
                if entry.includesSelectors {
                    try specs.merge(contentsOf: configuration.commonLabels)
                } else {
                    if entry.includesTemplates { try specs.merge(contentsOf: configuration.templateLabels) }
                    try specs.merge(FieldSpec("metadata/labels", creates: true))
                }
            } catch {
                throw error.within("failed to merge labels")
            }
            list.append(MapEntriesTransformer(entries: entry.pairs, specs: specs))
        }
        list.append(MapEntriesTransformer(entries: file.commonLabels, specs: configuration.commonLabels))
        return list
    }
}
