import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

extension PodWorker {
    /// Does one thing that the machine wants, and sends back what came of it.
    func perform(_ action: PodAction) async {
        switch action {
        case .prepare: await prepare()
        case .fetchImage(let name): await fetchImage(name)
        case .start(let name, let attempt): await start(name, attempt: attempt)
        case .runPostStart(let name, let attempt): await runPostStart(name, attempt: attempt)
        case .probe(let name, let attempt, let kind): await probe(name, attempt: attempt, kind)
        case .stop(let name, let attempt, let grace, let drains):
            await stop(name, attempt: attempt, grace: grace, drains: drains)
        case .forget(let name, let attempt):
            try? await node.engine.removeContainer(ContainerID(pod: uid, name: name, attempt: attempt))
            await messages.forget(name, attempt: attempt)
        case .disconnect:
            do {
                try await node.engine.disconnectPod(uid)
            } catch {
                // A node that ends gives back all that is left.
                if Task.isCancelled { return }
                node.logger.warning("network not released", metadata: ["pod": "\(uid)", "error": "\(error)"])
            }
            send(.disconnected)
        case .remove: await remove()
        case .release: break
        case .note(let isWarning, let reason, let message, let container):
            note(isWarning: isWarning, reason, message, container: container)
        }
    }

    // MARK: Pod

    private func prepare() async {
        let pod = pod
        do {
            let status: PodSandboxStatus
            do {
                var spec = PodSandboxSpec(pod)
                node.completeSandbox(&spec, pod)
                status = try await node.engine.createPod(spec)
            } catch let error as SandboxError {
                throw PodFailure(
                    reason: "FailedCreatePodSandBox", message: "Failed to create pod sandbox: \(error)")
            }
            state.withLock { $0.network = status }
            await refreshHosts()
            try await volumes(of: pod, status).prepare()
            announcePorts(status)
            send(.prepared(status))
        } catch let failure as PodFailure {
            send(.preparationFailed(failure))
        } catch is CancellationError {
            return
        } catch {
            send(.preparationFailed(PodFailure(reason: "FailedCreatePodSandBox", message: "\(error)")))
        }
    }

    /// Says which ports of the machine a pod without an address of its own got, and which another did not.
    private func announcePorts(_ status: PodSandboxStatus) {
        let isUnopened = status.network == .bridge && !node.opensHostPorts
        let unopened = isUnopened ? status.ports.compactMap(\.declared.hostPort) : []
        if !unopened.isEmpty {
            let ports = unopened.map(String.init).joined(separator: ", ")
            note(
                isWarning: true, "FieldsIgnored",
                "hostPort \(ports) is not opened on this node: use a Service of type NodePort or a Gateway",
                container: nil)
        }
        let ports = AssignedPorts(status)
        if !ports.isEmpty { reporter.annotate([AssignedPorts.annotation: .string(ports.text)]) }
    }

    private func remove() async {
        do {
            try await node.engine.removePod(uid)
            send(.removed)
        } catch is CancellationError {
            return
        } catch {
            send(.removalFailed("\(error)"))
        }
    }

    /// Writes volumes again that show what has changed.
    func refreshVolumes() async {
        let pod = pod
        guard let network = state.withLock({ $0.network }) else { return }
        let volumes = volumes(of: pod, network)
        if volumes.canChange { await volumes.refresh() }
    }

    /// Writes the names of services into the pod's hosts file, where no server answers for them.
    func refreshHosts() async {
        let namespace = pod.metadata.namespace
        guard state.withLock({ $0.network }) != nil else { return }
        let names = node.hosts(namespace)
        if names.isEmpty { return }
        // A pod that is gone meanwhile needs no names.
        try? await node.engine.setHosts(names, ofPod: uid)
    }

    // MARK: Containers

    private func fetchImage(_ name: String) async {
        let pod = pod
        guard let container = PodPlan(pod).container(name) else { return }
        let fetch = ImageFetch(
            provider: node.images, client: node.client, timeline: node.timeline,
            refusal: node.isolatesFiles ? nil : SandboxError.withoutImages(node.place.runtime))
        do {
            // Whoever waits for the pod, such as a rollout, sees that something comes, and how much of it.
            let throttle = Throttle(.seconds(1))
            let found = try await fetch.image(for: container, of: pod) {
                self.note(
                    isWarning: false, "Pulling", "Pulling image \"\(container.image)\"", container: name)
            } warn: { reason, message in
                self.note(isWarning: true, reason, message, container: name)
            } progress: { [reporter, timeline = node.timeline] progress in
                if progress.bytes == progress.total || throttle.isDue(timeline.now) {
                    reporter.annotate(progress.annotations)
                }
            }
            state.withLock { $0.images[name] = found.image }
            let image = ContainerImage(name: found.image.name, id: found.image.id, message: found.message)
            send(.imageReady(name, image))
        } catch let failure as ImageFailure {
            send(.imageFailed(name, failure))
        } catch {
            // The task was cancelled: nobody waits for the image any more.
        }
    }

    private func start(_ name: String, attempt: Int) async {
        let (pod, network, image) = state.withLock { ($0.pod, $0.network, $0.images[name]) }
        guard let network, let image else { return }
        do {
            let spec = try await assembly(of: pod, network).specification(
                of: name, attempt: attempt, image: image)
            let run = try await node.engine.start(spec)
            send(.started(name, attempt: attempt, at: run.startedAt))
        } catch let failure as StartFailure {
            return send(.startFailed(name, attempt: attempt, failure))
        } catch let error as SandboxError {
            let kind: StartFailure.Kind = error.code == .startFailed ? .execution : .creation
            return send(
                .startFailed(name, attempt: attempt, StartFailure(kind: kind, message: error.description)))
        } catch is CancellationError {
            return
        } catch {
            return send(
                .startFailed(name, attempt: attempt, StartFailure(kind: .creation, message: "\(error)")))
        }
        await watch(name, attempt: attempt)
    }

