import KubeModel
import Manifest

/// That it was the judge who promoted a version or took it back, by what it has measured.
enum JudgeProof {
    /// What a run of the judge ended with.
    private struct Verdict {
        var decision: String
        var reason: String
        /// With the numbers, for people.
        var sentence: String

        init?(_ run: Value) {
            let measurements = run["status", "metricResults"]?[0]?["measurements"]?.arrayValue ?? []
            guard let last = measurements.last, let text = last["value"]?.stringValue,
                let value = try? JSON.parse(Array(text.utf8)),
                let decision = value["decision"]?.stringValue, let reason = value["reason"]?.stringValue
            else { return nil }
            self.decision = decision
            self.reason = reason
            sentence = last["message"]?.stringValue ?? decision
            let counts = value["metrics"]?[0]
            if let canary = counts?["canary"]?.stringValue, let stable = counts?["stable"]?.stringValue {
                sentence += "; errors \(canary), of the stable version \(stable)"
            }
        }
    }

    /// Every step of a canary was let through for evidence of safety.
    ///
    /// - Parameters:
    ///   - runs: the AnalysisRuns of production.
    ///   - hash: the canary's pods.
    ///   - steps: how many weights it was judged at.
    /// - Returns: the last verdict.
    static func promoted(_ runs: [Value], hash: String, steps: Int) throws(DemoFailure) -> String {
        var sentences: [Int64: String] = [:]
        for run in runs where run.metadata.labels["rollouts-pod-template-hash"] == hash {
            guard run["status", "phase"]?.stringValue == "Successful", let verdict = Verdict(run),
                verdict.decision == "promote", verdict.reason == "safety",
                let step = run.metadata.labels["step-index"].flatMap({ Int64($0) })
            else { continue }
            sentences[step] = verdict.sentence
        }
        guard sentences.count == steps, let last = sentences.max(by: { $0.key < $1.key })?.value else {
            throw DemoFailure(
                "the judge let \(sentences.count) of \(steps) steps of \(hash) through for safety")
        }
        return last
    }

    /// A version was taken back for evidence of harm, and not because its pods did not run.
    ///
    /// - Parameters:
    ///   - rollback: the Rollback of the version.
    ///   - run: the AnalysisRun that it names.
    /// - Returns: the verdict.
    static func rolledBack(_ rollback: Value, _ run: Value?) throws(DemoFailure) -> String {
        let reason = rollback["spec", "reason"]?.stringValue ?? ""
        guard rollback["spec", "analysisRun"] != nil, let run else {
            throw DemoFailure("it was rolled back without a verdict of the judge: \(reason)")
        }
        guard run["status", "phase"]?.stringValue == "Failed", let verdict = Verdict(run),
            verdict.decision == "rollback", verdict.reason == "harm"
        else {
            let phase = run["status", "phase"]?.stringValue ?? "nothing"
            throw DemoFailure(
                "the judge's \(run.metadata.name) has ended as \(phase) and tells no harm; the reason is: \(reason)"
            )
        }
        return verdict.sentence
    }
}
