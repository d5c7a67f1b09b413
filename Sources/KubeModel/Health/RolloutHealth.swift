import Manifest

// The rules of Argo CD's `resource_customizations/argoproj.io/Rollout/health.lua` and `AnalysisRun/health.lua`.

extension Health {
    static func rollout(_ object: Value) -> Health {
        let reader = StatusReader(object)
        guard object["status"] != nil else {
            return .progressing("Waiting for rollout to finish: status has not been reconciled.")
        }
        if !isObserved(object) {
            return .progressing("Waiting for rollout spec update to be observed")
        }
        if let reference = reader.spec["workloadRef"], !reference.isNull {
            let generation = object.metadata.annotations["rollout.argoproj.io/workload-generation"]
            let observed = reader.status["workloadObservedGeneration"]
            let observedText = observed?.stringValue ?? observed?.integerValue.map(String.init)
            if let generation, generation != observedText {
                return .progressing("Waiting for rollout workload update to be observed")
            }
        }
        let message = reader.status["message"]?.stringValue ?? ""
        switch reader.status["phase"]?.stringValue {
        case "Paused": return .suspended(message)
        case let phase?: return Health(Status(rawValue: phase) ?? .unknown, message)
        case nil: return byConditions(reader)
        }
    }

    /// A generation that is no number, or ahead of the object's, is the hash that controllers before 1.0 wrote.
    private static func isObserved(_ object: Value) -> Bool {
        let observed = object["status", "observedGeneration"]
        guard let number = observed?.integerValue ?? observed?.stringValue.flatMap({ Int64($0) }) else {
            return true
        }
        return number >= object.metadata.generation
    }

    private static func byConditions(_ reader: StatusReader) -> Health {
        if let invalid = reader.condition("InvalidSpec"), invalid.status == .isTrue {
            return .degraded(invalid.message)
        }
        if let progressing = reader.condition("Progressing") {
            if ["RolloutAborted", "ProgressDeadlineExceeded"].contains(progressing.reason) {
                return .degraded(progressing.message)
            }
        }
        if reader.spec["paused"]?.boolValue == true
            || !(reader.status["pauseConditions"]?.arrayValue ?? []).isEmpty
        {
            return .suspended("Rollout is paused")
        }
        let desired = reader.spec["replicas"]?.integerValue ?? 1
        let updated = reader.count("updatedReplicas")
        if updated < desired {
            return .progressing(
                "Waiting for roll out to finish: \(updated) out of \(desired) new replicas have been updated")
        }
        let available = reader.count("availableReplicas")
        if available < updated {
            return .progressing(
                "Waiting for roll out to finish: \(available) of \(updated) updated replicas are available")
        }
        return .healthy
    }

    static func analysisRun(_ object: Value) -> Health {
        let message = object["status", "message"]?.stringValue ?? ""
        switch object["status", "phase"]?.stringValue ?? "" {
        case "Successful": return Health(.healthy, message)
        case "Failed", "Error": return .degraded(message)
        case "Inconclusive": return Health(.unknown, message)
        default: return .progressing(message)
        }
    }
}
