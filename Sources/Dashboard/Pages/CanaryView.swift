import Judge
import KubeClient
import KubeModel
import Manifest
import Rollouts

/// A canary's steps, its traffic and the charts of its newest analyses; on a rollout's page and on a commit's.
struct CanaryView: Sendable {
    let rollout: Value
    /// The version that is asked about; nil for the rollout as it is, with the analyses of all versions.
    let version: RolloutVersion?
    private let objects: ObjectSet

    init(_ rollout: Value, _ objects: ObjectSet, version: RolloutVersion? = nil) {
        self.rollout = rollout
        self.objects = objects
        self.version = version
    }

    /// So many runs are shown.
    private static let maximumRuns = 3

    func fields(now: Timestamp) -> Fields {
        let summary = RolloutSummary(rollout)
        var fields = summary.fields
        let runs = runs
        fields["runs"] = .list(runs.prefix(Self.maximumRuns).map { run($0, now) })
        fields["hasRuns"] = .flag(!runs.isEmpty)
        if let version {
            let isHarmful = ["Failed", "Error"].contains(runs.first?.word("status", "phase") ?? "")
            fields["standing"] = Self.badge(version.standing, summary, isHarmful: isHarmful)
            fields["isElsewhere"] = .flag(version.standing != .wanted)
            guard version.standing == .wanted else {
                return fields.merging(["weight": "", "isUnderWay": false])
            }
        }
        fields["steps"] = .list(steps(summary))
        if let weight = summary.weight {
            fields["stableWeight"] = .text("\(100 - weight)")
            fields["verified"] = .flag(summary.status.weights?.isVerified != false)
        }
        return fields
    }

    /// Whether there are stages to be seen: without steps and analyses a canary is an update like any other.
    var isByStages: Bool {
        guard let canary = RolloutSummary(rollout).canary else { return true }
        return !canary.steps.isEmpty || !runs.isEmpty
    }

    /// The newest first.
    private var runs: [Value] {
        objects[Analysis.runs].filter { run in
            run.metadata.namespace == rollout.metadata.namespace
                && run.metadata.controller?.uid == rollout.metadata.uid
                && version?.hashes.contains(run.metadata.labels[RolloutVersion.hashLabel] ?? "") != false
        }.newestFirst
    }

    /// How it stands, and how analyses have ended.
    var spoken: [String] {
        let ends = runs.prefix(Self.maximumRuns).compactMap { run -> String? in
            let phase = run.word("status", "phase")
            guard ["Successful", "Failed", "Error", "Inconclusive"].contains(phase) else { return nil }
            return "Analysis \(run.metadata.name): \(Tone.words(phase))"
        }
        return version?.standing == .past ? ends : [RolloutSummary(rollout).spoken] + ends
    }

    /// How a version does, in words.
    private static func badge(
        _ standing: RolloutVersion.Standing, _ summary: RolloutSummary, isHarmful: Bool
    ) -> Fields.Field {
        switch standing {
        case .wanted where summary.isAborted: Tone.bad.badge("Taken back")
        case .wanted: summary.isUnderWay ? Tone.busy.badge("On its way") : Tone.good.badge("Users have it")
        case .stable: Tone.good.badge("Users have it")
        case .past: isHarmful ? Tone.bad.badge("Rolled back") : Tone.off.badge("Replaced")
        }
    }

    private func steps(_ summary: RolloutSummary) -> [Fields] {
        let steps = summary.canary?.steps ?? []
        let index = summary.status.currentStepIndex ?? 0
        return steps.enumerated().map { place, step in
            let isOver = !summary.isAborted && (place < index || summary.status.isFullyPromoted)
            let isPresent = place == index && summary.isUnderWay
            return [
                "text": .text(RolloutSummary.words(step)), "isOver": .flag(isOver),
                "isPresent": .flag(isPresent),
                "state": .text(isOver ? "done" : isPresent ? "now" : "to come"),
            ]
        }
    }

    private func run(_ run: Value, _ now: Timestamp) -> Fields {
        let name = run.metadata.name
        let records = objects[.configMaps].filter { record in
            record.metadata.namespace == run.metadata.namespace && JudgeRecordView.run(of: record) == name
        }.compactMap(JudgeRecordView.init)
        return [
            "name": .text(name),
            "revision": .text(run.metadata.annotations["rollout.argoproj.io/revision"] ?? ""),
            "phase": Tone.badge(phase: run["status", "phase"]?.stringValue ?? "Pending"),
            "started": .group(Moments.fields(run["status", "startedAt"]?.stringValue, now: now)),
            "message": .text(run.word("status", "message")),
            "metrics": .list(run.list("status", "metricResults").map(metric)),
            "verdict": .optional(records.first?.sentence),
            "suspects": .text(records.first?.verdict?.suspectPods.joined(separator: ", ") ?? ""),
            "charts": .list(records.flatMap(\.charts).map(\.fields) + measurements(run)),
        ]
    }

    private func metric(_ result: Value) -> Fields {
        let counts = ["successful", "failed", "inconclusive", "error"].compactMap { key in
            result[key]?.integerValue.map { "\($0) \(key)" }
        }
        let last = result.list("measurements").last
        return [
            "name": .text(result.word("name")), "phase": Tone.badge(phase: result.word("phase")),
            "counts": .text(counts.joined(separator: ", ")),
            "message": .text(last?.word("message") ?? result.word("message")),
        ]
    }

    /// Charts of metrics whose measurements are plain numbers.
    private func measurements(_ run: Value) -> [Fields] {
        run.list("status", "metricResults").compactMap { result -> Fields? in
            let points = result.list("measurements").compactMap { measurement -> (Int64, Double?)? in
                guard let time = Timestamp(rfc3339: measurement.word("finishedAt")) else { return nil }
                var text = measurement.word("value")[...]
                if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
                // What was measured without traffic is no number, and leaves a gap.
                return Double(text).map { (time.seconds, $0.isFinite ? $0 : nil) }
            }
            guard points.count(where: { $0.1 != nil }) > 1 else { return nil }
            return LineChart(
                title: "\(result.word("name")): measurements", summary: "", times: points.map(\.0),
                lines: [.init(name: "measured", style: "canary", points: points.map(\.1))]
            ).fields
        }
    }
}
