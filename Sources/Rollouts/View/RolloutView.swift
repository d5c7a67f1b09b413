import KubeModel
public import Manifest

/// A rollout as people look at it: phase, steps, weights, versions, pods and what the analyses say.
public struct RolloutView: Sendable {
    private let rollout: Value
    private let specification: RolloutSpecification
    private let status: RolloutStatus
    private let replicaSets: [Value]
    private let pods: [Value]
    private let runs: [Value]

    /// A view of a rollout and of everything that is its own; other objects are passed over.
    public init(_ rollout: Value, replicaSets: [Value], pods: [Value], runs: [Value]) {
        self.rollout = rollout
        specification = RolloutSpecification(rollout)
        status = RolloutStatus(rollout["status"])
        let own = replicaSets.filter { $0.metadata.controller?.uid == rollout.metadata.uid }
        let names = Set(own.map(\.metadata.name))
        self.replicaSets = own
        self.pods = pods.filter { names.contains($0.metadata.controller?.name ?? "") }
        self.runs = runs.filter { $0.metadata.controller?.uid == rollout.metadata.uid }
    }

    /// Whether nothing more will happen by itself.
    public var isAtRest: Bool {
        guard status.observedGeneration == String(rollout.metadata.generation) else { return false }
        return status.phase == .healthy || status.phase == .degraded
    }

    /// Whether it is well.
    public var isHealthy: Bool { status.phase == .healthy }

    /// The rollout as a row: name, strategy, phase, step, weight, ready, wanted.
    public var row: [String] {
        [
            rollout.metadata.name, specification.blueGreen == nil ? "Canary" : "BlueGreen",
            status.phase?.rawValue ?? "-", stepText ?? "-", weightText ?? "-",
            "\(status.readyReplicas)/\(specification.replicas)", String(status.updatedReplicas),
            String(status.availableReplicas),
        ]
    }

    /// The headings of ``row``.
    public static let headings = [
        "NAME", "STRATEGY", "STATUS", "STEP", "WEIGHT", "READY", "UP-TO-DATE", "AVAILABLE",
    ]

    private var stepText: String? {
        guard let steps = specification.canary?.steps, !steps.isEmpty else { return nil }
        return "\(min(status.currentStepIndex ?? 0, steps.count))/\(steps.count)"
    }

    private var weightText: String? {
        guard specification.canary != nil else { return nil }
        if status.isFullyPromoted { return "100" }
        return status.weights.map { String($0.canary.weight) }
    }

    // MARK: Whole

    /// The lines of the whole view.
    public var lines: [String] {
        var lines = head
        lines += steps
        lines.append("")
        for set in ordered { lines += describe(set) }
        for run in runs.sorted(by: { created($0) > created($1) }).prefix(4) { lines += describe(run: run) }
        if !status.forecast.isEmpty {
            lines += ["", "Forecast"] + status.forecast.map { "  \($0)" }
        }
        return lines
    }

    private var head: [String] {
        var lines = [
            "Name:      \(rollout.metadata.name)", "Namespace: \(rollout.metadata.namespace)",
            "Status:    \(mark(status.phase)) \(status.phase?.rawValue ?? "unknown")",
        ]
        if !status.message.isEmpty { lines.append("Message:   \(status.message)") }
        lines.append("Strategy:  \(specification.blueGreen == nil ? "Canary" : "BlueGreen")")
        if let weights = status.weights {
            let verified = weights.isVerified == false ? ", not yet taken up by the router" : ""
            let share = Double(weights.canary.weight) / Double(max(1, specification.maximumWeight))
            lines.append(
                "Weights:   \(Bar.text(share)) canary \(weights.canary.weight), "
                    + (weights.baseline.map { "baseline \($0.weight), " } ?? "")
                    + "stable \(weights.stable.weight)\(verified)")
        }
        lines.append(
            "Pods:      \(specification.replicas) wanted, \(status.replicas) there, \(status.updatedReplicas) "
                + "updated, \(status.availableReplicas) available")
        return lines
    }

    private var steps: [String] {
        guard let canary = specification.canary, !canary.steps.isEmpty else { return [] }
        let index = status.currentStepIndex ?? 0
        return ["", "Steps"]
            + canary.steps.enumerated().map { place, step in
                let sign = place < index ? "✔" : place == index && !status.isFullyPromoted ? "▶" : "·"
                return "  \(sign) \(step.description)"
            }
    }

