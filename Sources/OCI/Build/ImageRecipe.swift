/// Everything an image is made from. The same recipe over the same files gives the same digest, wherever and whenever.
public struct ImageRecipe: Sendable {
    /// An image to build upon, which is in the store already.
    public struct Base: Sendable, Hashable {
        /// The name it was asked for by, for the annotation `org.opencontainers.image.base.name`.
        public var name: String?
        /// The manifest, or an index with an image for the platform.
        public var digest: Digest
        /// Whether the image names it as its base; not where it is only a step on the way.
        public var isRecorded: Bool

        /// A base that is in the store.
        public init(name: String? = nil, digest: Digest, isRecorded: Bool = true) {
            self.name = name
            self.digest = digest
            self.isRecorded = isRecorded
        }
    }

    /// Nil for an image of its own layers alone.
    public var base: Base?
    /// Lowest first, above those of the base.
    public var layers: [LayerContent]
    /// What the image is for; the base must be for the same.
    public var platform: Platform
    /// What is set here is put over what the base says: variables and labels one by one, everything else whole.
    public var execution: ImageConfiguration.Execution
    /// The time of everything in the image, in seconds since 1970: that of the commit. `SOURCE_DATE_EPOCH` elsewhere.
    public var epoch: Int64
    /// The commit, for the annotation `org.opencontainers.image.revision`.
    public var revision: String?
    /// Further annotations; those named `org.opencontainers.image.*` are replaced by none of the builder's own.
    public var annotations: [String: String]

    /// Describes an image; nothing is built yet.
    public init(
        base: Base? = nil, layers: [LayerContent], platform: Platform = .current,
        execution: ImageConfiguration.Execution = ImageConfiguration.Execution(), epoch: Int64 = 0,
        revision: String? = nil, annotations: [String: String] = [:]
    ) {
        self.base = base
        self.layers = layers
        self.platform = platform
        self.execution = execution
        self.epoch = epoch
        self.revision = revision
        self.annotations = annotations
    }
}

extension ImageConfiguration.Execution {
    /// These settings with others put over them.
    func overridden(by other: Self) -> Self {
        var result = self
        if let user = other.user { result.user = user }
        if let directory = other.workingDirectory { result.workingDirectory = directory }
        if let signal = other.stopSignal { result.stopSignal = signal }
        if let entrypoint = other.entrypoint {
            // The base's arguments were for its own program.
            (result.entrypoint, result.command) = (entrypoint, nil)
        }
        if let command = other.command { result.command = command }
        func name(_ variable: String) -> Substring { variable.prefix { $0 != "=" } }
        for variable in other.environment {
            if let place = result.environment.firstIndex(where: { name($0) == name(variable) }) {
                result.environment[place] = variable
            } else {
                result.environment.append(variable)
            }
        }
        result.exposedPorts = Set(exposedPorts + other.exposedPorts).sorted()
        result.volumes = Set(volumes + other.volumes).sorted()
        result.labels.merge(other.labels) { $1 }
        return result
    }
}
