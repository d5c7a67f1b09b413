import KubeClient
import KubeModel
import Manifest
import Rollouts

/// One rollout: its steps, the traffic, the pods of each version, and what the analyses see.
struct RolloutPage: Page {
    let namespace: String
    let name: String

    var title: String { name }
    var section: Section { .rollouts }
    var trail: [Link] { [Link("Rollouts", "/rollouts")] }
    var collections: [ObjectCollection] {
        [
            ObjectCollection(Rollout.resource, in: namespace), ObjectCollection(.replicaSets, in: namespace),
            ObjectCollection(.pods, in: namespace), ObjectCollection(Analysis.runs, in: namespace),
            ObjectCollection(.configMaps, in: namespace, kept: .judgeRecords),
        ]
    }

    func subject(of ability: Viewer.Ability) -> Viewer.Subject? {
        ability == .steer ? Viewer.Subject(namespace: namespace, name: name) : nil
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let rollout = context.objects.object(Rollout.resource, name) else {
            throw DashboardError(.notFound, "there is no rollout \(name) in the namespace \(namespace)")
        }
        let summary = RolloutSummary(rollout)
        let canary = CanaryView(rollout, context.objects)
        return [
            Region(
                name: "steer", template: "steer", fields: Self.steering(summary), spoken: [summary.spoken]),
            Region(
                name: "canary", template: "canary", fields: canary.fields(now: context.now),
                spoken: canary.spoken),
            Region(
                name: "rollout", template: "rollout", fields: versions(rollout, summary, context)),
        ]
    }

    /// What can be done to a rollout as it is.
    static func steering(_ summary: RolloutSummary) -> Fields {
        var fields = summary.fields
        let isHeld = summary.specification.isPaused
        fields["isHeld"] = .flag(isHeld)
        let isPaused = !summary.status.pauses.isEmpty
        let isAtStep = (summary.status.currentStepIndex ?? 0) < (summary.canary?.steps.count ?? 0)
        fields = fields.merging(RolloutMoment(summary).fields)
        fields["canGoOn"] = .flag(summary.isUnderWay && !isHeld && isPaused)
        fields["canSkip"] = .flag(summary.isUnderWay && !isHeld && !isPaused && isAtStep)
        fields["canFinish"] = .flag(summary.isUnderWay && !isHeld)
        fields["canAbort"] = .flag(summary.isUnderWay)
        fields["canRetry"] = .flag(summary.isAborted)
        fields["canHold"] = .flag(summary.isUnderWay && !isHeld)
        fields["canDoNothing"] = .flag(!summary.isUnderWay && !summary.isAborted && !isHeld)
        return fields
    }

    private func versions(_ rollout: Value, _ summary: RolloutSummary, _ context: PageContext) -> Fields {
        let sets = context.objects[.replicaSets].filter {
            $0.metadata.controller?.uid == rollout.metadata.uid
        }.filter { set in
            (set["spec", "replicas"]?.integerValue ?? 0) > 0 || role(set, summary.status) != nil
        }.sorted { revision($0) > revision($1) }
        return [
            "versions": .list(sets.map { version($0, summary.status, context) }),
            "forecast": .list(summary.status.forecast.map { ["text": .text($0)] }),
        ]
    }

    private func version(_ set: Value, _ status: RolloutStatus, _ context: PageContext) -> Fields {
        let pods = context.objects[.pods].filter { $0.metadata.controller?.uid == set.metadata.uid }
        let images = (set["spec", "template", "spec", "containers"]?.arrayValue ?? []).map {
            $0.word("image")
        }
        return [
            "revision": .number(revision(set)), "hash": .text(hash(of: set)),
            "role": .optional(role(set, status)),
            "images": .list(images.map { ["text": .text($0)] }),
            "pods": .list(pods.map { Self.pod($0) }), "count": .number(pods.count),
        ]
    }

    static func pod(_ pod: Value) -> Fields {
        let isReady = pod.list("status", "conditions").contains {
            $0.word("type") == "Ready" && $0.word("status") == "True"
        }
        let statuses = pod.list("status", "containerStatuses")
        let waiting = statuses.map { $0.word("state", "waiting", "reason") }.first { !$0.isEmpty }
        let restarts = statuses.reduce(0) { $0 + ($1["restartCount"]?.integerValue ?? 0) }
        let phase =
            pod.metadata.isDeleting
            ? "Terminating" : waiting ?? pod["status", "phase"]?.stringValue ?? "Pending"
        let tone: Tone = isReady ? .good : waiting == nil ? .busy : .bad
        return [
            "name": .text(pod.metadata.name), "state": tone.badge(isReady ? "Ready" : Tone.words(phase)),
            "restarts": .text(restarts == 0 ? "" : "\(restarts) restart\(restarts == 1 ? "" : "s")"),
        ]
    }

    private func hash(of set: Value) -> String {
        set.metadata.labels[RolloutVersion.hashLabel] ?? ""
    }

    private func role(_ set: Value, _ status: RolloutStatus) -> String? {
        let hash = hash(of: set)
        if hash.isEmpty { return nil }
        if hash == status.stableHash { return "stable" }
        if hash == status.currentHash { return status.isAborted ? "aborted" : "canary" }
        if hash == status.previewHash { return "preview" }
        return nil
    }

    private func revision(_ set: Value) -> Int {
        set.metadata.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) } ?? 0
    }
}
