public import KubeModel

/// Makes the plan of a sync from what the source wants and what the cluster has.
public struct SyncPlanner: Sendable {
    /// An object that the source wants.
    public struct Target: Sendable {
        /// The object.
        public var key: ResourceKey
        /// The version in which it is written.
        public var version: String
        /// What its annotations say about syncing it.
        public var annotations: ResourceAnnotations
        /// The kind that the object defines, for definitions of custom resources.
        public var defines: GroupKind?
        /// Whether the cluster has the object.
        public var isLive: Bool
        /// Whether applying the object would change it.
        public var isChanged: Bool
        /// The phases in which this very sync has made the hook already.
        public var resumedPhases: Set<SyncPhase>
        /// The name that the object has in a phase; nil where it is always the key's.
        public var nameInPhase: (@Sendable (SyncPhase) -> String)?

        /// Describes an object.
        public init(
            key: ResourceKey, version: String, annotations: ResourceAnnotations, defines: GroupKind? = nil,
            isLive: Bool, isChanged: Bool, resumedPhases: Set<SyncPhase> = []
        ) {
            self.key = key
            self.version = version
            self.annotations = annotations
            self.defines = defines
            self.isLive = isLive
            self.isChanged = isChanged
            self.resumedPhases = resumedPhases
        }
    }

    /// An object of the application that the source no longer has.
    public struct Extra: Sendable {
        /// The object.
        public var key: ResourceKey
        /// The version in which it is written.
        public var version: String
        /// What its annotations say about syncing it.
        public var annotations: ResourceAnnotations

        /// Describes an object.
        public init(key: ResourceKey, version: String, annotations: ResourceAnnotations) {
            self.key = key
            self.version = version
            self.annotations = annotations
        }
    }

    /// What the application asks for.
    public var options: ApplicationSyncOptions
    /// Whether what is no longer wanted is deleted.
    public var prunes: Bool

    /// A planner.
    public init(options: ApplicationSyncOptions, prunes: Bool) {
        self.options = options
        self.prunes = prunes
    }

    /// The plan of a sync.
    public func plan(_ targets: [Target], extras: [Extra]) -> SyncPlan {
        var tasks: [Draft] = []
        for target in targets {
            let options = options.options(for: target.annotations.options)
            if target.annotations.isHook {
                for phase in target.annotations.hookPhases where phase <= .syncFail {
                    tasks.append(Self.hook(target, phase, options))
                }
            } else {
                var task = SyncTask(
                    key: target.key, version: target.version, work: .apply, wave: target.annotations.wave,
                    isLive: target.isLive, isChanged: target.isChanged, options: options)
                if options.outOfSyncOnly == false { task.isChanged = true }
                tasks.append(Draft(task: task, defines: target.defines))
            }
        }
        let prunes = prunes ? pruneTasks(extras, after: tasks.map(\.task)) : []
        var plan = (tasks + prunes.map { Draft(task: $0, defines: nil) })
        Self.hoistDependencies(&plan)
        return SyncPlan(plan.map(\.task))
    }

    /// The plan of an application's deletion: hooks before, the objects with the highest wave first, hooks after.
    ///
    /// - Parameters:
    ///   - hooks: targets of which only hooks of the phases PreDelete and PostDelete count.
    ///   - objects: everything that belongs to the application.
    public func deletionPlan(hooks: [Target], objects: [Extra]) -> SyncPlan {
        var tasks: [SyncTask] = []
        for target in hooks {
            let options = options.options(for: target.annotations.options)
            for phase in target.annotations.hookPhases where phase > .syncFail {
                tasks.append(Self.hook(target, phase, options).task)
            }
        }
        for object in objects {
            let own = options.options(for: object.annotations.options)
            // Argo CD leaves definitions, as deleting one deletes every object of its kind, whoever made it.
            guard own.delete != .never, object.key.kind != "CustomResourceDefinition" else { continue }
            tasks.append(
                SyncTask(
                    key: object.key, version: object.version, work: .prune, wave: -object.annotations.wave,
                    isLive: true, options: own))
        }
        return SyncPlan(tasks)
    }

    private struct Draft {
        var task: SyncTask
        let defines: GroupKind?
    }

    private static func hook(_ target: Target, _ phase: SyncPhase, _ options: ResourceSyncOptions) -> Draft {
        var task = SyncTask(
            key: target.key, version: target.version, work: .hook, phase: phase,
            wave: target.annotations.wave,
            isLive: target.isLive, options: options, deletePolicies: target.annotations.deletePolicies)
        task.isResumed = target.resumedPhases.contains(phase)
        if let name = target.nameInPhase?(phase) { task.key.name = name }
        return Draft(task: task, defines: target.defines)
    }

    /// Deletions in the reverse order of waves: the distinct waves of what is deleted are swapped symmetrically, so
    /// that {1, 3, 4} becomes {4, 3, 1}. Deletions and creations interleave, as they do in Argo CD.
    private func pruneTasks(_ extras: [Extra], after others: [SyncTask]) -> [SyncTask] {
        var tasks: [SyncTask] = []
        for extra in extras {
            let own = options.options(for: extra.annotations.options)
            guard own.prune != .never, !extra.annotations.isHook else { continue }
            tasks.append(
                SyncTask(
                    key: extra.key, version: extra.version, work: .prune, wave: extra.annotations.wave,
                    isLive: true, options: own))
        }
        let waves = Set(tasks.map(\.wave)).sorted()
        let mirrored = Dictionary(uniqueKeysWithValues: zip(waves, waves.reversed()))
        for place in tasks.indices { tasks[place].wave = mirrored[tasks[place].wave] ?? tasks[place].wave }
        let last = (others.filter { $0.phase == .sync } + tasks).map(\.wave).max() ?? 0
        for place in tasks.indices where tasks[place].options.pruneLast { tasks[place].wave = last + 1 }
        return tasks
    }

    /// Moves namespaces and definitions to the phase and wave of the first object that needs them, where they would
    /// come later.
    private static func hoistDependencies(_ drafts: inout [Draft]) {
        var firstUseOfNamespace: [String: (phase: SyncPhase, wave: Int)] = [:]
        var firstUseOfKind: [GroupKind: (phase: SyncPhase, wave: Int)] = [:]
        func note<Key>(
            _ key: Key, _ task: SyncTask, in table: inout [Key: (phase: SyncPhase, wave: Int)]
        ) {
            let known = table[key]
            if known.map({ (task.phase, task.wave) < ($0.phase, $0.wave) }) ?? true {
                table[key] = (task.phase, task.wave)
            }
        }
        for draft in drafts where draft.task.work != .prune {
            if !draft.task.key.namespace.isEmpty {
                note(draft.task.key.namespace, draft.task, in: &firstUseOfNamespace)
            }
            note(draft.task.key.groupKind, draft.task, in: &firstUseOfKind)
        }
        for place in drafts.indices where drafts[place].task.work != .prune {
            let task = drafts[place].task
            var uses: [(phase: SyncPhase, wave: Int)] = []
            if task.key.kind == "Namespace", task.key.group.isEmpty {
                uses += firstUseOfNamespace[task.key.name].map { [$0] } ?? []
            }
            if let kind = drafts[place].defines { uses += firstUseOfKind[kind].map { [$0] } ?? [] }
            for use in uses where (use.phase, use.wave) < (drafts[place].task.phase, drafts[place].task.wave)
            {
                drafts[place].task.phase = use.phase
                drafts[place].task.wave = use.wave
            }
        }
    }
}
