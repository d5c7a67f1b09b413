/// What becomes of findings: the `policy` of the `security` gate.
public struct FindingPolicy: Sendable, Hashable, Codable {
    /// What the findings of a commit are compared with.
    public enum Baseline: String, Sendable, Hashable, Codable, CaseIterable {
        /// The commit at which the change left its base: what it brings in itself counts.
        case mergeBase = "merge-base"
        /// Nothing: every finding counts.
        case none
    }

    /// What becomes of a vulnerability that nobody has repaired yet.
    public enum Unfixed: String, Sendable, Hashable, Codable, CaseIterable {
        case report, fail
    }

    /// The severity from which a finding that a change brings in fails the gate.
    public var failOn: Severity = .high
    /// What findings of the change are told apart by.
    public var baseline: Baseline = .mergeBase
    /// What becomes of findings without a repair.
    public var unfixed: Unfixed = .fail
    /// Whether a vulnerability known to be exploited fails the gate at any severity.
    public var blocksExploited = true
    /// How long what was there before the change may stay.
    public var grace = FindingGrace()
    /// The file in the tree that lists what is ignored, by whom, why and until when.
    public var ignoreFile: String?
}

/// Limits of the installation that a pipeline file can only tighten.
public struct OrganizationPolicy: Sendable, Hashable {
    /// The longest timeout of a step.
    public var maximumTimeout: Duration = .seconds(3_600)
    /// The most processors of a step in thousandths.
    public var maximumCPUMillis: Int = 64_000
    /// The most bytes of memory of a step.
    public var maximumMemory: Int = 256 << 30
    /// Registries that images may come from; nil for any.
    public var allowedRegistries: [String]?
    /// The loosest threshold of the `security` gate.
    public var loosestFailOn: Severity = .high
    /// The most bytes of an image.
    public var maximumImageSize: Int = 200_000_000
    /// The longest time an artifact may be kept.
    public var maximumArtifactAge: Duration = .seconds(90 * 86_400)
    /// The furthest day an ignore may run to, counted from today.
    public var maximumIgnoreDays: Int = 90
    /// Hosts that a pipeline file may let a step reach, by name or as `*.example.com`; nil for any.
    public var allowedHosts: [String]?
    /// Whether steps and services may run with the machine's own files.
    public var allowsHostImage = true

    /// The standard limits.
    public init() {}
}
