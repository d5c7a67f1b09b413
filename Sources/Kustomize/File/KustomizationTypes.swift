// The parts of a kustomization file, as its authors know them.

/// A patch with what it is for.
struct PatchEntry {
    var path = ""
    var patch = ""
    var target: Selector?
    var allowsNameChange = false
    var allowsKindChange = false
}

/// Another name, tag or digest for an image.
struct ImageEntry: Hashable {
    var name = ""
    var newName = ""
    var tagSuffix = ""
    var newTag = ""
    var digest = ""
}

/// A number of replicas for workloads of a name.
struct ReplicaEntry: Hashable {
    var name = ""
    var count: Int64 = 0
}

/// Labels and where they go.
struct LabelEntry {
    var pairs: [String: String] = [:]
    var includesSelectors = false
    var includesTemplates = false
    var fields: [FieldSpec] = []
}

/// What generated objects have in common.
struct GeneratorOptionsEntry {
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var disablesNameSuffixHash = false
    var immutable = false

    /// Takes over what the options of the whole file say and these do not.
    func merged(withGlobal global: GeneratorOptionsEntry?) -> GeneratorOptionsEntry {
        guard let global else { return self }
        var merged = self
        merged.labels.merge(global.labels) { own, _ in own }
        merged.annotations.merge(global.annotations) { own, _ in own }
        merged.disablesNameSuffixHash = disablesNameSuffixHash || global.disablesNameSuffixHash
        merged.immutable = immutable || global.immutable
        return merged
    }
}

/// A ConfigMap or Secret to be made of literals and files.
struct GeneratorEntry {
    var name = ""
    var namespace = ""
    var behavior = ""
    var literals: [String] = []
    var files: [String] = []
    var envs: [String] = []
    var options = GeneratorOptionsEntry()
    /// Of a Secret.
    var type = ""
}

/// A value that is copied from one object to others.
struct ReplacementEntry {
    /// Where the value comes from.
    struct Source {
        var selector = Selector()
        var fieldPath = ""
        var options: Options?
    }

    /// Where the value goes.
    struct Target {
        var select: Selector?
        var reject: [Selector] = []
        var fieldPaths: [String] = []
        var options: Options?
    }

    struct Options {
        var delimiter = ""
        var index = 0
        var creates = false
    }

    var source: Source?
    var sourceValue: String?
    /// nil where the field is missing.
    var targets: [Target]?
    /// A file that holds replacements.
    var path = ""
}

/// A variable: a field of an object that `$(NAME)` stands for.
struct VarEntry: Hashable {
    var name = ""
    var objectGroup = ""
    var objectVersion = ""
    var objectKind = ""
    var objectName = ""
    var objectNamespace = ""
    var fieldPath = ""
}

/// The order of the output.
struct SortOptionsEntry {
    var order = ""
    /// Kinds that go first and last; nil where the file leaves them at their default.
    var legacy: (first: [String], last: [String])?
}
