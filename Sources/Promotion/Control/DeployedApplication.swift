import KubeModel
import Manifest

/// What an Application that has taken up what git has, and its Rollouts, say of an environment.
struct DeployedApplication {
    let name: String
    let status: Value?
    /// Whether it was in sync with this very value before.
    let wasSynced: Bool
    /// The Rollouts of the environment's namespace, those of others among them.
    let rollouts: [Value]
    /// What git has there; nil for an image that is of no release.
    let release: LineState.Known?
    /// The digests of the service's releases.
    let digests: Set<String>

    var deployment: LineFacts.Deployment {
        let health = status?["health", "status"]?.stringValue
        let message = status?["health", "message"]?.stringValue ?? ""
        let detail = message.isEmpty ? worst : ": \(message)"
        guard status?["sync", "status"]?.stringValue == "Synced" else {
            // Of what was in sync before, the health is of this very release; otherwise it can be of the one before.
            if health == "Degraded", wasSynced {
                return .unhealthy("Application \(name) is out of sync and degraded\(detail)")
            }
            return .behind("Application \(name) is out of sync" + Self.trouble(status))
        }
        if let rollouts = unfinished { return rollouts }
        switch health {
        case "Healthy": return .healthy
        case "Degraded": return .unhealthy("Application \(name) is degraded\(detail)")
        case "Suspended": return .rolling("Application \(name) is paused\(message.isEmpty ? "" : detail)")
        case "Missing":
            return .unsettled("objects of Application \(name) are missing\(message.isEmpty ? "" : detail)")
        default: return .unsettled("Application \(name) is on its way\(detail)")
        }
    }

    /// Why an application does not get on, as far as it says so.
    static func trouble(_ status: Value?) -> String {
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
    private var worst: String {
        for resource in status?["resources"]?.arrayValue ?? [] {
            guard let health = resource["health", "status"]?.stringValue, health != "Healthy",
                let kind = resource["kind"]?.stringValue, let name = resource["name"]?.stringValue
            else { continue }
            let message = resource["health", "message"]?.stringValue.map { " (\($0))" } ?? ""
            return ": \(kind) \(name) is \(health.lowercased())\(message)"
        }
        return ""
    }

    // MARK: Rollouts

    /// What is to be said of the application's rollouts; nil where all are through with what git has.
    private var unfinished: LineFacts.Deployment? {
        for rollout in own.sorted(by: { $0.metadata.name < $1.metadata.name }) {
            let name = rollout.metadata.name
            if isToGetTheImage(rollout) { return .unsettled("Rollout \(name) is to get the image") }
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

    /// The rollouts that the application has made; all of them where its list of objects is not whole.
    private var own: [Value] {
        guard let resources = status?["resources"]?.arrayValue, status?["summary", "resources"] == nil else {
            return rollouts
        }
        let names = Set(
            resources.filter { $0["kind"]?.stringValue == "Rollout" }.compactMap {
                $0["name"]?.stringValue
            })
        return rollouts.filter { names.contains($0.metadata.name) }
    }

    /// Whether a rollout runs another version of the service: images of others are pinned by digest as well.
    private func isToGetTheImage(_ rollout: Value) -> Bool {
        guard let release else { return false }
        let images = (rollout["spec", "template", "spec", "containers"]?.arrayValue ?? [])
            .compactMap { $0["image"]?.stringValue?.split(separator: "@", maxSplits: 1) }
            .filter { $0.count == 2 && $0[1].hasPrefix("sha256:") }
        if images.contains(where: { $0[1] == release.digest }) { return false }
        // A mirror calls the repository otherwise, but has the digests of the service's releases.
        return images.contains { String($0[0]) == release.image || digests.contains(String($0[1])) }
    }
}
