public import FoundationEssentials
public import Manifest

/// How an artifact was built: the predicate of SLSA provenance 1.0.
public struct Provenance: Sendable {
    /// Something that went into the build, or came out beside the artifact.
    public struct Resource: Sendable, Hashable {
        /// `git+https://…@refs/heads/main`, `pkg:…`.
        public var uri: String
        /// Digests by algorithm; a commit is a `gitCommit`.
        public var digest: [String: String]
        /// A short name within the build.
        public var name: String?

        /// Something that took part in a build.
        public init(uri: String, digest: [String: String] = [:], name: String? = nil) {
            self.uri = uri
            self.digest = digest
            self.name = name
        }
    }

    /// What the parameters mean, an address of its documentation.
    public var buildType: String
    /// What the person who asked for the build controls.
    public var externalParameters: Value
    /// What the builder decided.
    public var internalParameters: Value
    /// What the build used, as it was found: commits, base images, packages.
    public var resolvedDependencies: [Resource]
    /// Who built: the trust in this name is the trust in the provenance.
    public var builder: String
    /// Names this one run of the build.
    public var invocation: String?
    /// When the build began, by the builder's clock.
    public var started: Date?
    /// When the build ended, by the builder's clock.
    public var finished: Date?
    /// What came out beside the artifact: logs, reports.
    public var byproducts: [Resource]

    /// Provenance in the words of SLSA 1.
    public init(
        buildType: String, externalParameters: Value, internalParameters: Value = .emptyObject,
        resolvedDependencies: [Resource] = [], builder: String, invocation: String? = nil,
        started: Date? = nil,
        finished: Date? = nil, byproducts: [Resource] = []
    ) {
        self.buildType = buildType
        self.externalParameters = externalParameters
        self.internalParameters = internalParameters
        self.resolvedDependencies = resolvedDependencies
        self.builder = builder
        self.invocation = invocation
        self.started = started
        self.finished = finished
        self.byproducts = byproducts
    }

    /// The predicate.
    public var value: Value {
        var definition: Object = [
            "buildType": .string(buildType), "externalParameters": externalParameters,
        ]
        if internalParameters != .emptyObject { definition["internalParameters"] = internalParameters }
        if !resolvedDependencies.isEmpty {
            definition["resolvedDependencies"] = .array(resolvedDependencies.map(Self.value))
        }
        var metadata: Object = [:]
        if let invocation { metadata["invocationId"] = .string(invocation) }
        if let started { metadata["startedOn"] = .string(RFC3339.write(started)) }
        if let finished { metadata["finishedOn"] = .string(RFC3339.write(finished)) }
        var run: Object = ["builder": ["id": .string(builder)]]
        if !metadata.isEmpty { run["metadata"] = .object(metadata) }
        if !byproducts.isEmpty { run["byproducts"] = .array(byproducts.map(Self.value)) }
        return ["buildDefinition": .object(definition), "runDetails": .object(run)]
    }

    /// A statement that an artifact was built so.
    public func statement(about subjects: [Statement.Subject]) -> Statement {
        Statement(subjects: subjects, predicateType: PredicateType.provenance, predicate: value)
    }

    private static func value(_ resource: Resource) -> Value {
        var object: Object = ["uri": .string(resource.uri)]
        if let name = resource.name { object["name"] = .string(name) }
        if !resource.digest.isEmpty {
            let pairs = resource.digest.sorted { $0.key < $1.key }
            object["digest"] = .object(
                Object(pairs.map { Object.Pair(key: $0.key, value: .string($0.value)) }))
        }
        return .object(object)
    }
}
