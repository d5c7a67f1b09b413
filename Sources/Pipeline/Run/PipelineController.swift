public import KubeClient
import KubeModel
public import Logging
import Manifest
import Synchronization

/// Runs every `PipelineRun` of an API: takes them from a queue, gives each a cell, writes their status.
///
/// Everything is started from objects: a controller that was killed takes up the runs that were running, with the
/// cells that are still there.
public final class PipelineController: Sendable {
    /// What a controller is given.
    public struct Configuration: Sendable {
        /// Where files of runs lie.
        public var files: RunFiles
        /// The most runs that have a cell at a time.
        public var concurrency = 4
        /// The most steps of one run at a time.
        public var parallelism = 8
        public var policy = OrganizationPolicy()
        public var tools = ToolPaths()
        public var sources: any SourceProvider
        public var secrets: any SecretSource
        public var images: any ImageBuilder = NoImageBuilder()
        /// Signs verdicts; nil leaves runs without one, which lets nothing merge.
        public var signer: VerdictSigner?
        /// Whether containers have a file system of their own; false for the runtime `process`.
        public var isolatesFiles = true
        /// The only namespace whose runs count; nil for all.
        public var namespace: String?
        /// Whether the directory of a run is kept after its end, for looking into.
        public var keepsWork = false
        /// The process that records of runs name, on a developer's machine.
        public var processID: Int32?
        /// Is told every new state of a run.
        public var observe: @Sendable (RunSnapshot) -> Void = { _ in }

        /// A configuration with standard limits.
        public init(files: RunFiles, sources: any SourceProvider, secrets: any SecretSource) {
            self.files = files
            self.sources = sources
            self.secrets = secrets
        }
    }

    let client: KubeClient
    let configuration: Configuration
    let logger: Logger
    /// Logs of this controller's runs.
    public let logs: LogStore
    private let runs: WatchCache
    private let pods: WatchCache
    private let state = Mutex(State())

    private struct State {
        var active: [ObjectKey: Active] = [:]
        /// Runs that wait for a cell. They come in once, when they are first seen: what the cache shows of a run that
        /// has just ended may be older than its end.
        var queue = RunQueue()
        /// Runs that have come and not been told yet that they wait.
        var arrived: [ObjectKey] = []
        /// Runs that were cancelled while they waited, with the reason.
        var canceled: [(ObjectKey, StepFault)] = []
    }

    /// A run that has a session.
    private struct Active {
        var feed: PodFeed
        var cancel: AsyncStream<StepFault>.Continuation
    }

    /// A controller at rest.
    public init(
        _ client: KubeClient, configuration: Configuration, logger: Logger = Logger(label: "slipway.pipeline")
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        logs = LogStore(configuration.files)
        runs = WatchCache(
            client, .pipelineRuns, namespace: configuration.namespace, mode: .full, logger: logger)
        pods = WatchCache(
            client, .pods, namespace: configuration.namespace,
            selection: Selection(labels: CellManifest.runLabel),
            mode: .full, logger: logger)
    }

