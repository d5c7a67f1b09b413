import KubeModel
import Manifest

extension DeployedApplication {
    /// How far a rollout is that is not through, or why it does not get on.
    static func progress(of rollout: Value) -> LineFacts.Deployment {
        let status = rollout["status"]
        let name = rollout.metadata.name
        let message = status?["message"]?.stringValue.map { " (\($0))" } ?? ""
        // It goes on by itself when that comes, so it has not failed.
        let conditions = Conditions(status?["conditions"]?.arrayValue ?? [])
        if conditions["Progressing"]?.reason == "MissingReference" {
            return .rolling("Rollout \(name) waits for what is missing\(message)")
        }
        if status?["phase"]?.stringValue == "Degraded" {
            return .unhealthy("Rollout \(name) is degraded\(message)")
        }
        let hold = hold(of: rollout)
        let reason = hold.map { ", \($0.reason)" } ?? message
        guard let weight = status?["canary", "weights", "canary", "weight"]?.integerValue else {
            return .rolling("Rollout \(name) is on its way\(reason)", until: hold?.until)
        }
        let steps = steps(of: rollout).count
        let step = status?["currentStepIndex"]?.integerValue ?? 0
        let place = "step \(min(step + 1, Int64(max(steps, 1)))) of \(steps)"
        return .rolling("Rollout \(name): canary at \(weight) %, \(place)\(reason)", until: hold?.until)
    }

    private static func steps(of rollout: Value) -> [Value] {
        rollout["spec", "strategy", "canary", "steps"]?.arrayValue ?? []
    }

    /// What a step waits for on purpose, and until when, where that is known.
    private static func hold(of rollout: Value) -> (reason: String, until: String?)? {
        let status = rollout["status"]
        let canary = status?["canary"]
        for run in ["currentStepAnalysisRunStatus", "currentBackgroundAnalysisRunStatus"] {
            guard let run = canary?[run], run["status"]?.stringValue == "Inconclusive" else { continue }
            return (
                "the analysis \(run["name"]?.stringValue ?? "") has come to no end: \(promote(rollout))", nil
            )
        }
        if let pause = status?["pauseConditions"]?.arrayValue?.first {
            let duration = pauseDuration(of: rollout)
            let start = pause["startTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
            guard let duration, let start else {
                return ("paused until somebody goes on: \(promote(rollout))", nil)
            }
            return ("paused", start.advanced(by: duration).rfc3339)
        }
        guard let run = canary?["currentStepAnalysisRunStatus"],
            run["status"]?.stringValue == "Running" || run["status"]?.stringValue == "Pending"
        else { return nil }
        let message = run["message"]?.stringValue.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        return ("the analysis \(run["name"]?.stringValue ?? "") is at work\(message)", nil)
    }

    /// How long the step under way pauses; nil where somebody has to end it.
    private static func pauseDuration(of rollout: Value) -> Duration? {
        let steps = steps(of: rollout)
        guard let index = rollout["status", "currentStepIndex"]?.integerValue.flatMap({ Int(exactly: $0) }),
            steps.indices.contains(index)
        else { return nil }
        return steps[index]["pause", "duration"].flatMap(GoDuration.field)
    }

    private static func promote(_ rollout: Value) -> String {
        "slipway rollout promote \(rollout.metadata.name) -n \(rollout.metadata.namespace)"
    }
}
