/// A plain threshold on each check's rate of success, as is common: what the judge replaces.
public struct ThresholdRule: Sendable, Hashable {
    /// When a number of failed checks aborts.
    public enum Counting: String, Sendable, Hashable {
        /// More failed checks than the limit abort, as in Argo Rollouts.
        case moreThanLimit = "argo"
        /// As many failed checks as the limit abort, as in Flagger; no later success makes up for them.
        case limitReached = "flagger"
    }

    /// The share of good requests below which a check fails.
    public var minimumSuccess: Double
    /// How many failed checks are borne, or reached.
    public var limit: Int
    /// Which of the two the limit means.
    public var counting: Counting

    /// Describes a rule.
    public init(minimumSuccess: Double, limit: Int, counting: Counting) {
        self.minimumSuccess = minimumSuccess
        self.limit = limit
        self.counting = counting
    }

    /// Whether a check fails.
    public func fails(bad: Int, of requests: Int) -> Bool { bad > tolerated(of: requests) }

    /// Whether so many failed checks abort.
    public func aborts(failedChecks: Int) -> Bool {
        counting == .moreThanLimit ? failedChecks > limit : failedChecks >= limit
    }

    private func tolerated(of requests: Int) -> Int {
        // The threshold is meant as the decimal it is written as: 1 % of 1,200 are 12, whatever 1 - 0.99 is
        // in binary.
        Int(((1 - minimumSuccess) * Double(requests) + 1e-9).rounded(.down))
    }

    /// The probability that one check fails, and that a rollout is aborted, at a true rate of bad requests.
    public func errors(
        badRate: Double, requestsPerCheck: Int, checks: Int
    ) -> (check: Double, abort: Double) {
        let check = BinomialDistribution(trials: requestsPerCheck, probability: badRate)
            .upper(tolerated(of: requestsPerCheck))
        let most = counting == .moreThanLimit ? limit : limit - 1
        return (check, BinomialDistribution(trials: checks, probability: check).upper(most))
    }
}
