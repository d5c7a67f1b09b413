import KubeModel

/// What a sync says about itself, in one place; where Argo CD has a sentence for the same, it is Argo CD's.
enum SyncMessage {
    static let succeeded = "successfully synced (all tasks run)"
    static let failedToApply = "one or more objects failed to apply"
    static let failedTasks = "one or more synchronization tasks completed unsuccessfully"

    static func waiting(hooks: Bool, _ labels: [String]) -> String {
        let others = labels.count > 1 ? " and \(labels.count - 1) more \(hooks ? "hooks" : "resources")" : ""
        let first = labels.first ?? ""
        return hooks
            ? "waiting for completion of hook \(first)\(others)"
            : "waiting for healthy state of \(first)\(others)"
    }

    static func deleting(_ labels: [String]) -> String {
        let others = labels.count > 1 ? " and \(labels.count - 1) more resources" : ""
        return "waiting for deletion of \(labels.first ?? "")\(others)"
    }

    static func noAnswer(_ limit: Duration) -> String { "the API server did not answer within \(limit)" }

    static func stalled(_ health: Health?, _ limit: Duration) -> String {
        let state = health.map { "\($0.status.rawValue): \($0.message)" } ?? "no status"
        return "not healthy, and nothing changed for \(limit) (\(state))"
    }

    static func overlong(_ limit: Duration) -> String { "the step did not end within \(limit)" }

    static func notGone(_ limit: Duration) -> String {
        "deleted, but still there after \(limit); look at its finalizers"
    }

    static func notApproved(_ limit: Duration) -> String {
        "nobody approved the deletions within \(limit); sync again to ask anew"
    }

    static let vanished = "was deleted by somebody else while its health was awaited"
    static let hookVanished = "the hook was deleted by somebody else before it had ended"

    static func superseded(_ revision: String) -> String {
        "superseded by revision \(revision) before it had ended"
    }
}
