import KubeModel
import Manifest
import Rollouts

/// What a rollout has made of the images of some digests, found by the ReplicaSets that run them or have run them: the
/// rollout's own template is soon another one, above all where a version was rolled back.
struct RolloutVersion: Sendable {
    /// Where a version stands.
    enum Standing: Sendable {
        /// It is the one that is wanted.
        case wanted
        /// Users have it, and another one is wanted.
        case stable
        /// Another one has taken its place.
        case past
    }

    /// The hashes of its pod templates: an image comes with another template where the manifest changes beside it.
    let hashes: Set<String>
    let standing: Standing

    /// The label that tells the pods, ReplicaSets and analyses of a pod template.
    static let hashLabel = "rollouts-pod-template-hash"

    /// Looks for the digests among a rollout's ReplicaSets; nil where none has one of them.
    init?(of digests: [String], in rollout: Value, _ replicaSets: [Value]) {
        var hashes: Set<String> = []
        for set in replicaSets where set.metadata.controller?.uid == rollout.metadata.uid {
            let images = set.list("spec", "template", "spec", "containers").map { $0.word("image") }
            guard let hash = set.metadata.labels[Self.hashLabel],
                images.contains(where: { image in digests.contains { image.hasSuffix("@\($0)") } })
            else { continue }
            hashes.insert(hash)
        }
        guard !hashes.isEmpty else { return nil }
        let status = RolloutStatus(rollout["status"])
        self.hashes = hashes
        standing =
            hashes.contains(status.currentHash)
            ? .wanted : hashes.contains(status.stableHash) ? .stable : .past
    }
}
