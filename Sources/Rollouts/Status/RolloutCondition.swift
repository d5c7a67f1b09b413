public import KubeModel
import Manifest

/// An entry of a Rollout's `status.conditions`, which also tells when it was last looked at.
public struct RolloutCondition: Sendable, Hashable {
    /// The aspects, in Argo Rollouts' words.
    public enum Kind: String, Sendable, Hashable {
        case invalidSpec = "InvalidSpec"
        case available = "Available"
        case progressing = "Progressing"
        case replicaFailure = "ReplicaFailure"
        case paused = "Paused"
        case completed = "Completed"
        case healthy = "Healthy"
    }

    /// What it speaks of.
    public var kind: Kind
    /// Whether it holds.
    public var status: Condition.Status
    /// A word for programs, one of Argo Rollouts'.
    public var reason: String
    /// A sentence for people.
    public var message: String
    /// When it was last set; the progress deadline counts from here.
    public var lastUpdate: Timestamp?
    /// When its status last changed.
    public var lastTransition: Timestamp?

    init(_ kind: Kind, _ status: Condition.Status, _ reason: String, _ message: String) {
        (self.kind, self.status, self.reason, self.message) = (kind, status, reason, message)
    }

    init?(_ value: Value) {
        guard let kind = value["type"]?.stringValue.flatMap(Kind.init) else { return nil }
        self.init(
            kind, value["status"]?.stringValue.flatMap(Condition.Status.init) ?? .unknown,
            value["reason"]?.stringValue ?? "", value["message"]?.stringValue ?? "")
        lastUpdate = value["lastUpdateTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        lastTransition = value["lastTransitionTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
    }

    var value: Value {
        var fields: Object = [
            "type": .string(kind.rawValue), "status": .string(status.rawValue), "reason": .string(reason),
            "message": .string(message),
        ]
        fields["lastUpdateTime"] = lastUpdate.map { .string($0.rfc3339) }
        fields["lastTransitionTime"] = lastTransition.map { .string($0.rfc3339) }
        return .object(fields)
    }
}

/// The conditions of a Rollout, changed as Argo Rollouts changes them (`conditions.SetRolloutCondition`).
public struct RolloutConditions: Sendable, Hashable {
    private(set) var items: [RolloutCondition]

    init(_ items: [RolloutCondition] = []) { self.items = items }

    /// The condition of a kind, nil where there is none.
    public subscript(kind: RolloutCondition.Kind) -> RolloutCondition? { items.first { $0.kind == kind } }

    /// Sets a condition and answers whether that changed anything: the same status for the same reason does not.
    @discardableResult
    mutating func set(_ condition: RolloutCondition, now: Timestamp) -> Bool {
        let present = self[condition.kind]
        if let present, present.status == condition.status, present.reason == condition.reason {
            return false
        }
        var condition = condition
        condition.lastUpdate = now.wholeSeconds
        condition.lastTransition =
            present?.status == condition.status
            ? present?.lastTransition ?? now.wholeSeconds : now.wholeSeconds
        items.removeAll { $0.kind == condition.kind }
        items.append(condition)
        return true
    }

    /// Sets a condition anew even for the same reason, which moves its `lastUpdateTime`.
    mutating func renew(_ condition: RolloutCondition, now: Timestamp) {
        var condition = condition
        let present = self[condition.kind]
        condition.lastUpdate = now.wholeSeconds
        condition.lastTransition =
            present?.status == condition.status
            ? present?.lastTransition ?? now.wholeSeconds : now.wholeSeconds
        items.removeAll { $0.kind == condition.kind }
        items.append(condition)
    }

    mutating func remove(_ kind: RolloutCondition.Kind) { items.removeAll { $0.kind == kind } }
}
