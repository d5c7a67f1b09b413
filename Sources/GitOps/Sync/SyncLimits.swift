/// How long a sync waits for what, so that none waits for ever.
///
/// Argo CD waits without end for health and for hooks unless it is told otherwise.
public struct SyncLimits: Sendable, Hashable {
    /// For the answer to a request.
    public var request = Duration.seconds(120)
    /// For something to change about an object that is not healthy yet. Objects that are suspended are exempt, as
    /// somebody has paused them on purpose.
    public var stall = Duration.seconds(15 * 60)
    /// For a step, whatever happens in it.
    public var step = Duration.seconds(6 * 3600)
    /// For a deleted object to be gone.
    public var deletion = Duration.seconds(10 * 60)
    /// For somebody to approve a plan that deletes much.
    public var approval = Duration.seconds(24 * 3600)

    /// The usual limits.
    public init() {}
}
