/// Reading and writing YAML 1.2 as the tools around Kubernetes understand it.
public enum YAML {
    /// What a stream may cost; beyond it the reader refuses instead of running out of memory or stack.
    public struct Limits: Sendable, Hashable {
        /// How deeply lists and mappings may nest.
        public var depth: Int
        /// The largest stream in bytes; never more than 2 GiB.
        public var bytes: Int
        /// How many nodes the aliases of one document may add to its value.
        public var aliasNodes: Int
        /// How many bytes of text the aliases of one document may add to its value.
        public var aliasBytes: Int

        public init(
            depth: Int = 512, bytes: Int = 1 << 30, aliasNodes: Int = 1_000_000, aliasBytes: Int = 64 << 20
        ) {
            self.depth = depth
            self.bytes = bytes
            self.aliasNodes = aliasNodes
            self.aliasBytes = aliasBytes
        }
    }

    /// What becomes of a mapping that has one key twice.
    public enum DuplicateKeys: Sendable, Hashable {
        /// The document is refused with the place of the second one.
        case refused
        /// The last value counts, as for kubectl without validation.
        case lastWins
    }

    /// Which plain words are booleans; everything else is read alike.
    public enum Dialect: Sendable, Hashable {
        /// `yes`, `no`, `on`, `off`, `y` and `n` are booleans like `true` and `false`, also as keys: what
        /// `sigs.k8s.io/yaml` makes of manifests for kubectl and every controller.
        case kubectl
        /// Only `true` and `false` are booleans: what Kustomize makes of the files it builds from.
        case kustomize
    }

    /// How a text is read.
    public struct ReadOptions: Sendable, Hashable {
        public var limits: Limits
        public var duplicateKeys: DuplicateKeys
        public var dialect: Dialect
        /// The name that errors give to the text.
        public var file: String?

        public init(
            limits: Limits = Limits(), duplicateKeys: DuplicateKeys = .refused, dialect: Dialect = .kubectl,
            file: String? = nil
        ) {
            self.limits = limits
            self.duplicateKeys = duplicateKeys
            self.dialect = dialect
            self.file = file
        }
    }

    /// The values of all documents of a stream; a document without content is `null`.
    ///
    /// - Throws: ``ManifestError`` with line and column: `syntax`, `encoding`, `duplicateKey`, `depthLimit`,
    ///   `sizeLimit`, `unknownAlias` or `unsupported`.
    public static func parse(
        _ bytes: [UInt8], options: ReadOptions = ReadOptions()
    ) throws(ManifestError) -> [Value] {
        let stream = try YAMLStream(bytes, file: options.file, limits: options.limits)
        var values: [Value] = []
        for document in stream.documents {
            values.append(try document.value(duplicateKeys: options.duplicateKeys, dialect: options.dialect))
        }
        return values
    }

    /// The values of all documents of a text; a document without content is `null`.
    ///
    /// - Throws: ``ManifestError`` as ``parse(_:options:)-([UInt8],_)`` does.
    public static func parse(
        _ text: String, options: ReadOptions = ReadOptions()
    ) throws(ManifestError) -> [Value] {
        try parse(Array(text.utf8), options: options)
    }
}
