import Git
import KubeClient
import KubeModel
import Manifest

/// What the cluster says of an environment: whether it has what git has, and whether that runs.
struct DeploymentReader {
    let caches: PromotionCaches
    let memory: PromotionMemory
    let branch: any ConfigBranch

    func read(
        _ environment: DeliverySpec.Environment, _ conventions: DeliveryConventions,
        _ place: LineState.Place?,
        digest: String?, namespace: String
    ) async throws -> LineFacts.Deployment {
        let name = conventions.application(environment)
        guard let object = caches.applications[.init(namespace: namespace, name: name)]?.value else {
            return .behind("there is no Application \(name) yet")
        }
        let status = object["status"]
        let revision = status?["sync", "revision"]?.stringValue ?? ""
        if let commit = place?.configCommit, try await !contains(commit, revision) {
            let message = "Application \(name) is to take up commit \(commit.prefix(10))"
            return .behind(message + Self.trouble(status))
        }
        guard status?["sync", "status"]?.stringValue == "Synced" else {
            return .behind("Application \(name) is out of sync" + Self.trouble(status))
        }
        let message = status?["health", "message"]?.stringValue ?? ""
        let detail = message.isEmpty ? "" : ": \(message)"
        if let rollouts = rollouts(conventions.namespace(environment), digest) { return rollouts }
        switch status?["health", "status"]?.stringValue {
        case "Healthy": return .healthy
        case "Degraded":
            return .unhealthy("Application \(name) is degraded" + (detail.isEmpty ? worst(status) : detail))
        case "Suspended": return .rolling("Application \(name) is paused\(detail)")
        case "Missing": return .rolling("objects of Application \(name) are missing\(detail)")
        default:
            return .rolling("Application \(name) is on its way" + (detail.isEmpty ? worst(status) : detail))
        }
    }

    /// Whether what an application has holds a commit.
    private func contains(_ commit: String, _ revision: String) async throws -> Bool {
        if commit == revision { return true }
        guard let wanted = ObjectID(commit), let present = ObjectID(revision) else { return false }
        return try await memory.isAncestor("\(commit) \(revision)") {
            guard try await branch.repository.resolve("\(present)^{commit}") != nil,
                try await branch.repository.resolve("\(wanted)^{commit}") != nil
            else { return false }
            return try await branch.repository.isAncestor(wanted, of: present)
        }
    }

    /// Why an application does not get on, as far as it says so.
    private static func trouble(_ status: Value?) -> String {
        if let condition = status?["conditions"]?.arrayValue?.first(where: {
            $0["type"]?.stringValue?.hasSuffix("Error") == true
        }), let message = condition["message"]?.stringValue {
            return ": \(message)"
        }
        guard let phase = status?["operationState", "phase"]?.stringValue,
            phase == "Failed" || phase == "Error",
            let message = status?["operationState", "message"]?.stringValue
        else { return "" }
        return ": \(message)"
    }

    /// The first object that is not well.
    private func worst(_ status: Value?) -> String {
        for resource in status?["resources"]?.arrayValue ?? [] {
            guard let health = resource["health", "status"]?.stringValue, health != "Healthy",
                let kind = resource["kind"]?.stringValue, let name = resource["name"]?.stringValue
            else { continue }
            let message = resource["health", "message"]?.stringValue.map { " (\($0))" } ?? ""
            return ": \(kind) \(name) is \(health.lowercased())\(message)"
        }
        return ""
    }

    /// What is to be said of the rollouts in a namespace; nil where all are through with what git has.
    private func rollouts(_ namespace: String, _ digest: String?) -> LineFacts.Deployment? {
        for rollout in caches.rollouts(in: namespace).sorted(by: { $0.metadata.name < $1.metadata.name }) {
            let name = rollout.metadata.name
            let images = (rollout["spec", "template", "spec", "containers"]?.arrayValue ?? [])
                .compactMap { $0["image"]?.stringValue }
            if let digest, !images.contains(where: { $0.hasSuffix(digest) }),
                images.contains(where: { $0.contains("@sha256:") })
            {
                return .rolling("Rollout \(name) is to get the image")
            }
            let status = rollout["status"]
            if status?["abort"]?.boolValue == true {
                let message = status?["message"]?.stringValue ?? ""
                return .unhealthy("Rollout \(name) was aborted" + (message.isEmpty ? "" : ": \(message)"))
            }
            let current = status?["currentPodHash"]?.stringValue
            let observed = status?["observedGeneration"]?.stringValue
            guard observed == String(rollout.metadata.generation), current != nil,
                current == status?["stableRS"]?.stringValue, status?["phase"]?.stringValue == "Healthy"
            else { return Self.progress(of: rollout) }
        }
        return nil
    }

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
        guard let weight = status?["canary", "weights", "canary", "weight"]?.integerValue else {
            return .rolling("Rollout \(name) is on its way\(message)")
        }
        let steps = rollout["spec", "strategy", "canary", "steps"]?.arrayValue?.count ?? 0
        let step = status?["currentStepIndex"]?.integerValue ?? 0
        return .rolling(
            "Rollout \(name): canary at \(weight) %, step \(min(step + 1, Int64(max(steps, 1)))) of \(steps)\(message)"
        )
    }
}