    private var ordered: [Value] {
        replicaSets.filter { $0["spec", "replicas"]?.integerValue ?? 0 > 0 || role($0) != nil }
            .sorted { revision($0) > revision($1) }
    }

    private func describe(_ set: Value) -> [String] {
        let hash = set.metadata.labels[PodTemplateIdentity.hashLabel] ?? ""
        let role = role(set).map { " (\($0))" } ?? ""
        let images = (set["spec", "template", "spec", "containers"]?.arrayValue ?? [])
            .compactMap { $0["image"]?.stringValue }.joined(separator: ", ")
        let isBaseline = set.metadata.annotations[FreshBaseline.annotation] != nil
        let title = isBaseline ? "Baseline" : "Revision \(revision(set))\(role)"
        var lines = ["\(title)  \(hash)  \(images)"]
        for pod in pods where pod.metadata.controller?.name == set.metadata.name {
            lines.append("  \(podMark(pod)) \(pod.metadata.name)  \(podText(pod))")
        }
        return lines
    }

    private func describe(run: Value) -> [String] {
        let phase = run["status", "phase"]?.stringValue ?? "Pending"
        var lines = ["Analysis \(run.metadata.name)  \(phase)"]
        for result in run["status", "metricResults"]?.arrayValue ?? [] {
            let name = result["name"]?.stringValue ?? ""
            let counts = ["successful", "failed", "inconclusive", "error"].compactMap { key in
                result[key]?.integerValue.map { "\($0) \(key)" }
            }.joined(separator: ", ")
            lines.append(
                "  \(name): \(result["phase"]?.stringValue ?? "")\(counts.isEmpty ? "" : ", \(counts)")")
            let last = result["measurements"]?.arrayValue?.last
            if let message = last?["message"]?.stringValue { lines.append("    \(message)") }
            if let evidence = EvidenceView(last?["value"]?.stringValue) {
                lines += evidence.lines.map { "    \($0)" }
            }
        }
        return lines
    }

    // MARK: Parts

    private func role(_ set: Value) -> String? {
        if set.metadata.annotations[FreshBaseline.annotation] != nil { return "baseline" }
        let hash = set.metadata.labels[PodTemplateIdentity.hashLabel] ?? ""
        var roles: [String] = []
        if hash == status.stableHash { roles.append("stable") }
        if specification.canary != nil, hash == status.currentHash, hash != status.stableHash {
            roles.append("canary")
        }
        if !status.activeHash.isEmpty, hash == status.activeHash { roles.append("active") }
        if !status.previewHash.isEmpty, hash == status.previewHash, hash != status.activeHash {
            roles.append("preview")
        }
        return roles.isEmpty ? nil : roles.joined(separator: ", ")
    }

    private func revision(_ set: Value) -> Int {
        set.metadata.annotations[SnapshotReader.revisionAnnotation].flatMap { Int($0) } ?? 0
    }

    private func created(_ object: Value) -> Timestamp {
        object.metadata.creationTimestamp ?? Timestamp(seconds: 0)
    }

    private func mark(_ phase: RolloutPhase?) -> String {
        switch phase {
        case .healthy: "✔"
        case .degraded: "✖"
        case .paused: "॥"
        case .progressing: "◌"
        case nil: "?"
        }
    }

    private func podMark(_ pod: Value) -> String {
        let ready = Conditions(pod["status", "conditions"]?.arrayValue ?? []).isTrue("Ready")
        return ready ? "✔" : "◌"
    }

    private func podText(_ pod: Value) -> String {
        let statuses = pod["status", "containerStatuses"]?.arrayValue ?? []
        let waiting = statuses.compactMap { $0["state", "waiting", "reason"]?.stringValue }.first
        let restarts = statuses.reduce(0) { $0 + ($1["restartCount"]?.integerValue ?? 0) }
        let text =
            pod.metadata.isDeleting
            ? "Terminating" : waiting ?? pod["status", "phase"]?.stringValue ?? "Pending"
        return restarts == 0 ? text : "\(text), restarted \(restarts) times"
    }
}
