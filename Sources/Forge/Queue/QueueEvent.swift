/// What happens to a merge queue.
public enum QueueEvent: Sendable, Hashable {
    /// The branch is at a commit.
    case head(String)
    /// These changes, and no others, may land. New ones come last, in the order given.
    case wanted([QueueState.Entry])
    /// The branch's history is not what it should be, or (nil) is again.
    case frozen(String?)
    /// A candidate's commit has been made, and these runs test it.
    case built(Int, commit: String, runs: [QueueState.Run])
    /// A candidate's change belongs to another lane than was thought, as services have come or gone.
    case misplaced(Int, lane: String)
    /// A candidate cannot be made, and its change is to blame.
    case unbuildable(Int, reason: String, message: String)
    /// A run has ended.
    case finished(String, QueueState.Outcome, message: String)
    /// A passed candidate has been put on a newer head without changing what was tested.
    case rebased(Int, commit: String, base: String)
    /// That cannot be done; it has to be tested again.
    case outdated(Int)
    /// The branch holds the candidate's commit.
    case landed(Int)
    /// The branch is no longer where the candidate began.
    case overtaken(Int, head: String)
    /// Chores that are done.
    case evicted(QueueState.Change)
    case recorded(QueueState.Change)
    case canceled(String)
    case discarded(Int)
}

/// What is to be done, as long as the state asks for it. Each action may be repeated.
public enum QueueAction: Sendable, Hashable {
    case build(QueueState.Candidate)
    /// Starts the runs that do not exist, and looks at those that do.
    case test(QueueState.Candidate)
    case rebase(QueueState.Candidate, onto: String)
    case land(QueueState.Candidate)
    case evict(QueueState.Eviction)
    case record(QueueState.Landing)
    case cancel(QueueState.Cancellation)
    case discard(Int)
}
