/// All that a verdict came from, and the verdict: what is kept of a rollout.
public struct JudgementLog: Sendable, Hashable, Codable {
    public var policy: Policy
    public var ticks: [Tick]
    public var verdict: Verdict

    /// Judges, and keeps what was judged.
    ///
    /// - Throws: `invalidPolicy` naming the part at fault.
    public init(_ ticks: [Tick], _ policy: Policy) throws(JudgeError) {
        self.policy = policy
        self.ticks = ticks
        verdict = try judge(ticks, policy)
    }

    /// Whether judging again gives the same verdict, bit for bit.
    ///
    /// - Throws: `invalidPolicy` where the policy of the log has been changed into none.
    public func isReproduced() throws(JudgeError) -> Bool { try judge(ticks, policy) == verdict }
}
