/// Annotations by which deployments and their ReplicaSets tell each other of revisions and sizes.
enum DeploymentAnnotations {
    static let revision = "deployment.kubernetes.io/revision"
    /// The revisions a ReplicaSet had before, when a roll-back brought it up again.
    static let history = "deployment.kubernetes.io/revision-history"
    /// The replicas that the deployment wanted when the set was last scaled.
    static let desiredReplicas = "deployment.kubernetes.io/desired-replicas"
    /// Those and the surge.
    static let maxReplicas = "deployment.kubernetes.io/max-replicas"
    /// Asks for a roll-back to a revision; 0 means the one before.
    static let rollback = "deprecated.deployment.rollback.to"
    static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// The label that tells the pods of one template from those of another.
    static let hashLabel = "pod-template-hash"

    /// Annotations that are not copied from a deployment to its sets.
    static let notCopied: Set<String> = [
        revision, history, desiredReplicas, maxReplicas, rollback, lastApplied,
    ]

    /// The length after which the oldest revisions of a history are dropped.
    static let historyLimit = 2000

    /// A history with a revision appended.
    static func history(_ history: String, appending revision: String) -> String {
        guard !revision.isEmpty else { return history }
        var entries = history.isEmpty ? [] : history.split(separator: ",").map(String.init)
        entries.append(revision)
        while entries.count > 1, entries.joined(separator: ",").utf8.count > Self.historyLimit {
            entries.removeFirst()
        }
        return entries.joined(separator: ",")
    }
}
