import KubeModel

// How the parts of a kustomization file, and of the configuration of transformers, are read.

extension PatchEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        path = try fields.string("path")
        patch = try fields.string("patch")
        target = try fields.object("target", "Selector", Selector.init)
        if let (name, kind) = try fields.object(
            "options", "PatchArgs",
            { (options) throws(KustomizeError) in
                (try options.bool("allowNameChange"), try options.bool("allowKindChange"))
            })
        {
            allowsNameChange = name
            allowsKindChange = kind
        }
    }
}

extension Selector {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        group = try fields.string("group")
        version = try fields.string("version")
        kind = try fields.string("kind")
        name = try fields.string("name")
        namespace = try fields.string("namespace")
        annotationSelector = try fields.string("annotationSelector")
        labelSelector = try fields.string("labelSelector")
    }
}

extension ImageEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        name = try fields.string("name")
        newName = try fields.string("newName")
        tagSuffix = try fields.string("tagSuffix")
        newTag = try fields.string("newTag")
        digest = try fields.string("digest")
    }
}

extension ReplicaEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        name = try fields.string("name")
        count = try fields.integer("count")
    }
}

extension FieldSpec {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        self.init(
            try fields.string("path"), group: try fields.string("group"),
            version: try fields.string("version"),
            kind: try fields.string("kind"), creates: try fields.bool("create"))
    }
}

extension LabelEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        pairs = try fields.stringMap("pairs") ?? [:]
        includesSelectors = try fields.bool("includeSelectors")
        includesTemplates = try fields.bool("includeTemplates")
        self.fields = try fields.objects("fields", "FieldSpec", FieldSpec.init) ?? []
    }
}

extension GeneratorOptionsEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        labels = try fields.stringMap("labels") ?? [:]
        annotations = try fields.stringMap("annotations") ?? [:]
        disablesNameSuffixHash = try fields.bool("disableNameSuffixHash")
        immutable = try fields.bool("immutable")
    }
}

extension GeneratorEntry {
    init(_ fields: inout StrictObject, isSecret: Bool) throws(KustomizeError) {
        name = try fields.string("name")
        namespace = try fields.string("namespace")
        behavior = try fields.string("behavior")
        literals = try fields.strings("literals") ?? []
        files = try fields.strings("files") ?? []
        envs = try fields.strings("envs") ?? []
        let env = try fields.string("env")
        if !env.isEmpty { envs.append(env) }
        options = try fields.object("options", "GeneratorOptions", GeneratorOptionsEntry.init) ?? options
        if isSecret { type = try fields.string("type") }
    }
}

extension ReplacementEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        source = try fields.object("source", "SourceSelector", Source.init)
        sourceValue = try fields.optionalString("sourceValue")
        targets = try fields.objects("targets", "TargetSelector", Target.init)
        path = try fields.string("path")
    }
}

extension ReplacementEntry.Source {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        selector.group = try fields.string("group")
        selector.version = try fields.string("version")
        selector.kind = try fields.string("kind")
        selector.name = try fields.string("name")
        selector.namespace = try fields.string("namespace")
        fieldPath = try fields.string("fieldPath")
        options = try fields.object("options", "FieldOptions", ReplacementEntry.Options.init)
    }
}

extension ReplacementEntry.Target {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        select = try fields.object("select", "Selector", Selector.init)
        reject = try fields.objects("reject", "Selector", Selector.init) ?? []
        fieldPaths = try fields.strings("fieldPaths") ?? []
        options = try fields.object("options", "FieldOptions", ReplacementEntry.Options.init)
    }
}

extension ReplacementEntry.Options {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        delimiter = try fields.string("delimiter")
        index = Int(try fields.integer("index"))
        _ = try fields.string("encoding")
        creates = try fields.bool("create")
    }
}

extension VarEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        name = try fields.string("name")
        let object = try fields.object("objref", "Target", ObjectReference.init) ?? ObjectReference()
        objectGroup = object.gvk.group
        objectVersion = object.gvk.version
        objectKind = object.gvk.kind
        objectName = object.name
        objectNamespace = object.namespace
        let path = try fields.object("fieldref", "FieldSelector") { (fields) throws(KustomizeError) in
            try fields.string("fieldPath")
        }
        fieldPath = path ?? ""
        if fieldPath.isEmpty { fieldPath = "metadata.name" }
    }

    private struct ObjectReference {
        var gvk = GroupVersionKind(group: "", version: "", kind: "")
        var name = ""
        var namespace = ""

        init() {}

        init(_ fields: inout StrictObject) throws(KustomizeError) {
            let apiVersion = try fields.string("apiVersion")
            let (group, version) = (try fields.string("group"), try fields.string("version"))
            let kind = try fields.string("kind")
            gvk = GroupVersionKind(group: group, version: version, kind: kind)
            let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2 {
                gvk = GroupVersionKind(apiVersion: apiVersion, kind: kind)
            } else if parts.count == 1, !apiVersion.isEmpty {
                gvk = GroupVersionKind(group: group, version: apiVersion, kind: kind)
            }
            name = try fields.string("name")
            namespace = try fields.string("namespace")
        }
    }
}

extension SortOptionsEntry {
    init(_ fields: inout StrictObject) throws(KustomizeError) {
        order = try fields.string("order")
        legacy = try fields.object("legacySortOptions", "LegacySortOptions") {
            (fields) throws(KustomizeError) in
            (first: try fields.strings("orderFirst") ?? [], last: try fields.strings("orderLast") ?? [])
        }
    }
}
