public import KubeModel

/// A revision that an application must not go to again, and the one it stays at meanwhile.
///
/// Both are annotations, so that they survive everything and everybody sees them. Argo CD refuses a rollback while
/// automation is on (argo-cd issue 5351); here the automation goes on with the first commit that changes the application.
public struct Quarantine: Sendable, Hashable {
    /// The annotation that names the bad revision.
    public static let revisionAnnotation = "slipway.dev/quarantined-revision"
    /// The annotation that names the revision the application stays at.
    public static let pinAnnotation = "slipway.dev/pinned-revision"

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
}
