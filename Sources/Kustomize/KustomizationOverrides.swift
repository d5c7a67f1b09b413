/// Changes to a kustomization that whoever builds it asks for, as Argo CD's `spec.source.kustomize` does: they edit the
/// kustomization file before it is built.
public struct KustomizationOverrides: Sendable, Hashable {
    /// A number of replicas for the workloads of a name.
    public struct Replica: Sendable, Hashable {
        public var name: String
        public var count: Int64

        public init(name: String, count: Int64) {
            self.name = name
            self.count = count
        }
    }

    /// A patch with the target it is for.
    public struct Patch: Sendable, Hashable {
        /// Which objects are patched; the parts are regular expressions, empty ones match everything.
        public struct Target: Sendable, Hashable {
            public var group = ""
            public var version = ""
            public var kind = ""
            public var name = ""
            public var namespace = ""
            public var annotationSelector = ""
            public var labelSelector = ""

            public init() {}
        }

        /// The patch itself, or empty where `path` names a file.
        public var patch: String
        public var path: String
        public var target: Target?
        public var allowsNameChange = false
        public var allowsKindChange = false

        public init(patch: String = "", path: String = "", target: Target? = nil) {
            self.patch = patch
            self.path = path
            self.target = target
        }
    }

    public var namePrefix: String
    public var nameSuffix: String
    public var namespace: String
    /// As `kustomize edit set image` takes them: `name=new:tag`, `name:tag`, `name=new@digest`, `name@digest`.
    public var images: [String]
    public var replicas: [Replica]
    public var commonLabels: [String: String]
    /// Whether `commonLabels` go to the metadata only, not to selectors.
    public var labelWithoutSelector: Bool
    /// Whether labels that do not go to selectors go to templates.
    public var labelIncludeTemplates: Bool
    public var commonAnnotations: [String: String]
    /// Directories of components, seen from the kustomization's.
    public var components: [String]
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
        for image in images { try file.setImage(image) }
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
    /// Sets the image of an override, in the place of an entry for the same name.
    fileprivate mutating func setImage(_ text: String) throws(KustomizeError) {
        var entry = ImageEntry()
        var reference = text
        if let equals = text.firstIndex(of: "=") {
            entry.name = String(text[..<equals])
            reference = String(text[text.index(after: equals)...])
        }
        let parts = ImageReference(reference)
        if entry.name.isEmpty {
            entry.name = parts.name
        } else if parts.name != entry.name, parts.name != "*" {
            entry.newName = parts.name
        }
        if parts.tag != "*" { entry.newTag = parts.tag }
        entry.digest = parts.digest
        guard !entry.name.isEmpty, !parts.name.isEmpty else {
            throw KustomizeError(
                .invalidKustomization,
                "invalid format of image '\(text)'; use <image>=<newimage>:<newtag>, <image>=<newimage>@<digest>, "
                    + "<image>:<newtag> or <image>@<digest>")
        }
        if let place = images.firstIndex(where: { $0.name == entry.name }) {
            // What the override does not say stays: setting a name keeps the tag that was set.
            if entry.newName.isEmpty { entry.newName = images[place].newName }
            if entry.newTag.isEmpty, entry.digest.isEmpty {
                entry.newTag = images[place].newTag
                entry.digest = images[place].digest
            }
            images[place] = entry
        } else {
            images.append(entry)
        }
    }
}
