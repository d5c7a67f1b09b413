import Manifest

/// A kustomization file.
struct KustomizationFile {
    static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
    static let componentKind = "Component"

    var kind = ""
    var apiVersion = ""
    var openAPIVersion: String?
    var openAPIPath: String?
    var namePrefix = ""
    var nameSuffix = ""
    var namespace = ""
    var commonLabels: [String: String] = [:]
    var labels: [LabelEntry] = []
    var commonAnnotations: [String: String] = [:]
    var patchesStrategicMerge: [String] = []
    var patchesJson6902: [PatchEntry] = []
    var patches: [PatchEntry] = []
    var images: [ImageEntry] = []
    var replacements: [ReplacementEntry] = []
    var replicas: [ReplicaEntry] = []
    var vars: [VarEntry] = []
    var sortOptions: SortOptionsEntry?
    var resources: [String] = []
    var components: [String] = []
    var crds: [String] = []
    var configMapGenerator: [GeneratorEntry] = []
    var secretGenerator: [GeneratorEntry] = []
    var generatorOptions: GeneratorOptionsEntry?
    var configurations: [String] = []
    var generators: [String] = []
    var transformers: [String] = []
    var validators: [String] = []
    var buildMetadata: [String] = []
    /// Whether Helm charts are to be inflated.
    var usesHelm = false
    /// What upstream prints about fields that are deprecated.
    private(set) var warnings: [String] = []
    /// Whether the file says anything but its own kind.
    private(set) var isEmpty = true

    var isComponent: Bool { kind == Self.componentKind }

    init() {}

    /// Reads a file.
    ///
    /// - Throws: `invalidKustomization`, in upstream's words.
    init(_ bytes: [UInt8]) throws(KustomizeError) {
        let document: Value
        do throws(ManifestError) {
            document = try YAML.parse(bytes, options: .lenient).first ?? .null
        } catch {
            throw KustomizeError(.invalidKustomization, "invalid Kustomization: yaml: \(error)")
        }
        let object: Object
        switch document {
        case .null: object = Object()
        case .object(let fields): object = fields
        default:
            throw KustomizeError(
                .invalidKustomization,
                "invalid Kustomization: json: cannot unmarshal \(document.jsonTypeName) into Go value of type "
                    + "types.Kustomization")
        }
        var reader = StrictObject(object, type: "Kustomization", refusesUnknown: true)
        do throws(KustomizeError) {
            try read(&reader)
            try reader.finish()
        } catch {
            throw error.within("invalid Kustomization")
        }
        isEmpty = !object.contains { pair in
            !pair.value.isNull && pair.value != "" && pair.key != "kind" && pair.key != "apiVersion"
        }
        if kind.isEmpty { kind = "Kustomization" }
        if apiVersion.isEmpty {
            apiVersion = isComponent ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1"
        }
    }

    private mutating func read(_ fields: inout StrictObject) throws(KustomizeError) {
        kind = try fields.string("kind")
        apiVersion = try fields.string("apiVersion")
        _ = try fields.object("metadata", "ObjectMeta") { (metadata) throws(KustomizeError) in
            _ = try metadata.string("name")
            _ = try metadata.string("namespace")
            _ = try metadata.stringMap("labels")
            _ = try metadata.stringMap("annotations")
        }
        let openAPI = try fields.stringMap("openapi") ?? [:]
        openAPIVersion = openAPI["version"]
        openAPIPath = openAPI["path"]
        namePrefix = try fields.string("namePrefix")
        nameSuffix = try fields.string("nameSuffix")
        namespace = try fields.string("namespace")
        try readLabels(&fields)
        try readPatches(&fields)
        images = try fields.objects("images", "Image", ImageEntry.init) ?? []
        if let tags = try fields.objects("imageTags", "Image", ImageEntry.init) {
            images += tags
            warn("imageTags", "images")
        }
        replacements = try fields.objects("replacements", "ReplacementField", ReplacementEntry.init) ?? []
        replicas = try fields.objects("replicas", "Replica", ReplicaEntry.init) ?? []
        if let list = try fields.objects("vars", "Var", VarEntry.init) {
            vars = list
            warn("vars", "replacements", prefix: "[EXPERIMENTAL] ")
        }
        sortOptions = try fields.object("sortOptions", "SortOptions", SortOptionsEntry.init)
        try readGenerators(&fields)
        try readFiles(&fields)
        usesHelm = fields.skip("helmCharts")
        usesHelm = fields.skip("helmChartInflationGenerator") || usesHelm
        fields.skip("helmGlobals")
        warnings.sort { Self.warningOrder($0) < Self.warningOrder($1) }
    }

