public import KubeModel
public import Manifest

/// A revision that an application must not go to again, and the one it stays at meanwhile.
///
/// Both are annotations, so that they survive everything and everybody sees them. Argo CD refuses a rollback while
/// automation is on (argo-cd issue 5351); here the automation goes on with the first commit that changes the application.
public struct Quarantine: Sendable, Hashable {
    /// The annotation that names the bad revision.
    public static let revisionAnnotation = "slipway.dev/quarantined-revision"
    /// The annotation that names the revision the application stays at.
    public static let pinAnnotation = "slipway.dev/pinned-revision"

    /// The annotation that says how people find the pull request that takes the bad revision back.
    public static let revertAnnotation = "slipway.dev/revert-request"

    /// The bad revision, empty where there is none.
    public let revision: String
    /// Where the application stays.
    public let pin: String

    /// Reads an application's annotations.
    public init(_ application: Application) {
        let annotations = application.object.metadata.annotations
        revision = annotations[Self.revisionAnnotation] ?? ""
        pin = annotations[Self.pinAnnotation] ?? ""
    }

    var isSet: Bool { !revision.isEmpty || !pin.isEmpty }

    /// The revision to stay at, nil where the newest one is not the bad one.
    ///
    /// - Parameter newest: the names of the newest state: the commit, and the last commit that mattered. A commit that
    ///   does not touch the application is as bad as the one before.
    func pinnedRevision(newest: [String]) -> String? {
        guard !revision.isEmpty, !pin.isEmpty, newest.contains(revision) else { return nil }
        return pin
    }

    /// The change that rolls an application back: for a merge patch.
    ///
    /// - Parameters:
    ///   - good: the revision to go back to and stay at.
    ///   - bad: the revision that must not come again; empty where the application is not automated, and need not stay.
    public static func rollback(to good: String, from bad: String, by user: String) -> Value {
        var annotations: Object = [
            pinAnnotation: .string(good), revisionAnnotation: .string(bad), revertAnnotation: .null,
        ]
        if bad.isEmpty || bad == good { annotations = [:] }
        // With hooks, unlike Argo CD's rollback (argo-cd issue 1927).
        return [
            "metadata": ["annotations": .object(annotations)],
            "operation": [
                "initiatedBy": ["username": .string(user)],
                "sync": ["revision": .string(good), "prune": true],
                "info": [["name": "reason", "value": .string("rollback from \(bad)")]],
            ],
        ]
    }
}
