/// Changes to a kustomization that whoever builds it asks for, as Argo CD's `spec.source.kustomize` does: they edit the
/// kustomization file before it is built.
public struct KustomizationOverrides: Sendable, Hashable {
    /// A number of replicas for the workloads of a name.
    public struct Replica: Sendable, Hashable {
        /// The workload's name.
        public var name: String
        /// How many pods it is to have.
        public var count: Int64

        /// A number of pods.
        public init(name: String, count: Int64) {
            self.name = name
            self.count = count
        }
    }

    /// A patch with the target it is for.
    public struct Patch: Sendable, Hashable {
        /// Which objects are patched; the parts are regular expressions, empty ones match everything.
        public struct Target: Sendable, Hashable {
            /// A pattern for the API group.
            public var group = ""
            /// A pattern for the version.
            public var version = ""
            /// A pattern for the kind.
            public var kind = ""
            /// A pattern for the name.
            public var name = ""
            /// A pattern for the namespace.
            public var namespace = ""
            /// A selector over annotations.
            public var annotationSelector = ""
            /// A selector over labels.
            public var labelSelector = ""

            /// Everything.
            public init() {}
        }

        /// The patch itself, or empty where `path` names a file.
        public var patch: String
        /// The file with the patch, where it is not given inline.
        public var path: String
        /// What is patched; what the patch itself names where there is none.
        public var target: Target?
        /// Whether the patch may rename what it patches.
        public var allowsNameChange = false
        /// Whether the patch may change the kind of what it patches.
        public var allowsKindChange = false

        /// A patch, inline or in a file.
        public init(patch: String = "", path: String = "", target: Target? = nil) {
            self.patch = patch
            self.path = path
            self.target = target
        }
    }

    /// What every name begins with.
    public var namePrefix: String
    /// What every name ends with.
    public var nameSuffix: String
    /// The namespace that everything moves to; empty for none.
    public var namespace: String
    /// As `kustomize edit set image` takes them: `name=new:tag`, `name:tag`, `name=new@digest`, `name@digest`; `*` keeps
    /// what the kustomization says.
    public var images: [String]
    /// Numbers of pods by the names of workloads.
    public var replicas: [Replica]
    /// Labels of every object.
    public var commonLabels: [String: String]
    /// Whether `commonLabels` go to the metadata only, not to selectors.
    public var labelWithoutSelector: Bool
    /// Whether labels that do not go to selectors go to templates.
    public var labelIncludeTemplates: Bool
    /// Annotations of every object.
    public var commonAnnotations: [String: String]
    /// Directories of components, seen from the kustomization's.
    public var components: [String]
    /// Patches after those of the kustomization.
    public var patches: [Patch]

    /// No changes.
    public init() {
        (namePrefix, nameSuffix, namespace) = ("", "", "")
        (images, replicas, components, patches) = ([], [], [], [])
        (commonLabels, commonAnnotations) = ([:], [:])
        (labelWithoutSelector, labelIncludeTemplates) = (false, false)
    }

    /// Edits a kustomization file.
    ///
    /// - Throws: `invalidKustomization` for an image that is none.
    func apply(to file: inout KustomizationFile) throws(KustomizeError) {
        if !namePrefix.isEmpty { file.namePrefix = namePrefix }
        if !nameSuffix.isEmpty { file.nameSuffix = nameSuffix }
        if !namespace.isEmpty { file.namespace = namespace }
        try file.setImages(images)
        for replica in replicas {
            file.replicas.removeAll { $0.name == replica.name }
            file.replicas.append(ReplicaEntry(name: replica.name, count: replica.count))
        }
        if !commonLabels.isEmpty {
            if labelWithoutSelector {
                file.labels.append(LabelEntry(pairs: commonLabels, includesTemplates: labelIncludeTemplates))
            } else {
                file.commonLabels.merge(commonLabels) { $1 }
            }
        }
        file.commonAnnotations.merge(commonAnnotations) { $1 }
        for component in components where !file.components.contains(component) {
            file.components.append(component)
        }
        file.patches += patches.map(PatchEntry.init)
    }
}

extension PatchEntry {
    fileprivate init(_ patch: KustomizationOverrides.Patch) {
        self.init(
            path: patch.path, patch: patch.patch, target: patch.target.map(Selector.init),
            allowsNameChange: patch.allowsNameChange, allowsKindChange: patch.allowsKindChange)
    }
}

extension Selector {
    fileprivate init(_ target: KustomizationOverrides.Patch.Target) {
        self.init(
            group: target.group, version: target.version, kind: target.kind, name: target.name,
            namespace: target.namespace, annotationSelector: target.annotationSelector,
            labelSelector: target.labelSelector)
    }
}

extension KustomizationFile {
    /// Sets images as `kustomize edit set image` does: each takes the place of an entry of its name, `*` keeps what
    /// that entry says, and all entries are sorted by name.
    fileprivate mutating func setImages(_ texts: [String]) throws(KustomizeError) {
        if texts.isEmpty { return }
        var entries: [String: ImageEntry] = [:]
        for text in texts {
            let entry = try Self.image(text)
            entries[entry.name] = entry
        }
        for present in images {
            guard var entry = entries[present.name] else {
                entries[present.name] = present
                continue
            }
            if entry.newName == Self.kept { entry.newName = present.newName }
            if entry.newTag == Self.kept { entry.newTag = present.newTag }
            if entry.digest == Self.kept { entry.digest = present.digest }
            entries[present.name] = entry
        }
        images = entries.values.sorted { precedesInBytes($0.name, $1.name) }.map { entry in
            var entry = entry
            if entry.newName == Self.kept { entry.newName = "" }
            if entry.newTag == Self.kept { entry.newTag = "" }
            if entry.digest == Self.kept { entry.digest = "" }
            return entry
        }
    }

    private static let kept = "*"

    private static func image(_ text: String) throws(KustomizeError) -> ImageEntry {
        let equals = text.firstIndex(of: "=")
        let reference = equals.map { String(text[text.index(after: $0)...]) } ?? text
        let parts = ImageReference(reference)
        guard parts.name != text, !parts.name.isEmpty else {
            throw KustomizeError(
                .invalidKustomization,
                "invalid format of image '\(text)'; use <image>=<newimage>:<newtag>, <image>=<newimage>@<digest>, "
                    + "<image>:<newtag> or <image>@<digest>")
        }
        var entry = ImageEntry(name: parts.name, newTag: parts.tag, digest: parts.digest)
        if let equals {
            entry.name = String(text[..<equals])
            entry.newName = parts.name
        }
        return entry
    }
}
