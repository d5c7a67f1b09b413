/// Annotations that carry what a build knows of a resource until the output is written.
///
/// As upstream does, they stand in the object itself: patches see them, and a patch that wipes the annotations
/// wipes them too.
enum BuildAnnotation {
    private static let domain = "internal.config.kubernetes.io"

    static let previousKinds = "\(domain)/previousKinds"
    static let previousNames = "\(domain)/previousNames"
    static let previousNamespaces = "\(domain)/previousNamespaces"
    static let prefixes = "\(domain)/prefixes"
    static let suffixes = "\(domain)/suffixes"
    static let allowNameChange = "\(domain)/allowNameChange"
    static let allowKindChange = "\(domain)/allowKindChange"
    static let generatorBehavior = "\(domain)/generatorBehavior"
    static let needsHashSuffix = "\(domain)/needsHashSuffix"

    /// The value of a switch that is on.
    static let enabled = "enabled"

    /// Every annotation that is taken off before the output is written.
    static let all = [
        previousKinds, previousNames, previousNamespaces, prefixes, suffixes, allowNameChange,
        allowKindChange,
        "\(domain)/refBy", generatorBehavior, needsHashSuffix,
        "\(domain)/path", "\(domain)/index", "\(domain)/seqindent", "\(domain)/id",
        "\(domain)/annotations-migration-resource-id",
        "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id",
        "\(domain)/helm-generated",
    ]

    private static let set = Set(all)

    /// Whether the annotation is taken off before the output is written.
    static func contains(_ name: String) -> Bool { set.contains(name) }

    /// Whether a JSON patch leaves the annotation alone.
    static func survivesJSONPatch(_ name: String) -> Bool {
        name.hasPrefix("\(domain)/") || name == "config.kubernetes.io/path"
            || name == "config.kubernetes.io/index"
            || name == "config.k8s.io/id"
    }

    /// Where a resource comes from, on request in the output.
    static let origin = "config.kubernetes.io/origin"
    /// What changed a resource, on request in the output.
    static let transformations = "alpha.config.kubernetes.io/transformations"
    /// Marks a resource that serves the build only.
    static let localConfig = "config.kubernetes.io/local-config"
}
