import KubeModel
public import Manifest

/// A count of a status. Whoever may write a status can write any number there; none is negative or has more than 32
/// bits, so that none that is computed from it overflows.
private func number(_ value: Value?) -> Int? {
    value?.integerValue.map { Int(min(max($0, 0), Int64(Int32.max))) }
}

extension RolloutStatus {
    /// Reads `status`; what is missing has its resting value.
    public init(_ value: Value?) {
        self.init()
        guard let value else { return }
        func text(_ key: String) -> String { value[key]?.stringValue ?? "" }
        func count(_ key: String) -> Int { number(value[key]) ?? 0 }
        phase = RolloutPhase(rawValue: text("phase"))
        message = text("message")
        isAborted = value["abort"]?.boolValue ?? false
        abortedAt = Timestamp(rfc3339: text("abortedAt"))
        pauses = (value["pauseConditions"]?.arrayValue ?? []).compactMap { entry in
            guard let reason = entry["reason"]?.stringValue.flatMap(PauseReason.init),
                let start = entry["startTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
            else { return nil }
            return PauseCondition(reason: reason, start: start)
        }
        controllerPause = value["controllerPause"]?.boolValue ?? false
        promotesFully = value["promoteFull"]?.boolValue ?? false
        currentHash = text("currentPodHash")
        currentStepHash = text("currentStepHash")
        currentStepIndex = number(value["currentStepIndex"])
        stableHash = text("stableRS")
        (replicas, updatedReplicas) = (count("replicas"), count("updatedReplicas"))
        (readyReplicas, availableReplicas) = (count("readyReplicas"), count("availableReplicas"))
        autoscalerReplicas = count("HPAReplicas")
        selector = text("selector")
        collisions = number(value["collisionCount"])
        observedGeneration = text("observedGeneration")
        weights = value["canary", "weights"].map(Weights.init)
        stepRun = RunReference(value["canary", "currentStepAnalysisRunStatus"])
        backgroundRun = RunReference(value["canary", "currentBackgroundAnalysisRunStatus"])
        previewHash = value["blueGreen", "previewSelector"]?.stringValue ?? ""
        activeHash = value["blueGreen", "activeSelector"]?.stringValue ?? ""
        isPreviewScaledUp = value["blueGreen", "scaleUpPreviewCheckPoint"]?.boolValue ?? false
        prePromotionRun = RunReference(value["blueGreen", "prePromotionAnalysisRunStatus"])
        postPromotionRun = RunReference(value["blueGreen", "postPromotionAnalysisRunStatus"])
        conditions = RolloutConditions(
            (value["conditions"]?.arrayValue ?? []).compactMap(RolloutCondition.init))
        attempt = RolloutAttempt(value["duration"])
        forecast = (value["forecast"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// Writes the fields into a status, and removes those at rest, as Go's `omitempty` does.
    public func write(into status: Value?) -> Value {
        var value = status ?? .emptyObject
        func text(_ text: String) -> Value? { text.isEmpty ? nil : .string(text) }
        func flag(_ flag: Bool) -> Value? { flag ? true : nil }
        func count(_ count: Int) -> Value? { count == 0 ? nil : .integer(Int64(count)) }
        value["phase"] = phase.map { .string($0.rawValue) }
        value["message"] = text(message)
        value["abort"] = flag(isAborted)
        value["abortedAt"] = abortedAt.map { .string($0.rfc3339) }
        value["pauseConditions"] =
            pauses.isEmpty
            ? nil
            : .array(
                pauses.map {
                    ["reason": .string($0.reason.rawValue), "startTime": .string($0.start.rfc3339)]
                })
        value["controllerPause"] = flag(controllerPause)
        value["promoteFull"] = flag(promotesFully)
        value["currentPodHash"] = text(currentHash)
        value["currentStepHash"] = text(currentStepHash)
        value["currentStepIndex"] = currentStepIndex.map { .integer(Int64($0)) }
        value["stableRS"] = text(stableHash)
        value["replicas"] = count(replicas)
        value["updatedReplicas"] = count(updatedReplicas)
        value["readyReplicas"] = count(readyReplicas)
        value["availableReplicas"] = count(availableReplicas)
        value["HPAReplicas"] = count(autoscalerReplicas)
        value["selector"] = text(selector)
        value["collisionCount"] = collisions.map { .integer(Int64($0)) }
        value["observedGeneration"] = text(observedGeneration)
        value["canary", "weights"] = weights?.value
        value["canary", "currentStepAnalysisRunStatus"] = stepRun?.value
        value["canary", "currentBackgroundAnalysisRunStatus"] = backgroundRun?.value
        value["blueGreen", "previewSelector"] = text(previewHash)
        value["blueGreen", "activeSelector"] = text(activeHash)
        value["blueGreen", "scaleUpPreviewCheckPoint"] = flag(isPreviewScaledUp)
        value["blueGreen", "prePromotionAnalysisRunStatus"] = prePromotionRun?.value
        value["blueGreen", "postPromotionAnalysisRunStatus"] = postPromotionRun?.value
        value["conditions"] = .array(conditions.items.map(\.value))
        value["duration"] = attempt?.value
        value["forecast"] = forecast.isEmpty ? nil : .array(forecast.map { .string($0) })
        return value
    }
}

extension RolloutStatus.Weights {
    init(_ value: Value) {
        canary = RolloutStatus.WeightDestination(value["canary"])
        stable = RolloutStatus.WeightDestination(value["stable"])
        // Where Argo Rollouts keeps what goes to an experiment's pods.
        baseline = value["additional"]?[0].map { RolloutStatus.WeightDestination($0) }
        isVerified = value["verified"]?.boolValue
    }

    /// Cuts all weights to the one that stands for all traffic.
    mutating func limit(to maximum: Int) {
        canary.weight = min(canary.weight, maximum)
        stable.weight = min(stable.weight, maximum)
        if let weight = baseline?.weight { baseline?.weight = min(weight, maximum) }
    }

    var value: Value {
        var fields: Object = ["canary": canary.value, "stable": stable.value]
        if let baseline { fields["additional"] = [baseline.value] }
        fields["verified"] = isVerified.map { .bool($0) }
        return .object(fields)
    }
}

extension RolloutStatus.WeightDestination {
    init(_ value: Value?) {
        weight = number(value?["weight"]) ?? 0
        podTemplateHash = value?["podTemplateHash"]?.stringValue ?? ""
        serviceName = value?["serviceName"]?.stringValue ?? ""
    }

    var value: Value {
        [
            "podTemplateHash": .string(podTemplateHash), "serviceName": .string(serviceName),
            "weight": .integer(Int64(weight)),
        ]
    }
}

extension RolloutStatus.RunReference {
    init?(_ value: Value?) {
        guard let name = value?["name"]?.stringValue else { return nil }
        self.name = name
        phase = value?["status"]?.stringValue ?? ""
        message = value?["message"]?.stringValue ?? ""
    }

    var value: Value {
        var fields: Object = ["name": .string(name), "status": .string(phase)]
        if !message.isEmpty { fields["message"] = .string(message) }
        return .object(fields)
    }
}
