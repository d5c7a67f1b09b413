/// All that a verdict came from, and the verdict: what is kept of a rollout.
public struct JudgementLog: Sendable, Hashable, Codable {
    /// What was asked for.
    public var policy: Policy
    /// What was seen, in order.
    public var ticks: [Tick]
    /// The intervals of earlier askings about the same release, which count for harm.
    public var earlier: [Tick]
    /// What was said.
    public var verdict: Verdict

    /// Judges, and keeps what was judged.
    ///
    /// - Throws: `invalidPolicy` naming the part at fault.
    public init(_ ticks: [Tick], _ policy: Policy, after earlier: [Tick] = []) throws(JudgeError) {
        self.policy = policy
        self.ticks = ticks
        self.earlier = earlier
        verdict = try judge(ticks, policy, after: earlier)
    }

    /// Whether judging again gives the same verdict, bit for bit.
    ///
    /// - Throws: `invalidPolicy` where the policy of the log has been changed into none.
    public func isReproduced() throws(JudgeError) -> Bool {
        try judge(ticks, policy, after: earlier) == verdict
    }
}
