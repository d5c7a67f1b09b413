/// Whether a policy can be decided with the traffic there is, before the first step is taken.
public struct Plan: Sendable, Hashable, Codable {
    /// The traffic of a metric in the recent past, of the stable version.
    public struct Traffic: Sendable, Hashable, Codable {
        /// Those to all versions.
        public var requestsPerSecond: Double
        /// The rate of bad requests; of a latency, at its least common boundary.
        public var badRate: Double

        /// Describes traffic as it was of late.
        public init(requestsPerSecond: Double, badRate: Double) {
            self.requestsPerSecond = requestsPerSecond
            self.badRate = badRate
        }
    }

    /// How long one metric takes at one share of traffic, in seconds; nil where it never decides.
    public struct Outlook: Sendable, Hashable, Codable {
        /// The metric's name.
        public var metric: String
        /// The canary's share of all requests.
        public var share: Double
        /// Until a canary as bad as `harmful` is rolled back.
        public var rollbackSeconds: Double?
        /// Until one as good as the baseline is promoted.
        public var promotionSeconds: Double?
    }

    /// What would make an undecidable policy decidable, in the order in which to try.
    public enum Advice: Sendable, Hashable, Codable {
        /// Give the canary at least this share.
        case raiseShare(to: Double)
        /// Look for as many intervals.
        case extendTime(ticks: Int)
        /// Be content to tell only as bad a canary as this multiple.
        case lowerAmbition(metric: String, harmful: Double)
        /// Send requests of one's own, counted as a metric of its own.
        case addTraffic(metric: String)
        /// Judge by a fixed level and by health only; such a promotion proves nothing about the baseline.
        case judgeByLevel(metric: String)
    }

    /// One for each metric and share.
    public var outlooks: [Outlook]
    /// Whether every metric decides within the policy's time at the largest share.
    public var isDecidable: Bool
    /// What to change so that it can be decided, the mildest first; empty where it can.
    public var advice: [Advice]

    /// Forecasts a rollout.
    ///
    /// - Parameters:
    ///   - traffic: By the names of metrics. Means need ticks, not traffic, and are left out.
    ///   - shares: The canary's shares of traffic, one per step, without 0 and 1.
    ///   - maximumShare: Up to which the canary may be given traffic at all.
    /// - Throws: `invalidPolicy` or `invalidQuestion` naming the part at fault.
    public init(
        _ policy: Policy, traffic: [String: Traffic], shares: [Double], maximumShare: Double = 0.5
    ) throws(JudgeError) {
        try policy.validate()
        outlooks = []
        isDecidable = true
        advice = []
        let available = Double(policy.maximumTicks * policy.tickSeconds)
        for metric in policy.metrics where metric.weight > 0 {
            guard let bounds = metric.ratioBounds, let traffic = traffic[metric.name] else { continue }
            for share in shares {
                outlooks.append(try Outlook(metric.name, bounds, share, traffic, policy))
            }
            let largest = shares.max() ?? maximumShare
            let outlook = try Outlook(metric.name, bounds, largest, traffic, policy)
            if outlook.isDecided(within: available) { continue }
            isDecidable = false
            try advise(metric.name, bounds, traffic, policy, from: largest, to: maximumShare)
        }
    }

    private mutating func advise(
        _ name: String, _ bounds: RatioBounds, _ traffic: Traffic, _ policy: Policy, from share: Double,
        to maximumShare: Double
    ) throws(JudgeError) {
        let available = Double(policy.maximumTicks * policy.tickSeconds)
        func outlook(_ bounds: RatioBounds, _ share: Double) throws(JudgeError) -> Outlook {
            try Outlook(name, bounds, share, traffic, policy)
        }
        if maximumShare > share, try outlook(bounds, maximumShare).isDecided(within: available) {
            for percent in 1...100
            where Double(percent) / 100 > share && Double(percent) / 100 <= maximumShare {
                guard try outlook(bounds, Double(percent) / 100).isDecided(within: available) else {
                    continue
                }
                advice.append(.raiseShare(to: Double(percent) / 100))
                break
            }
        }
        let best = try outlook(bounds, max(share, maximumShare))
        if let seconds = best.longest {
            let ticks = (seconds / Double(policy.tickSeconds)).rounded(.up)
            if ticks < 1e6 { advice.append(.extendTime(ticks: Int(ticks))) }
        }
        var easier = bounds
        for factor in [1.5, 2, 3, 5, 10] where easier.harmful < bounds.tolerated * factor {
            easier.harmful = bounds.tolerated * factor
            guard try outlook(easier, max(share, maximumShare)).isDecided(within: available) else { continue }
            advice.append(.lowerAmbition(metric: name, harmful: easier.harmful))
            break
        }
        advice.append(.addTraffic(metric: name))
        advice.append(.judgeByLevel(metric: name))
    }
}

extension Plan.Outlook {
    init(
        _ metric: String, _ bounds: RatioBounds, _ share: Double, _ traffic: Plan.Traffic, _ policy: Policy
    ) throws(JudgeError) {
        self.metric = metric
        self.share = share
        if traffic.badRate > 0 {
            rollbackSeconds = try Forecast(
                ratio: bounds.harmful, reference: bounds.tolerated, share: share, baseRate: traffic.badRate,
                requestsPerSecond: traffic.requestsPerSecond, error: policy.falseRollback
            ).seconds
            promotionSeconds = try Forecast(
                ratio: bounds.tolerated, reference: bounds.harmful, share: share, baseRate: traffic.badRate,
                requestsPerSecond: traffic.requestsPerSecond, error: policy.missBad
            ).seconds
        }
        // What is good enough can be seen without a baseline, if the stable version is so, too.
        if let level = bounds.goodEnough, traffic.badRate < level / 2, traffic.requestsPerSecond > 0 {
            let requests = Double(
                Forecast.cleanRequests(below: level - traffic.badRate, error: policy.missBad))
            let seconds = requests / (traffic.requestsPerSecond * share)
            promotionSeconds = min(promotionSeconds ?? .infinity, seconds)
        }
    }

    /// The longer of both, where both are known. Without bad events there is nothing to roll back for.
    var longest: Double? {
        guard let promotionSeconds else { return nil }
        return max(rollbackSeconds ?? 0, promotionSeconds)
    }

    func isDecided(within seconds: Double) -> Bool { longest.map { $0 <= seconds } ?? false }
}

extension Metric {
    var ratioBounds: RatioBounds? {
        switch kind {
        case .ratio(let bounds), .latency(_, let bounds): bounds
        case .mean: nil
        }
    }
}
