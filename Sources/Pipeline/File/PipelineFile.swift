public import KubeModel

/// A pipeline file that has passed validation: what `.slipway/pipeline.yaml` says, with every default filled in.
public struct PipelineFile: Sendable, Hashable {
    /// The service that the pipeline delivers; a DNS label.
    public var service: String
    /// Programs that steps need beside them, in the order of the file.
    public var services: [PipelineService] = []
    /// The secrets that steps may ask for.
    public var secrets: [SecretReference] = []
    /// The four gates in their fixed order.
    public var gates: [PipelineGate] = []
    /// What becomes of findings.
    public var policy = FindingPolicy()
    /// The image that the `build` gate makes.
    public var image: ImageRecipe?
    /// SHA-256 of the file's bytes in hexadecimal digits, for verdicts and tokens.
    public var digest: String = ""

    /// The gate of a name.
    public func gate(_ name: GateName) -> PipelineGate? { gates.first { $0.name == name } }

    /// The step with an id.
    public func step(_ id: StepID) -> PipelineStep? { gate(id.gate)?.steps.first { $0.id == id } }

    /// The service with a name.
    public func service(named name: String) -> PipelineService? { services.first { $0.name == name } }
}

/// The gates every commit passes, in this order and no other.
public enum GateName: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case lint, test, security, build

    /// Whether a gate comes before another.
    public static func < (left: GateName, right: GateName) -> Bool { left.position < right.position }

    var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A gate: steps that run in parallel unless one needs another.
public struct PipelineGate: Sendable, Hashable {
    /// Which of the four.
    public var name: GateName
    /// In the order of the file.
    public var steps: [PipelineStep]
}

/// The name of a step within its gate, written `test.unit`.
public struct StepID: Sendable, Hashable, Codable, CustomStringConvertible, Comparable {
    /// The gate it stands in.
    public var gate: GateName
    /// The key of the file.
    public var name: String

    /// Names a step.
    public init(_ gate: GateName, _ name: String) {
        self.gate = gate
        self.name = name
    }

    /// Reads `gate.name`; nil where the text is no such name.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let gate = GateName(rawValue: String(parts[0])), !parts[1].isEmpty else {
            return nil
        }
        self.init(gate, String(parts[1]))
    }

    /// `GATE.STEP`, as people and logs name it.
    public var description: String { "\(gate.rawValue).\(name)" }

    /// By gate, then by name.
    public static func < (left: StepID, right: StepID) -> Bool {
        (left.gate, left.name) < (right.gate, right.name)
    }

    /// The step that stands for the image part of the `build` gate.
    public static let image = StepID(.build, "image")
}

/// Where a step's or a service's files come from.
public enum ImageSource: Sendable, Hashable, CustomStringConvertible {
    /// The machine itself, on the local cluster.
    case host
    /// An image with its digest.
    case reference(String)

    /// As the file writes it.
    public var description: String {
        switch self {
        case .host: "host"
        case .reference(let reference): reference
        }
    }
}

/// A unit of work that runs in a container of its own.
public struct PipelineStep: Sendable, Hashable {
    /// What the container runs.
    public enum Action: Sendable, Hashable {
        /// A shell script.
        case run(script: String, shell: String)
        /// A built-in step with its options.
        case use(BuiltinStep)
        /// The image part of the `build` gate.
        case image
    }

    /// Gate and name.
    public var id: StepID
    /// A script, or a built-in step.
    public var action: Action
    /// What its container is started from.
    public var image: ImageSource
    /// Variables of the file, those of services and secrets left out.
    public var environment: [NameAndText] = []
    /// The services that are ready before the step begins.
    public var services: [String] = []
    /// The names of secrets it may see.
    public var secrets: [String] = []
    /// Steps of the same gate that pass first.
    public var needs: [String] = []
    /// After which it is ended and has failed.
    public var timeout: Duration
    /// How often the step may run again after a failure of the machinery; a red test is never repeated.
    public var infraRetries: Int = 1
    /// Whether the step is reported without deciding anything.
    public var isAdvisory = false
    /// What is read of what it leaves behind.
    public var reports: [ReportRequest] = []
    /// What is kept of what it leaves behind.
    public var artifacts: [ArtifactRequest] = []
    /// Files that later gates can use, by name.
    public var outputs: [NameAndText] = []
    /// What its container may use.
    public var resources = StepResources()
    /// What the step may reach.
    public var network: NetworkAccess = .cell
    /// `user:group` as numbers; nil is the default of the image.
    public var user: String?
}