    /// Runs pipelines until the task is cancelled; runs in progress are taken up by the next controller.
    public func run() async throws {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.runs.run() }
            group.addTask { await self.pods.run() }
            try await runs.waitUntilReady()
            try await pods.waitUntilReady()
            group.addTask { for await event in self.pods.subscribe() { self.note(event) } }
            group.addTask {
                for await event in self.runs.subscribe() {
                    if self.noteCancellation(event) { change.yield() }
                    // What runs already changes its status often; that says nothing about who is next.
                    guard self.noteArrival(event) else { continue }
                    change.yield()
                }
            }
            group.addTask { await self.schedule(changes) { change.yield() } }
            try await group.waitForAll()
        }
    }

    // MARK: - Events

    private func note(_ event: CacheEvent) {
        let object = event.object
        guard let name = object.value?.metadata.labels[CellManifest.runLabel] else { return }
        let key = ObjectKey(namespace: object.key.namespace, name: name)
        guard let feed = state.withLock({ $0.active[key]?.feed }) else { return }
        if case .deleted = event { feed.update(nil) } else { feed.update(object.value) }
    }

    /// Tells the session of a run that it is not wanted any more; whether there is none to tell.
    private func noteCancellation(_ event: CacheEvent) -> Bool {
        let object = event.object
        var fault: StepFault?
        if case .deleted = event {
            fault = StepFault(.superseded, "the run was deleted")
        } else {
            fault = object.value.flatMap(Self.cancellation)
        }
        guard let fault else { return false }
        let phase = object.value?["status", "phase"]?.stringValue.flatMap { RunPhase(rawValue: $0) }
        return state.withLock { state in
            if let active = state.active[object.key] {
                active.cancel.yield(fault)
                return false
            }
            // One that ran before a restart has a cell to be removed, and is told once it has a session.
            if case .deleted = event { return false }
            guard phase ?? .pending == .pending else { return false }
            state.queue.remove(object.key)
            state.canceled.append((object.key, fault))
            return true
        }
    }

    /// Ends runs that were cancelled before they had a cell; they would hold one only to give it back.
    private func canceledArrivals() -> [(ObjectKey, StepFault)] {
        state.withLock { state in
            defer { state.canceled = [] }
            return state.canceled.filter { state.active[$0.0] == nil }
        }
    }

    private func tellCanceled(_ key: ObjectKey, _ fault: StepFault) async {
        guard let value = runs[key]?.value else { return }
        let writer = StatusWriter(
            client: client, name: key.name, namespace: key.namespace, logger: logger, keep: keeping(value))
        await writer.finish(
            failed: .canceled, reason: fault.code.rawValue, fault.message, at: client.timeline.date)
    }

    /// Why a run is not wanted any more; nil where it is.
    private static func cancellation(_ run: Value) -> StepFault? {
        guard run["spec", "cancel"]?.boolValue == true else { return nil }
        return StepFault(.superseded, run["spec", "cancelReason"]?.stringValue ?? "the run was cancelled")
    }

    /// Whether an event can change who is next.
    private func noteArrival(_ event: CacheEvent) -> Bool {
        switch event {
        case .added(let object):
            guard let value = object.value, !value.metadata.isDeleting else { return false }
            let told = value["status", "phase"]?.stringValue.flatMap { RunPhase(rawValue: $0) }
            let phase = told ?? .pending
            // One that was cancelled while it waited is ended without a cell.
            if phase.isFinal || phase == .pending && Self.cancellation(value) != nil { return false }
            let order = RunOrder(value, isRunning: phase == .running)
            state.withLock { state in
                state.queue.insert(object.key, order)
                if told == nil { state.arrived.append(object.key) }
            }
            return true
        case .deleted(let object):
            state.withLock { $0.queue.remove(object.key) }
            return false
        default: return false
        }
    }

    /// The runs that have come and did not get a cell.
    private func waitingArrivals() -> [ObjectKey] {
        state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived.filter { state.active[$0] == nil }
        }
    }

    private func tellQueued(_ key: ObjectKey) async {
        var status = PipelineRunStatus(phase: RunPhase.pending.rawValue)
        status.reason = "Queued"
        status.message = "\(configuration.concurrency) runs have a cell; this one is next in its turn"
        guard let value = try? ValueEncoder().encode(status), let object = runs[key] else { return }
        // A run that got a cell meanwhile has another version by then, and is left alone.
        let patch = Patch.merge([
            "metadata": ["resourceVersion": .string(object.resourceVersion)], "status": value,
        ])
        _ = try? await client.patch(
            .pipelineRuns, key.name, namespace: key.namespace, patch, subresource: "status")
    }

    // MARK: - Queue

    /// Gives cells to runs in their order, as long as there are any free.
    private func schedule(_ changes: AsyncStream<Void>, again: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            for await _ in changes {
                for (key, fault) in canceledArrivals() {
                    group.addTask { await self.tellCanceled(key, fault) }
                }
                let started = nextRuns()
                for key in waitingArrivals() {
                    group.addTask { await self.tellQueued(key) }
                }
                for next in started {
                    group.addTask {
                        await self.work(next)
                        _ = self.state.withLock { $0.active.removeValue(forKey: next.key) }
                        again()
                    }
                }
            }
        }
    }

    private struct Waiting {
        var key: ObjectKey
        var value: Value
        var feed: PodFeed
        var cancellations: AsyncStream<StepFault>
    }

    /// Takes as many waiting runs as there are free cells.
    private func nextRuns() -> [Waiting] {
        state.withLock { state in
            var result: [Waiting] = []
            while state.active.count < configuration.concurrency {
                guard let key = state.queue.takeFirst(besides: Set(state.active.keys)) else { break }
                guard let value = runs[key]?.value, !value.metadata.isDeleting else { continue }
                let (stream, continuation) = AsyncStream.makeStream(of: StepFault.self)
                let feed = PodFeed()
                state.active[key] = Active(feed: feed, cancel: continuation)
                if let fault = Self.cancellation(value) { continuation.yield(fault) }
                result.append(Waiting(key: key, value: value, feed: feed, cancellations: stream))
            }
            return result
        }
    }

    // MARK: - One run

    private func work(_ waiting: Waiting) async {
        let metadata = waiting.value.metadata
        let writer = StatusWriter(
            client: client, name: metadata.name, namespace: metadata.namespace, logger: logger,
            keep: keeping(waiting.value))
        do {
            let run = try await prepare(waiting.value)
            // A pod of before a restart is in the cache already.
            if let pod = pods[ObjectKey(namespace: metadata.namespace, name: run.cellName)]?.value {
                waiting.feed.update(pod)
            }
            try await perform(run, waiting, writer)
        } catch is CancellationError {
            return
        } catch let error as InvalidPipeline {
            await writer.finish(
                failed: .failed, reason: "InvalidPipeline", error.description, at: client.timeline.date)
        } catch {
            await writer.finish(failed: .error, reason: "R01", "\(error)", at: client.timeline.date)
        }
    }

    /// Keeps a record of the run beside its logs.
    private func keeping(_ value: Value) -> @Sendable (PipelineRunStatus) async -> Void {
        let store = RunRecordStore(configuration.files)
        let (work, processID) = (services.work, configuration.processID)
        let metadata = value.metadata
        let (name, namespace, uid) = (metadata.name, metadata.namespace, metadata.uid)
        let spec = try? ValueDecoder().decode(PipelineRunSpec.self, from: value["spec"] ?? .emptyObject)
        return { status in
            guard let spec else { return }
            let record = RunRecord(
                name: name, namespace: namespace, uid: uid, spec: spec, status: status, processID: processID)
            // A record is a convenience: the object is what counts.
            _ = await work.perform { try? store.write(record) }
        }
    }

    /// Reads the pipeline file at the commit and makes a plan of it.
    private func prepare(_ value: Value) async throws -> RunContext {
        let spec = try ValueDecoder().decode(PipelineRunSpec.self, from: value["spec"] ?? .emptyObject)
        let namespace = value.metadata.namespace
        let path = spec.pipelineFile ?? ".slipway/pipeline.yaml"
        let bytes = try await configuration.sources.file(
            path, repository: spec.repository, namespace: namespace, commit: spec.commit)
        guard let bytes else {
            throw InvalidPipeline(
                description: "\(path) does not exist at \(spec.commit); add a pipeline file")
        }
        let context = PipelineContext(policy: configuration.policy)
        let validation = PipelineFile.validate(bytes, name: path, context: context)
        guard let file = validation.file else {
            throw InvalidPipeline(description: validation.errors.map(\.description).joined(separator: "\n"))
        }
        let gates = (spec.gates ?? []).compactMap { GateName(rawValue: $0) }
        let plan = try RunPlan(
            file, gates: gates, steps: spec.steps ?? [], parallelism: configuration.parallelism)
        let tree = try await configuration.sources.tree(
            repository: spec.repository, namespace: namespace, commit: spec.commit)
        return RunContext(
            name: value.metadata.name, namespace: namespace, uid: value.metadata.uid, spec: spec, file: file,
            plan: plan, tree: tree)
    }

    private func perform(_ run: RunContext, _ waiting: Waiting, _ writer: StatusWriter) async throws {
        var random = SystemRandomNumberGenerator()
        let services = services
        let secrets = try await RunSecrets.collect(
            for: run, from: configuration.secrets, existing: try await existingPasswords(run), using: &random)
        var manifest = CellManifest(
            run: run, files: configuration.files,
            places: CellPlaces(isolatesFiles: configuration.isolatesFiles))
        manifest.toolDirectories = configuration.tools.directories
        manifest.hostPath = configuration.tools.path
        let cell = PodCell(
            client: client, run: run, manifest: manifest, feed: waiting.feed,
            owner: OwnerReference(controller: waiting.value))
        let records = RunRecords()
        let state = RunState(run.plan, resuming: waiting.value["status"], records: records)
        let session = RunSession(
            run: run, cell: cell, services: services, secrets: secrets, records: records, state: state,
            baseCommit: try await baseCommit(of: run))
        let ended = await withTaskGroup(of: RunState?.self) { group in
            group.addTask {
                await writer.run()
                return nil
            }
            group.addTask { [configuration] in
                defer { writer.close() }
                return await session.perform(cancellations: waiting.cancellations) { snapshot in
                    writer.note(snapshot)
                    configuration.observe(snapshot)
                }
            }
            var ended: RunState?
            for await result in group { if let result { ended = result } }
            return ended
        }
        try Task.checkCancellation()
        guard let ended, ended.phase.isFinal else { return }
        let snapshot = RunSnapshot(name: run.name, state: ended, records: records)
        let verdict = Verdict(run, snapshot, policy: configuration.policy)
        let signed = try verdict.flatMap { try configuration.signer?.sign($0) }
        await writer.finish(snapshot, verdict: signed)
        await cleanUp(run)
    }

    private var services: RunServices {
        RunServices(
            client: client, files: configuration.files, logs: logs, sources: configuration.sources,
            secrets: configuration.secrets, images: configuration.images, tools: configuration.tools,
            policy: configuration.policy, timeline: client.timeline, logger: logger)
    }

    /// Passwords of a cell that is already there, which its services were set up with.
    private func existingPasswords(_ run: RunContext) async throws -> [String: String] {
        guard let secret = try? await client.get(.secrets, run.cellName, namespace: run.namespace) else {
            return [:]
        }
        var result: [String: String] = [:]
        for service in run.file.services {
            let text = secret["data", CellManifest.passwordKey(service.name)]?.stringValue
            if let text, let password = FileWork.decodeBase64(text) { result[service.name] = password }
        }
        return result
    }

    private func baseCommit(of run: RunContext) async throws -> String? {
        guard let base = run.spec.base, base.contains(where: { $0 != "0" }),
            run.file.policy.baseline == .mergeBase
        else { return nil }
        return try await configuration.sources.mergeBase(
            repository: run.spec.repository, namespace: run.namespace, commit: run.spec.commit, base: base)
    }

    private func cleanUp(_ run: RunContext) async {
        await logs.discard(run.uid)
        guard !configuration.keepsWork else { return }
        let directory = configuration.files.run(run.uid)
        _ = await services.work.perform { try? FileWork.remove(directory) }
    }
}

/// A pipeline file that cannot be used.
struct InvalidPipeline: Error {
    var description: String
}
