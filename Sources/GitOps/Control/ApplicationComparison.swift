import KubeClient
import KubeModel
import Manifest

/// How an application's objects compare with what its source wants.
struct ApplicationComparison: Sendable {
    /// One object, as `status.resources` lists it.
    struct Entry: Sendable {
        var key: ResourceKey
        var version: String
        /// Nil for hooks and for objects that are shown only.
        var isSynced: Bool?
        var health: Health?
        var requiresPruning = false
        var wave = 0
        /// Whether the object's health counts.
        var countsHealth = true
        /// Whether the object is in the cluster.
        var isLive = true
    }

    /// The newest commit that matters, and the objects that it wants.
    var revision: String
    var targets: [ApplicationTarget]
    /// Objects that bear the application's mark and are not wanted.
    var extras: [LiveSummary]
    /// What is in the cluster of what is wanted, by the places of ``targets``.
    var live: [LiveSummary?]
    /// Whether applying a target would change something, by the places of ``targets``.
    var isChanged: [Bool]
    var entries: [Entry]
    /// Conditions that do not keep the application from being synced: type and message.
    var warnings: [(type: String, message: String)] = []
    /// Objects that belong to another application.
    var sharedWith: [ResourceKey: String] = [:]

    /// Whether nothing that counts differs.
    var isSynced: Bool { !entries.contains { $0.isSynced == false } }

    /// The worst health of the objects that count.
    ///
    /// An object that is missing counts, as it did in Argo CD before 3.4: a parent that waits for its children must not
    /// take one that is not there yet for healthy (argo-cd issue 27917).
    var health: Health {
        Health.worst(of: entries.filter(\.countsHealth).map { $0.health ?? .healthy })
    }

    /// The images that the objects in the cluster run.
    var images: [String] {
        var images: Set<String> = []
        for summary in live { images.formUnion(summary?.images ?? []) }
        return images.sorted()
    }
}
