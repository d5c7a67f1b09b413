import KubeClient
import KubeModel
import Manifest

/// One thing to do for a deployment.
enum DeploymentAction: Sendable, Hashable {
    /// Makes the ReplicaSet of a new template.
    case create(ReplicaSetDraft)
    /// Changes a ReplicaSet.
    case update(ReplicaSetChange)
    /// Removes a ReplicaSet that the history has no room for.
    case delete(name: String, uid: String)
    /// Puts an old template back and removes the request for it.
    case rollBack(template: Value, annotations: StringMap)
    /// Removes the request for a roll-back that cannot be, or need not be, done.
    case dropRollback
    case note(EventNote.Severity, reason: String, message: String)
    /// Writes the status and, where given, the revision; always the last one.
    case writeStatus(DeploymentStatus, revision: String?)
}

/// A ReplicaSet that is to be made.
struct ReplicaSetDraft: Sendable, Hashable {
    var name: String
    var hash: String
    var replicas: Int
    var minReadySeconds: Int
    var annotations: StringMap
    var template: Value
}

/// What changes of a ReplicaSet; nil is left as it is.
struct ReplicaSetChange: Sendable, Hashable {
    var name: String
    var uid: String
    var replicas: Int?
    var minReadySeconds: Int?
    /// Annotations that are set.
    var annotations: StringMap = [:]
}
