import Manifest

// gitops-engine `pkg/health/health_pod.go` and `health_job.go`.

extension Health {
    private static let ignoreRestartPolicy = "argocd.argoproj.io/ignore-restart-policy"
    private static let hookAnnotations = ["argocd.argoproj.io/hook", "helm.sh/hook"]

    static func pod(_ object: Value) -> Health {
        let reader = StatusReader(object)
        let annotations = object.metadata.annotations
        let restarts = reader.spec["restartPolicy"]?.stringValue ?? "Always"
        let isHook = hookAnnotations.contains { annotations.contains($0) }
        let isService =
            restarts == "Always" || (annotations[ignoreRestartPolicy] == "true" && !isHook)
        if isService, let fault = waitingFaults(of: reader) { return .degraded(fault) }
        switch reader.status["phase"]?.stringValue ?? "" {
        case "Pending": return .progressing(reader.status["message"]?.stringValue ?? "")
        case "Succeeded": return Health(.healthy, reader.status["message"]?.stringValue ?? "")
        case "Failed": return .degraded(failure(of: reader))
        case "Running": return isService ? running(reader) : .progressing(message(reader))
        default: return Health(.unknown, message(reader))
        }
    }

    private static func message(_ reader: StatusReader) -> String {
        reader.status["message"]?.stringValue ?? ""
    }

    /// Why containers that should run do not, where they cannot be expected to start.
    private static func waitingFaults(of reader: StatusReader) -> String? {
        var messages: [String] = []
        for container in reader.status["containerStatuses"]?.arrayValue ?? [] {
            guard let waiting = container["state", "waiting"], let reason = waiting["reason"]?.stringValue,
                reason.hasPrefix("Err") || reason.hasSuffix("Error") || reason.hasSuffix("BackOff")
            else { continue }
            messages.append(waiting["message"]?.stringValue ?? reason)
        }
        return messages.isEmpty ? nil : messages.joined(separator: ", ")
    }

    private static func running(_ reader: StatusReader) -> Health {
        if reader.condition("Ready")?.status == .isTrue { return Health(.healthy, message(reader)) }
        let containers = reader.status["containerStatuses"]?.arrayValue ?? []
        if containers.contains(where: { $0["lastState", "terminated"] != nil }) {
            return .degraded(message(reader))
        }
        return .progressing(message(reader))
    }

    private static func failure(of reader: StatusReader) -> String {
        let own = message(reader)
        if !own.isEmpty { return own }
        for list in ["initContainerStatuses", "containerStatuses"] {
            for container in reader.status[list]?.arrayValue ?? [] {
                guard let end = container["state", "terminated"] else { continue }
                if let message = end["message"]?.stringValue, !message.isEmpty { return message }
                if end["reason"]?.stringValue == "OOMKilled" { return "OOMKilled" }
                let code = end["exitCode"]?.integerValue ?? 0
                let name = container["name"]?.stringValue ?? ""
                if code != 0 { return "container \"\(name)\" failed with exit code \(code)" }
            }
        }
        return ""
    }

    static func job(_ object: Value) -> Health {
        let reader = StatusReader(object)
        var isComplete = false
        var isSuspended = false
        var message = ""
        for condition in reader.conditions {
            switch condition.type {
            // Upstream does not look at the status of Failed, nor do we: the condition is only ever added.
            case "Failed": return .degraded(condition.message)
            case "Complete" where condition.status == .isTrue:
                isComplete = true
                message = condition.message
            case "Suspended" where condition.status == .isTrue:
                isSuspended = true
                message = condition.message
            default: continue
            }
        }
        if isComplete { return Health(.healthy, message) }
        if isSuspended { return .suspended(message) }
        // Upstream takes a job that was resumed (Suspended=False) for complete; it is running.
        return .progressing(message)
    }
}
