import KubeClient
import KubeModel
import Manifest

/// Brings router, proxy and name server in line with the objects, all at once: changes that come together are one.
struct TrafficReconciler: Reconciler {
    /// The one thing there is to work on.
    enum Key: Hashable, Sendable { case all }

    let settings: Traffic.Settings
    let client: KubeClient
    let caches: TrafficCaches
    let router: Router
    let proxy: ServiceProxy
    let listeners: GatewayListeners
    let addresses: ServiceAddresses?
    let state: TrafficState
    let recorder: EventRecorder

    func sources() -> [KeySource<Key>] {
        let pods = KeySource<Key>.events(of: caches.pods) { event in
            guard case .modified(let old, let new) = event else { return [.all] }
            return Self.summary(old) == Self.summary(new) ? [] : [.all]
        }
        // Slices of services that select pods follow from the pods, which are looked at themselves.
        let slices = KeySource<Key>.events(of: caches.slices) { event in
            let manager = event.object.value?.metadata.labels[EndpointSlices.managerLabel]
            return manager == EndpointSlices.manager ? [] : [.all]
        }
        let others = [caches.services, caches.namespaces, caches.classes, caches.grants].map { cache in
            KeySource<Key>.events(of: cache) { _ in [.all] }
        }
        // Status is what is written here: only what is wanted counts.
        let specified = [caches.gateways, caches.routes].map { cache in
            KeySource<Key>.events(of: cache, where: .generationChanged) { _ in [.all] }
        }
        return [pods, slices] + others + specified
    }

    private struct Summary: Equatable {
        var endpoint: PodEndpoint?
        var isDeleting: Bool
    }

    private static func summary(_ pod: CachedObject) -> Summary {
        Summary(
            endpoint: pod.value.flatMap(PodEndpoint.init), isDeleting: pod.value?.metadata.isDeleting ?? false
        )
    }

    func reconcile(_ key: Key) async throws -> ReconcileResult {
        let plan = TrafficPlan(
            caches.view(), nodeAddress: settings.nodeAddress, servesClusterIPs: addresses != nil)
        try await router.update(tables: plan.gateway.tables)
        let addressFailure = await updateAddresses(plan.clusterIPs)
        let refused = await proxy.update(plan.proxy)
        let failures = await listeners.update(to: Set(plan.gateway.tables.keys))
        state.apply(.init(plan: plan, failures: failures), present: Set(caches.pods.objects.map(\.uid)))
        note(plan, refused)
        if let addressFailure { throw addressFailure }
        // A port that is taken may come free.
        return refused.isEmpty && failures.isEmpty ? .done : .requeue(after: .seconds(5))
    }

    private func updateAddresses(_ wanted: Set<String>) async -> (any Error)? {
        guard let addresses else { return nil }
        do {
            try await addresses.update(to: wanted, belongs: settings.isServiceAddress)
            return nil
        } catch {
            return error
        }
    }

    /// Tells what people should know, each thing once.
    private func note(_ plan: TrafficPlan, _ refused: [ProxyTable.Address: any Error]) {
        var notes = plan.notes
        for (key, service) in plan.gateway.view.services {
            for port in service.ports {
                let host = service.clusterIP ?? ""
                let places = [
                    ProxyTable.Address(host: host, port: port.port),
                    ProxyTable.Address(host: settings.nodeAddress, port: port.nodePort ?? 0),
                ]
                for place in places {
                    guard let error = refused[place] else { continue }
                    notes.append(
                        .init(
                            subject: .service(key), reason: "ListenFailed",
                            message: "cannot listen on \(place): \(error); stop what listens there"))
                }
            }
        }
        for (place, pod) in plan.hostPorts {
            guard let error = refused[place] else { continue }
            notes.append(
                .init(
                    subject: .pod(pod), reason: "HostPortFailed",
                    message:
                        "cannot listen on \(place) for the pod's hostPort: \(error); stop what listens there"
                        + " or choose another port"))
        }
        for note in state.news(among: notes) {
            let object: Value? =
                switch note.subject {
                case .service(let key): caches.services[key]?.value
                case .pod(let key): caches.pods[key]?.value
                }
            guard let object else { continue }
            recorder.note(.warning, note.reason, note.message, regarding: .init(object))
        }
    }
}

extension TrafficCaches {
    /// Everything there is at this moment.
    func view() -> GatewayView {
        var view = GatewayView()
        view.classes = classes.objects.compactMap(\.value)
        view.gateways = gateways.objects.compactMap(\.value)
        view.routes = routes.objects.compactMap(\.value)
        view.grants = grants.objects.compactMap(\.value)
        view.namespaces = namespaces.objects.compactMap(\.value)
        var byNamespace: [String: [PodEndpoint]] = [:]
        for pod in pods.objects.compactMap({ $0.value.flatMap(PodEndpoint.init) }) {
            byNamespace[pod.namespace, default: []].append(pod)
            if !pod.hostPorts.isEmpty { view.hostPortPods.append(pod) }
        }
        view.hostPortPods.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        for namespace in byNamespace.keys { byNamespace[namespace]?.sort { $0.name < $1.name } }
        for service in services.objects.compactMap({ $0.value.map(ServiceState.init) }) {
            view.services[service.key] = service
            if service.selector != nil {
                view.pods[service.key] = (byNamespace[service.key.namespace] ?? []).filter(service.selects)
            } else {
                view.external[service.key] = externalEndpoints(of: service.key)
            }
        }
        return view
    }

    private func externalEndpoints(of service: ObjectKey) -> [ExternalEndpoint] {
        slices.objects(index: "label:\(EndpointSlices.serviceLabel)", value: service.name)
            .filter { $0.key.namespace == service.namespace }.sorted { $0.key < $1.key }
            .compactMap(\.value).flatMap(ExternalEndpoint.all)
    }
}
