/// What is compared between the canary and the baseline.
public struct Metric: Sendable, Hashable, Codable {
    /// How the arms are compared.
    public enum Kind: Sendable, Hashable, Codable {
        /// Bad requests of all requests.
        case ratio(bounds: RatioBounds)
        /// Requests slower than each of the boundaries, in seconds; a ratio each.
        case latency(boundaries: [Double], bounds: RatioBounds)
        /// The mean of a measurement per interval, such as memory; higher is worse.
        case mean(bounds: MeanBounds)
    }

    /// Unique in its policy.
    public var name: String
    /// How the arms are compared.
    public var kind: Kind
    /// How much the metric counts towards a rollback; 0 only reports.
    public var weight: Double
    /// Before as many requests to the canary the metric has no say. Validity needs none.
    public var minimumRequests: Int

    /// Describes what is compared.
    public init(_ name: String, _ kind: Kind, weight: Double = 1, minimumRequests: Int = 0) {
        self.name = name
        self.kind = kind
        self.weight = weight
        self.minimumRequests = minimumRequests
    }
}

/// Between which multiples of the baseline's rate the judge decides.
public struct RatioBounds: Sendable, Hashable, Codable {
    /// ρ₀: up to this multiple the canary is no worse.
    public var tolerated: Double
    /// ρ₁: from this multiple on the canary is harmful.
    public var harmful: Double
    /// Rates of the canary up to this do not matter, whatever the baseline's.
    public var ignoreBelow: Double?
    /// Rates of the canary below this are good enough, whatever the baseline's.
    public var goodEnough: Double?

    /// Describes what is compared.
    public init(
        tolerated: Double = 1, harmful: Double = 2, ignoreBelow: Double? = nil, goodEnough: Double? = nil
    ) {
        self.tolerated = tolerated
        self.harmful = harmful
        self.ignoreBelow = ignoreBelow
        self.goodEnough = goodEnough
    }
}

/// Between which multiples of the baseline's mean the judge decides.
public struct MeanBounds: Sendable, Hashable, Codable {
    /// Up to this multiple the canary's mean is no worse.
    public var tolerated: Double
    /// From this multiple on it is harmful.
    public var harmful: Double

    /// Describes what is compared.
    public init(tolerated: Double = 1, harmful: Double = 1.5) {
        self.tolerated = tolerated
        self.harmful = harmful
    }
}
