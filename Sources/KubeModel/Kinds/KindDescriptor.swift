/// The facts of a kind that the rules of the API server depend on.
///
/// What discovery shows of a kind, such as its plural and short names, is the server's.
public struct KindDescriptor: Sendable {
    /// Where the scale subresource finds its numbers in objects of the kind.
    public struct Scale: Sendable, Hashable {
        /// The field with the wanted number, as the names that lead to it.
        public let specReplicas: [String]
        /// The field with the present number.
        public let statusReplicas: [String]
        /// The field with the selector: a `metav1.LabelSelector` or a map of labels.
        public let selector: [String]

        /// The places all built-in workloads use.
        static let workload = Scale(
            specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"],
            selector: ["spec", "selector"])
    }

    public let kind: GroupVersionKind
    public let isNamespaced: Bool
    public let nameRule: NameRule
    /// Whether the status is written through a subresource of its own.
    public let hasStatus: Bool
    /// Nil where objects cannot be scaled.
    public let scale: Scale?
    /// Whether `metadata.generation` counts the changes of what users want.
    public let countsGeneration: Bool
    /// How long an object lives if nobody touches it; nil for ever.
    public let timeToLive: Duration?
    /// Whether an object may be updated without saying which version was read.
    public let allowsUnconditionalUpdate: Bool
    /// Whether an update of an object that does not exist creates it.
    public let allowsCreateOnUpdate: Bool

    init(
        _ apiVersion: String, _ kind: String, isNamespaced: Bool = true,
        nameRule: NameRule = .dns1123Subdomain, hasStatus: Bool = false, scale: Scale? = nil,
        countsGeneration: Bool = false, timeToLive: Duration? = nil, allowsUnconditionalUpdate: Bool = true,
        allowsCreateOnUpdate: Bool = false
    ) {
        self.kind = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        self.isNamespaced = isNamespaced
        self.nameRule = nameRule
        self.hasStatus = hasStatus
        self.scale = scale
        self.countsGeneration = countsGeneration
        self.timeToLive = timeToLive
        self.allowsUnconditionalUpdate = allowsUnconditionalUpdate
        self.allowsCreateOnUpdate = allowsCreateOnUpdate
    }
}
