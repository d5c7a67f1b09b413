import KubeModel
import Manifest

/// Makes the generators and transformers that objects in files configure. Only built-in ones: programs and containers
/// are refused.
struct PluginLoader {
    let loader: Loader
    let reader: ResourceReader

    func generator(_ config: Resource) throws(KustomizeError) -> any Generator {
        try checkBuiltin(config)
        return try configure(config) { (fields) throws(KustomizeError) in
            switch config.kind {
            case "ConfigMapGenerator":
                try ConfigurationGenerator(
                    kind: .configMap, entry: Self.entry(&fields, isSecret: false), loader: loader,
                    scopes: reader.scopes)
            case "SecretGenerator":
                try ConfigurationGenerator(
                    kind: .secret, entry: Self.entry(&fields, isSecret: true), loader: loader,
                    scopes: reader.scopes)
            case "IAMPolicyGenerator": try IAMPolicyGenerator(&fields, scopes: reader.scopes)
            case "HelmChartInflationGenerator": throw Self.helmRefused
            default:
                if Self.transformerKinds.contains(config.kind) {
                    throw KustomizeError(
                        .invalidKustomization,
                        "failed to load generator: plugin \(config.originalID) not a generator")
                }
                throw Self.unknown(config)
            }
        }
    }

    func transformer(_ config: Resource) throws(KustomizeError) -> [any Transformer] {
        try checkBuiltin(config)
        return try configure(config) { (fields) throws(KustomizeError) in
            if let made = try simpleTransformer(config.kind, &fields) { return [made] }
            switch config.kind {
            case "PrefixTransformer":
                return [try Self.affix(.prefix, &fields)]
            case "SuffixTransformer":
                return [try Self.affix(.suffix, &fields)]
            case "PrefixSuffixTransformer":
                return [try Self.affix(.prefix, &fields), try Self.affix(.suffix, &fields)]
            case "HelmChartInflationGenerator": throw Self.helmRefused
            case "ConfigMapGenerator", "SecretGenerator", "IAMPolicyGenerator":
                throw KustomizeError(
                    .invalidKustomization, "plugin \(config.originalID) not a transformer")
            default: throw Self.unknown(config)
            }
        }
    }

    static let helmRefused = KustomizeError(
        .unsupported,
        "must specify --enable-helm: Helm charts are refused by this build; render the chart with the helm command and "
            + "list its output in 'resources'")

    private static let transformerKinds: Set<String> = [
        "AnnotationsTransformer", "HashTransformer", "ImageTagTransformer", "LabelTransformer",
        "NamespaceTransformer", "PatchJson6902Transformer", "PatchStrategicMergeTransformer",
        "PatchTransformer",
        "PrefixSuffixTransformer", "PrefixTransformer", "SuffixTransformer", "ReplacementTransformer",
        "ReplicaCountTransformer", "ValueAddTransformer",
    ]

    /// - Throws: `unsupported` for a program or a container.
    private func checkBuiltin(_ config: Resource) throws(KustomizeError) {
        let gvk = config.gvk
        guard gvk.group.isEmpty, gvk.version == "builtin" else {
            throw KustomizeError(
                .unsupported, "external plugins disabled; unable to load external plugin '\(gvk.kind)'")
        }
    }

    private static func unknown(_ config: Resource) -> KustomizeError {
        KustomizeError(.invalidKustomization, "unable to load builtin \(config.gvk.idText)")
    }

    private func configure<Result>(
        _ config: Resource, _ make: (inout StrictObject) throws(KustomizeError) -> Result
    ) throws(KustomizeError) -> Result {
        let object = try config.node.value().objectValue ?? Object()
        var fields = StrictObject(object, type: config.kind, refusesUnknown: false, coercesText: true)
        do throws(KustomizeError) { return try make(&fields) } catch {
            if error.code == .unsupported { throw error }
            throw error.within("plugin \(config.originalID) fails configuration")
        }
    }

