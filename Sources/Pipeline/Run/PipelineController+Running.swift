import KubeClient
import KubeModel
import Manifest

extension PipelineController {
    func work(_ waiting: Waiting) async {
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
    func keeping(_ value: Value) -> @Sendable (PipelineRunStatus) async -> Void {
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
            throw InvalidPipeline(description: validation.summary)
        }
        let gates = (spec.gates ?? []).compactMap { GateName(rawValue: $0) }
        let plan = try RunPlan(
            file, gates: gates, steps: spec.steps ?? [], parallelism: configuration.parallelism)
        try checkNetworks(of: plan, file)
        let tree = try await configuration.sources.tree(
            repository: spec.repository, namespace: namespace, commit: spec.commit)
        return RunContext(
            name: value.metadata.name, namespace: namespace, uid: value.metadata.uid, spec: spec, file: file,
            plan: plan, tree: tree)
    }

    /// A limit that nobody keeps would be worse than none.
    private func checkNetworks(of plan: RunPlan, _ file: PipelineFile) throws(InvalidPipeline) {
        if configuration.limitsNetworks { return }
        guard let step = plan.steps.compactMap({ file.step($0.id) }).first(where: { $0.network != .cell })
        else { return }
        throw InvalidPipeline(
            description:
                "\(step.id) is limited in what it may reach (network), and the node here cannot hold it to that:"
                + " run the server as root with iproute2 and runc or bubblewrap, or write network: cell")
    }

    private func perform(_ run: RunContext, _ waiting: Waiting, _ writer: StatusWriter) async throws {
        var random = SystemRandomNumberGenerator()
        let services = services
        async let base = baseCommit(of: run)
        let secrets = try await RunSecrets.collect(
            for: run, from: configuration.secrets, existing: await existingPasswords(run), using: &random)
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
            baseCommit: try await base)
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
    private func existingPasswords(_ run: RunContext) async -> [String: String] {
        guard run.file.services.contains(where: { $0.passwordVariable != nil }),
            let secret = try? await client.get(.secrets, run.cellName, namespace: run.namespace)
        else { return [:] }
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
