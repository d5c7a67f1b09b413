import KubeModel
import Manifest
import Rollouts

/// What is short to say of a rollout, on the page of all of them and on others' pages.
struct RolloutSummary: Sendable {
    let object: Value
    let specification: RolloutSpecification
    let status: RolloutStatus

    init(_ object: Value) {
        self.object = object
        specification = RolloutSpecification(object)
        status = RolloutStatus(object["status"])
    }

    /// The canary's strategy; nil for blue-green ones.
    var canary: CanaryStrategy? {
        if case .canary(let canary) = specification.strategy { canary } else { nil }
    }

    var isAborted: Bool { status.isAborted }

    /// Whether a new version is on its way to users.
    var isUnderWay: Bool { !status.currentHash.isEmpty && !status.isFullyPromoted && !status.isAborted }

    /// The canary's part of the traffic, in percent; nil where it has none of its own.
    var weight: Int? {
        guard let canary else { return nil }
        guard isUnderWay || isAborted else { return nil }
        guard let weights = status.weights else { return 0 }
        let whole = max(1, canary.traffic?.maximumWeight ?? 100)
        let part = min(max(0, weights.canary.weight), whole)
        return Int(Double(part) * 100 / Double(whole))
    }

    var images: [String] {
        (object["spec", "template", "spec", "containers"]?.arrayValue ?? []).map { $0.word("image") }
    }

    /// Whether the rollout waits for somebody.
    var isPaused: Bool { !status.pauses.isEmpty || specification.isPaused }

    var path: String { "/rollouts/\(object.metadata.namespace)/\(object.metadata.name)" }

    /// The step it is at, as `step 2 of 6`.
    private var stepText: String {
        guard isUnderWay, let steps = canary?.steps, !steps.isEmpty else { return "" }
        let index = min(max(0, status.currentStepIndex ?? 0), steps.count - 1)
        return "step \(index + 1) of \(steps.count)"
    }

    var fields: Fields {
        var fields: Fields = [
            "name": .text(object.metadata.name), "namespace": .text(object.metadata.namespace),
            "path": .text(path), "phase": Tone.badge(phase: isAborted ? "Degraded" : status.phase?.rawValue),
            "strategy": .text(canary != nil ? "canary" : "blue-green"),
            "step": .text(stepText), "message": .text(status.message),
            "ready": .text("\(status.readyReplicas)/\(specification.replicas)"),
            "isAborted": .flag(isAborted), "isUnderWay": .flag(isUnderWay),
        ]
        if let weight {
            fields["weight"] = .text("\(weight)")
            fields["bar"] = .markup(WeightBar.svg(canary: weight))
        }
        return fields
    }

    /// How it stands, for those who hear the page.
    var spoken: String {
        let name = "\(object.metadata.name) in \(object.metadata.namespace)"
        if isAborted { return "\(name): the new version was taken back" }
        guard isUnderWay else { return "\(name): users have the version that is wanted" }
        let place = weight.map { "canary at \($0) %" } ?? "a new version is under way"
        return "\(name): \(place)" + (isPaused ? ", waits" : "")
    }

    /// The step as people say it: `25 % of the traffic`, `analysis error-rate`.
    static func words(_ step: CanaryStep) -> String {
        switch step {
        case .setWeight(let weight): "\(weight) % of the traffic"
        case .pause(nil): "wait for somebody"
        case .pause(let duration?): "wait \(Moments.spelled(duration))"
        case .setCanaryScale(.replicas(let count)): "\(count) canary pods"
        case .setCanaryScale(.weight(let weight)): "canary pods for \(weight) %"
        case .setCanaryScale(.matchTrafficWeight): "canary pods follow the traffic"
        case .analysis(let reference):
            "analysis " + reference.templates.map(\.name).joined(separator: ", ")
        }
    }
}
