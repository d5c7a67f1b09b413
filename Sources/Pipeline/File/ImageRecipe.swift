/// The image that the `build` gate makes of a commit. Its tag is the commit, so there is no key for it.
public struct ImageRecipe: Sendable, Hashable {
    /// One deterministic layer.
    public struct Layer: Sendable, Hashable {
        /// Where a layer's files come from.
        public enum Source: Sendable, Hashable {
            /// A path in the tree.
            case path(String)
            /// An output of a step of the `build` gate.
            case output(String)
        }

        /// What the layer is made of.
        public var source: Source
        /// An absolute path in the image.
        public var destination: String
        /// Permission bits; nil for 0644, or 0755 for what is executable.
        public var mode: Int?
    }

    /// How the files of the image come about.
    public enum Build: Sendable, Hashable {
        case layers([Layer])
        case dockerfile(path: String, target: String?, arguments: [NameAndText])
    }

    /// The repository without a tag.
    public var repository: String
    /// `os/architecture`.
    public var platforms: [String] = ["linux/amd64"]
    /// The base with its digest, or `scratch`.
    public var base: String?
    /// Layers, or a Dockerfile.
    public var build: Build
    /// The program with its first arguments.
    public var entrypoint: [String] = []
    /// Arguments that who starts it may replace.
    public var command: [String] = []
    /// `user:group`, never root; nil leaves it to the Dockerfile, which then must name one.
    public var user: String?
    /// Variables of every container of it.
    public var environment: [NameAndText] = []
    /// Where its program starts; nil for `/`.
    public var workingDirectory: String?
    /// As `8080/tcp`.
    public var ports: [String] = []
    /// The most bytes, compressed, for a platform.
    public var maximumSize: Int = 200_000_000
    /// A command that shows that the image works, and how long it may take.
    public var verify: [String] = []
    /// How long ``verify`` may take.
    public var verifyTimeout: Duration = .seconds(20)
}
