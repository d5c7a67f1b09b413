public import KubeModel

/// What happened to a sync.
public enum SyncEvent: Sendable, Hashable {
    /// It may begin.
    case begin
    /// The dry run is over; the objects the server refuses, and why.
    case validated(faults: [Int: String])
    /// Somebody has approved what the plan deletes.
    case approved
    /// The server has taken an object.
    case applied(Int)
    /// The server has refused an object, or its deletion.
    case refused(Int, String)
    /// The server has begun to delete an object, or had none.
    case deletionRequested(Int)
    /// An object that was to be deleted stays, and why.
    case kept(Int, String)
    /// How an object is that is awaited.
    case observed(Int, Observation)
    /// A hook was deleted or let go, as far as that goes.
    case hookReleased(Int)
    /// The source has a newer revision.
    case newRevision(String)
    /// Somebody wants it to end.
    case terminate(String)
    /// Time has passed.
    case tick

    /// What is seen of an object.
    public enum Observation: Sendable, Hashable {
        case absent
        /// It is there; nil health stands for kinds that have none.
        case present(Health?)
    }
}

/// What is to be done for a sync.
public enum SyncAction: Sendable, Hashable {
    /// Tries every object without effect; ``SyncEvent/validated(faults:)`` is to follow.
    case validate
    /// Makes an object, or a hook of this sync; ``SyncEvent/applied(_:)`` or ``SyncEvent/refused(_:_:)`` is to follow.
    case apply(Int)
    /// Deletes an object that is no longer wanted; ``SyncEvent/deletionRequested(_:)``, ``SyncEvent/kept(_:_:)`` or
    /// ``SyncEvent/refused(_:_:)`` is to follow.
    case prune(Int)
    /// Removes a former hook, whose absence is then awaited.
    case clearHook(Int)
    /// Takes the finalizer from a hook that has ended, and deletes it where that is said;
    /// ``SyncEvent/hookReleased(_:)`` is to follow.
    case releaseHook(Int, deletes: Bool)
    /// The sync is over.
    case finish(SyncMachine.Outcome)
}