    /// Waits for the end of a run and tells it.
    func watch(_ name: String, attempt: Int) async {
        let id = ContainerID(pod: uid, name: name, attempt: attempt)
        do {
            let exit = try await node.engine.wait(id)
            let message = await messages.message(of: name, attempt: attempt, code: exit.code)
            send(.exited(name, attempt: attempt, ContainerEnd(exit, message: message)))
        } catch is CancellationError {
            return
        } catch {
            var end = ContainerEnd.lost(startedAt: nil, at: node.timeline.date)
            end.message = "\(error)"
            send(.exited(name, attempt: attempt, end))
        }
    }

    private func stop(_ name: String, attempt: Int, grace: Duration, drains: Bool) async {
        let id = ContainerID(pod: uid, name: name, attempt: attempt)
        let deadline = node.timeline.now + grace
        let pod = pod
        await withTaskGroup { group in
            if drains, grace > .zero { group.addTask { await self.node.drain(pod, grace) } }
            group.addTask { await self.runPreStop(name, id, grace: grace) }
        }
        // A hook that took all the time leaves a little for the program itself.
        let left = max(deadline - node.timeline.now, min(grace, .seconds(2)))
        let signal = await stopSignal(of: name)
        while !Task.isCancelled {
            do {
                _ = try await node.engine.stop(id, grace: left, signal: signal)
                return
            } catch let error as SandboxError where error.code == .notFound {
                return
            } catch {
                note(
                    isWarning: true, "FailedKillPod", "error killing container \(name): \(error)",
                    container: name)
                guard (try? await node.timeline.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    private func stopSignal(of name: String) async -> Int32 {
        if let image = state.withLock({ $0.images[name] }) { return image.defaults.stopSignalNumber }
        // An adopted container was started by another process.
        guard let container = PodPlan(pod).container(name),
            let image = try? await node.images.local(container.image)
        else { return SIGTERM }
        return image.defaults.stopSignalNumber
    }

    // MARK: Handlers

    private func runPreStop(_ name: String, _ id: ContainerID, grace: Duration) async {
        guard grace > .zero, let target = target(name, attempt: id.attempt),
            target.container["lifecycle", "preStop"]?.objectValue?.isEmpty == false
        else { return }
        let timeline = node.timeline
        let failure: String? = await {
            do {
                let ended = try await timeline.withTimeout(grace) {
                    try await self.node.handlers.hook("preStop", of: target, timeout: grace)
                }
                return ended == nil ? "PreStopHook did not end within the grace period" : ended ?? nil
            } catch {
                return Task.isCancelled ? nil : "\(error)"
            }
        }()
        if let failure {
            note(isWarning: true, "FailedPreStopHook", "PreStopHook failed: \(failure)", container: name)
        }
    }

    private func runPostStart(_ name: String, attempt: Int) async {
        guard let target = target(name, attempt: attempt) else { return }
        do {
            let failure = try await node.handlers.hook("postStart", of: target, timeout: .seconds(3600))
            send(
                .postStartEnded(
                    name, attempt: attempt, failure: failure.map { "PostStartHook failed: \($0)" }))
        } catch is CancellationError {
            return
        } catch {
            send(.postStartEnded(name, attempt: attempt, failure: "PostStartHook failed: \(error)"))
        }
    }

    private func probe(_ name: String, attempt: Int, _ kind: ProbeKind) async {
        guard let target = target(name, attempt: attempt),
            let plan = PodPlan(pod).container(name)?.probes[kind]
        else { return }
        let outcome = await node.handlers.probe(kind, plan, of: target)
        if !Task.isCancelled { send(.probed(name, attempt: attempt, kind, outcome)) }
    }

    private func target(_ name: String, attempt: Int) -> HandlerTarget? {
        let (pod, network) = state.withLock { ($0.pod, $0.network) }
        guard let network, let container = try? ContainerAssembly.container(name, of: pod) else { return nil }
        return HandlerTarget(
            container: container, id: ContainerID(pod: uid, name: name, attempt: attempt), network: network)
    }

    // MARK: Parts

    private var messages: TerminationMessages {
        TerminationMessages(
            directory: node.engine.directory(ofPod: uid), pod: pod, canMount: node.isolatesFiles,
            engine: node.engine, queue: node.queue)
    }

    private func volumes(of pod: Value, _ network: PodSandboxStatus) -> PodVolumes {
        let references = PodReferences(client: node.client, namespace: pod.metadata.namespace)
        let fields = PodFields(pod: pod, network: network, node: node.facts)
        return PodVolumes(
            pod: pod, directory: node.engine.directory(ofPod: uid),
            payload: VolumePayload(references: references, fields: fields, tokens: node.tokens),
            engine: node.engine, queue: node.queue)
    }

    private func assembly(of pod: Value, _ network: PodSandboxStatus) -> ContainerAssembly {
        let namespace = pod.metadata.namespace
        let references = PodReferences(client: node.client, namespace: namespace)
        let fields = PodFields(pod: pod, network: network, node: node.facts)
        let links = pod["spec", "enableServiceLinks"]?.boolValue ?? true
        let services = ServiceVariables.variables(node.services(), namespace: namespace, links: links)
        return ContainerAssembly(
            pod: pod, volumes: volumes(of: pod, network),
            environment: ContainerEnvironment(fields: fields, references: references, services: services),
            network: network, messages: messages, queue: node.queue)
    }
}
