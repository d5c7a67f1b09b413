import Manifest

extension Health {
    /// The health of an application as its parent sees it.
    ///
    /// Argo CD has no rule for its own kind, so that a parent's waves never wait for its children, and one that is
    /// added by hand reads a verdict about the previous revision (argo-cd issues 4577, 27917). Here a verdict counts
    /// only once the application has seen its newest spec and has synced what it wants.
    static func application(_ object: Value) -> Health {
        let reader = StatusReader(object)
        guard let own = reader.status["health", "status"]?.stringValue.flatMap(Status.init(rawValue:)) else {
            return .progressing("Waiting for the application to be reconciled")
        }
        if let observed = reader.status["observedGeneration"]?.integerValue,
            observed < object.metadata.generation
        {
            return .progressing("Waiting for the application's spec to be observed")
        }
        let operation = reader.status["operationState", "phase"]?.stringValue ?? ""
        if operation == "Running" || operation == "Terminating" || object["operation"] != nil {
            return .progressing("Waiting for the application's sync to finish")
        }
        let message = reader.status["health", "message"]?.stringValue ?? ""
        let automated = reader.spec["syncPolicy", "automated"]
        let isAutomated = automated.map { !$0.isNull && $0["enabled"]?.boolValue != false } ?? false
        if isAutomated, reader.status["sync", "status"]?.stringValue != "Synced" {
            if operation == "Failed" || operation == "Error" {
                return .degraded(reader.status["operationState", "message"]?.stringValue ?? "")
            }
            return .progressing("Waiting for the application to be synced")
        }
        return Health(own, message)
    }

    /// The kinds of `slipway.dev`: by `status.phase` where it ends a process, else by their conditions.
    static func ownKind(_ object: Value) -> Health? {
        let message = object["status", "message"]?.stringValue ?? ""
        switch object["status", "phase"]?.stringValue ?? "" {
        case "Succeeded", "Passed", "Merged", "Promoted", "Verified", "Ready", "Open", "Active", "Closed":
            return Health(.healthy, message)
        case "Failed", "Error", "Errored", "Rejected": return .degraded(message)
        case "Pending", "Queued", "Running", "Progressing", "Verifying": return .progressing(message)
        case "Suspended", "AwaitingApproval", "Paused": return .suspended(message)
        default: return conventional(object)
        }
    }
}
