/// The tasks of a sync in the order in which they are done.
///
/// Tasks of one phase and wave are a step. Within it, what is no longer wanted is deleted first, then kinds are
/// applied in the order of Argo CD's table; a step begins when the one before is done and healthy.
public struct SyncPlan: Sendable, Hashable {
    /// A phase and wave.
    public struct Step: Sendable, Hashable {
        /// The phase that the tasks are of.
        public var phase: SyncPhase
        /// The wave within the phase.
        public var wave: Int
        /// The tasks, by their places in the plan.
        public var tasks: [Int]
    }

    /// The tasks, each at the place that is its id.
    public let tasks: [SyncTask]
    /// The steps of a sync that succeeds.
    public let steps: [Step]
    /// The steps that follow a failure.
    public let failureSteps: [Step]

    /// A plan of tasks in any order.
    public init(_ tasks: [SyncTask]) {
        var tasks = tasks.sorted(by: Self.precedes)
        for place in tasks.indices { tasks[place].id = place }
        self.tasks = tasks
        var steps: [Step] = []
        for task in tasks {
            if let last = steps.last, last.phase == task.phase, last.wave == task.wave {
                steps[steps.count - 1].tasks.append(task.id)
            } else {
                steps.append(Step(phase: task.phase, wave: task.wave, tasks: [task.id]))
            }
        }
        self.steps = steps.filter { $0.phase != .syncFail }
        failureSteps = steps.filter { $0.phase == .syncFail }
    }

    /// The objects that the plan deletes.
    public var deletions: [SyncTask] { tasks.filter { $0.work == .prune } }

    /// Phase, wave, kind, name: Argo CD's order.
    private static func precedes(_ left: SyncTask, _ right: SyncTask) -> Bool {
        let phases = (order(of: left.phase), order(of: right.phase))
        if phases.0 != phases.1 { return phases.0 < phases.1 }
        if left.wave != right.wave { return left.wave < right.wave }
        let ranks = (KindOrder.rank(of: left.key.kind), KindOrder.rank(of: right.key.kind))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        if left.key.name != right.key.name { return left.key.name < right.key.name }
        return left.key < right.key
    }

    /// The phases of a deletion stand around the deletion of the objects, which is in phase Sync.
    private static func order(of phase: SyncPhase) -> Int {
        switch phase {
        case .preSync, .preDelete: 0
        case .sync: 1
        case .postSync, .postDelete: 2
        case .syncFail: 3
        }
    }
}
