/// How the application controller works, with the values it has where nothing else is said.
public struct GitOpsSettings: Sendable {
    /// The namespace whose applications are Slipway's own; projects live there too.
    public var controlNamespace = "slipway"
    /// Whether applications in other namespaces are worked on too, as far as their projects allow.
    public var watchesAllNamespaces = true
    /// How many applications are worked on at once.
    public var concurrency = 8
    /// How many requests one sync has on their way at once.
    public var requestsPerSync = 8
    /// How often a repository is asked for its references where nobody says that they have moved.
    public var pollInterval = Duration.seconds(120)
    /// How often an application is looked at where nothing seems to change.
    public var resyncInterval = Duration.seconds(600)
    /// How long what waits.
    public var limits = SyncLimits()
    /// What may be deleted without asking.
    public var blastRadius = BlastRadius()
    /// How many applications one commit may change at once.
    public var storm = StormControl.Settings()
    /// Whether every object is tried by a dry run before a sync changes the first.
    public var validatesBeforeSync = true
    /// The largest number of bytes that the list of an application's resources takes in its status.
    public var resourceListLimit = 36 * 1024
    /// The largest number of bytes that the results of a sync take in its status.
    public var resultListLimit = 12 * 1024
    /// Which process this is, for events.
    public var instance = "slipway"

    /// The usual settings.
    public init() {}
}
