/// One thing a sync does with one object.
public struct SyncTask: Sendable, Hashable {
    /// What is done.
    public enum Work: Sendable, Hashable {
        /// The object is made as the source wants it.
        case apply
        /// The object is made for this sync, and its end is awaited.
        case hook
        /// The object is deleted.
        case prune
    }

    /// The place of the task in its plan.
    public var id: Int
    /// The object it is done with.
    public var key: ResourceKey
    /// The version that the source or, for objects to delete, the cluster has.
    public var version: String
    /// What is done with it.
    public var work: Work
    /// The phase in which it is done.
    public var phase: SyncPhase
    /// The wave within the phase.
    public var wave: Int
    /// Whether the object was in the cluster when the plan was made.
    public var isLive: Bool
    /// Whether applying would change something.
    public var isChanged: Bool
    /// Whether a hook was made by this very sync before the controller was restarted.
    public var isResumed = false
    /// How the object is applied or deleted.
    public var options: ResourceSyncOptions
    /// When the object goes, for hooks.
    public var deletePolicies: Set<HookDeletePolicy>

    /// A task.
    public init(
        id: Int = 0, key: ResourceKey, version: String = "v1", work: Work, phase: SyncPhase = .sync,
        wave: Int = 0,
        isLive: Bool = false, isChanged: Bool = true, options: ResourceSyncOptions = ResourceSyncOptions(),
        deletePolicies: Set<HookDeletePolicy> = []
    ) {
        self.id = id
        self.key = key
        self.version = version
        self.work = work
        self.phase = phase
        self.wave = wave
        self.isLive = isLive
        self.isChanged = isChanged
        self.options = options
        self.deletePolicies = deletePolicies
    }

    /// The object's name in the messages of Argo CD: `apps/Deployment/web`, `/Pod/web`.
    var label: String { "\(key.group)/\(key.kind)/\(key.name)" }
}