    private mutating func readLabels(_ fields: inout StrictObject) throws(KustomizeError) {
        if let map = try fields.stringMap("commonLabels") {
            commonLabels = map
            warn("commonLabels", "labels")
        }
        labels = try fields.objects("labels", "Label", LabelEntry.init) ?? []
        commonAnnotations = try fields.stringMap("commonAnnotations") ?? [:]
    }

    private mutating func readPatches(_ fields: inout StrictObject) throws(KustomizeError) {
        if let list = try fields.strings("patchesStrategicMerge") {
            patchesStrategicMerge = list
            warn("patchesStrategicMerge", "patches")
        }
        if let list = try fields.objects("patchesJson6902", "Patch", PatchEntry.init) {
            patchesJson6902 = list
            warn("patchesJson6902", "patches")
        }
        patches = try fields.objects("patches", "Patch", PatchEntry.init) ?? []
    }

    private mutating func readGenerators(_ fields: inout StrictObject) throws(KustomizeError) {
        configMapGenerator =
            try fields.objects("configMapGenerator", "ConfigMapArgs") { (entry) throws(KustomizeError) in
                try GeneratorEntry(&entry, isSecret: false)
            } ?? []
        secretGenerator =
            try fields.objects("secretGenerator", "SecretArgs") { (entry) throws(KustomizeError) in
                try GeneratorEntry(&entry, isSecret: true)
            } ?? []
        generatorOptions = try fields.object(
            "generatorOptions", "GeneratorOptions", GeneratorOptionsEntry.init)
    }

    private mutating func readFiles(_ fields: inout StrictObject) throws(KustomizeError) {
        resources = try fields.strings("resources") ?? []
        components = try fields.strings("components") ?? []
        crds = try fields.strings("crds") ?? []
        if let bases = try fields.strings("bases") {
            resources += bases
            warn("bases", "resources")
        }
        configurations = try fields.strings("configurations") ?? []
        generators = try fields.strings("generators") ?? []
        transformers = try fields.strings("transformers") ?? []
        validators = try fields.strings("validators") ?? []
        buildMetadata = try fields.strings("buildMetadata") ?? []
    }

    private mutating func warn(_ field: String, _ replacement: String, prefix: String = "") {
        warnings.append(
            "# Warning: '\(field)' is deprecated. Please use '\(replacement)' instead. \(prefix)"
                + "Run 'kustomize edit fix' to update your Kustomization automatically.")
    }

    /// Upstream's order of its warnings.
    private static func warningOrder(_ warning: String) -> Int {
        [
            "'bases'", "'commonLabels'", "'imageTags'", "'patchesJson6902'", "'patchesStrategicMerge'",
            "'vars'",
        ]
        .firstIndex { warning.hasPrefix("# Warning: \($0)") } ?? 6
    }

    /// What is wrong with the file as a whole.
    var faults: [String] {
        var faults: [String] = []
        if kind != "Kustomization", !isComponent {
            faults.append("kind should be Kustomization or Component")
        }
        let version = isComponent ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1"
        if apiVersion != version { faults.append("apiVersion for \(kind) should be \(version)") }
        return faults
    }
}