    /// Name and namespace may stand in the metadata of the generator.
    private static func entry(
        _ fields: inout StrictObject, isSecret: Bool
    ) throws(KustomizeError) -> GeneratorEntry {
        var entry = try GeneratorEntry(&fields, isSecret: isSecret)
        let metadata = try metadata(&fields)
        if entry.name.isEmpty { entry.name = metadata.name }
        if entry.namespace.isEmpty { entry.namespace = metadata.namespace }
        return entry
    }

    private static func metadata(
        _ fields: inout StrictObject
    ) throws(KustomizeError) -> (name: String, namespace: String) {
        try fields.object("metadata", "ObjectMeta") { (metadata) throws(KustomizeError) in
            (name: try metadata.string("name"), namespace: try metadata.string("namespace"))
        } ?? ("", "")
    }

    private static func specs(_ fields: inout StrictObject) throws(KustomizeError) -> [FieldSpec]? {
        try fields.objects("fieldSpecs", "FieldSpec", FieldSpec.init)
    }

    private static func affix(
        _ place: NameAffixTransformer.Place, _ fields: inout StrictObject
    ) throws(KustomizeError) -> NameAffixTransformer {
        guard let specs = try specs(&fields) else {
            throw KustomizeError(.invalidKustomization, "fieldSpecs is not expected to be nil")
        }
        return NameAffixTransformer(
            place: place, text: try fields.string(place == .prefix ? "prefix" : "suffix"), specs: specs)
    }

    private func simpleTransformer(
        _ kind: String, _ fields: inout StrictObject
    ) throws(KustomizeError) -> (any Transformer)? {
        switch kind {
        case "AnnotationsTransformer":
            return MapEntriesTransformer(
                entries: try fields.stringMap("annotations") ?? [:], specs: try Self.specs(&fields) ?? [])
        case "LabelTransformer":
            return MapEntriesTransformer(
                entries: try fields.stringMap("labels") ?? [:], specs: try Self.specs(&fields) ?? [])
        case "HashTransformer": return HashTransformer()
        case "ImageTagTransformer":
            let image = try fields.object("imageTag", "Image", ImageEntry.init) ?? ImageEntry()
            return ImageTransformer(image: image, specs: try Self.specs(&fields) ?? [])
        case "NamespaceTransformer": return try Self.namespace(&fields)
        case "PatchTransformer":
            return try PatchTransformer(PatchEntry(&fields), loader: loader, reader: reader)
        case "PatchJson6902Transformer":
            var entry = PatchEntry()
            entry.target = try fields.object("target", "Selector", Selector.init)
            entry.path = try fields.string("path")
            entry.patch = try fields.string("jsonOp")
            return try PatchJson6902Transformer(entry, loader: loader)
        case "PatchStrategicMergeTransformer":
            return try PatchStrategicMergeTransformer(
                try fields.strings("paths") ?? [], text: try fields.string("patches"), loader: loader,
                reader: reader)
        case "ReplacementTransformer":
            let entries = try fields.objects("replacements", "ReplacementField", ReplacementEntry.init) ?? []
            return try ReplacementTransformer(entries, loader: loader)
        case "ReplicaCountTransformer":
            let replica = try fields.object("replica", "Replica", ReplicaEntry.init) ?? ReplicaEntry()
            return ReplicaTransformer(replica: replica, specs: try Self.specs(&fields) ?? [])
        case "ValueAddTransformer": return try ValueAddTransformer(&fields, loader: loader)
        default: return nil
        }
    }

    private static func namespace(_ fields: inout StrictObject) throws(KustomizeError) -> NamespaceTransformer
    {
        let mode = try fields.string("setRoleBindingSubjects")
        guard let subjects = mode.isEmpty ? .defaultOnly : NamespaceTransformer.Subjects(rawValue: mode)
        else {
            throw KustomizeError(
                .invalidKustomization,
                "invalid value \(GoFormat.quoted(mode)) for setRoleBindingSubjects: must be one of \"defaultOnly\", "
                    + "\"none\" or \"allServiceAccounts\"")
        }
        return NamespaceTransformer(
            namespace: try metadata(&fields).namespace, specs: try specs(&fields) ?? [],
            unsetOnly: try fields.bool("unsetOnly"), subjects: subjects)
    }
}