/// A pair of a name and a text, in the order of a file.
public struct NameAndText: Sendable, Hashable, Codable {
    /// Of a variable, an output, or a build argument.
    public var name: String
    /// The value.
    public var text: String

    /// Pairs a name with its text.
    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}

/// What a container may use.
public struct StepResources: Sendable, Hashable {
    /// A quantity of processors, as in `"2"` or `500m`.
    public var cpu: String?
    /// A quantity of bytes, as in `4Gi`.
    public var memory: String?
    /// A quantity of bytes, as in `20Gi`.
    public var disk: String?
}

/// What a step may reach over the network.
public enum NetworkAccess: Sendable, Hashable {
    /// All that its cell reaches.
    case cell
    /// The services of its cell and these hosts; none is `deny`.
    case hosts([AllowedHost])
}

extension AllowedHost {
    /// As it is written in the file.
    var asWritten: String {
        ports == Self.standardPorts ? name : ports.map { "\(name):\($0)" }.joined(separator: ", ")
    }
}

/// A report that a step must leave behind.
public struct ReportRequest: Sendable, Hashable {
    /// How a report is written.
    public enum Format: String, Sendable, Hashable, Codable, CaseIterable {
        case sarif, junit, semgrep, trivy, grype, cyclonedx

        /// Whether such a report shows that the code itself was analysed.
        var isStaticAnalysis: Bool { self == .sarif || self == .semgrep }
        /// Whether such a report shows that dependencies were looked up.
        var isDependencyScan: Bool { self == .trivy || self == .grype }
    }

    /// How its bytes are read.
    public var format: Format
    /// A path or pattern in the work copy; every file that it matches is read.
    public var glob: String
    /// The severity from which a finding fails the step; nil leaves that to the policy.
    public var failOn: Severity?
    /// How many tests must have run, for JUnit.
    public var minimumTests: Int = 1
    /// The share of tests that may be skipped, in percent; nil for any.
    public var maximumSkippedPercent: Double?
}

/// Files of a step that are kept after the run.
public struct ArtifactRequest: Sendable, Hashable {
    /// When files are kept.
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        case always, success, failure
    }

    /// Patterns or folders in the work copy.
    public var paths: [String]
    /// Whether a failure or a success keeps them.
    public var condition: Condition = .always
    /// How long they are kept.
    public var keep: Duration = .seconds(7 * 86_400)
}

/// A built-in step and its options.
public enum BuiltinStep: Sendable, Hashable {
    /// Semgrep with rule folders: the project's own (`default`) and paths in the tree.
    case semgrep(rulesets: [String])
    /// Trivy on paths of the tree.
    case trivy(targets: [String])
    /// Grype on paths of the tree.
    case grype(targets: [String])
    /// The embedded dependency scan; an empty list scans every lockfile of the tree.
    case osv(targets: [String], database: String?)

    /// The name in the file.
    public var name: String {
        switch self {
        case .semgrep: "semgrep"
        case .trivy: "trivy"
        case .grype: "grype"
        case .osv: "osv"
        }
    }
}

/// A secret that the control plane holds under another name.
public struct SecretReference: Sendable, Hashable {
    /// The variable that steps see.
    public var name: String
    /// Where the control plane keeps the value: `secret/key`.
    public var source: String
    /// The steps that may use it, `test.unit`; empty allows every step that names it.
    public var useIn: [String]
    /// The least trust a run must have.
    public var trust: RunTrust
}

/// How far the authors of a run's commit are trusted, lowest first.
public enum RunTrust: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Somebody without the right to push.
    case fork
    /// A branch of the repository itself.
    case sameRepo = "same-repo"
    /// The commit that the merge queue has made.
    case candidate
    /// A commit that has been merged.
    case main

    /// Whether a trust is less than another.
    public static func < (left: RunTrust, right: RunTrust) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
