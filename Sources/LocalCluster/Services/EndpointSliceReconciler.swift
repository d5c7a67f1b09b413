import KubeClient
import KubeModel
import Manifest

/// Keeps the EndpointSlices and the Endpoints object of each service that selects pods.
struct EndpointSliceReconciler: Reconciler {
    let client: KubeClient
    let caches: TrafficCaches

    func sources() -> [KeySource<ObjectKey>] {
        let services = caches.services
        let pods = KeySource<ObjectKey>.events(of: caches.pods) { event in
            let states: [CachedObject]
            switch event {
            case .added(let pod), .deleted(let pod): states = [pod]
            case .modified(let old, let new):
                guard Self.summary(old) != Self.summary(new) else { return [] }
                states = [old, new]
            }
            let members = services.objects(index: "namespace", value: event.key.namespace)
            return members.filter { service in
                guard let value = service.value, let selector = ServiceState(value).selector else {
                    return false
                }
                return states.contains { pod in
                    pod.value.map { selector.matches($0.metadata.labels) } ?? false
                }
            }.map(\.key)
        }
        let slices = KeySource<ObjectKey>.events(of: caches.slices) { event in
            let metadata = event.object.value?.metadata
            guard metadata?.labels[EndpointSlices.managerLabel] == EndpointSlices.manager,
                let service = metadata?.labels[EndpointSlices.serviceLabel]
            else { return [] }
            return [ObjectKey(namespace: event.key.namespace, name: service)]
        }
        return [.objects(of: services), pods, slices, .objects(of: caches.endpoints)]
    }

    /// What of a pod endpoints show.
    private static func summary(_ pod: CachedObject) -> PodEndpoint? { pod.value.flatMap(PodEndpoint.init) }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let object = caches.services[key]?.value, !object.metadata.isDeleting else {
            try await removeEndpoints(key)
            return .done
        }
        let service = ServiceState(object)
        guard service.selector != nil, service.externalName == nil else { return .done }
        let pods = caches.pods.objects(index: "namespace", value: key.namespace)
            .compactMap { $0.value.flatMap(PodEndpoint.init) }
        let endpoints = ServiceEndpoints(service, pods: pods)
        try await writeSlices(EndpointSlices.slices(service, endpoints, owner: object), of: service)
        try await writeEndpoints(EndpointSlices.endpoints(service, endpoints), key)
        return .done
    }

    private func writeSlices(_ wanted: [Value], of service: ServiceState) async throws {
        let present = caches.slices.objects(
            index: "label:\(EndpointSlices.serviceLabel)", value: service.key.name
        ).compactMap(\.value).filter {
            $0.metadata.namespace == service.key.namespace
                && $0.metadata.labels[EndpointSlices.managerLabel] == EndpointSlices.manager
        }
        for slice in wanted {
            guard let old = present.first(where: { $0.metadata.name == slice.metadata.name }) else {
                try await create(slice, .endpointSlices)
                continue
            }
            if Self.differs(slice, from: old, in: ["endpoints", "ports"]) {
                try await replace(old, with: slice, fields: ["endpoints", "ports"], .endpointSlices)
            }
        }
        let names = Set(wanted.map(\.metadata.name))
        for slice in present where !names.contains(slice.metadata.name) {
            try await delete(slice, .endpointSlices)
        }
    }

    private func writeEndpoints(_ wanted: Value, _ key: ObjectKey) async throws {
        guard let old = caches.endpoints[key]?.value else { return try await create(wanted, .endpoints) }
        if Self.differs(wanted, from: old, in: ["subsets"]) {
            try await replace(old, with: wanted, fields: ["subsets"], .endpoints)
        }
    }

    /// Removes the Endpoints object of a service that is gone; slices go with their owner.
    private func removeEndpoints(_ key: ObjectKey) async throws {
        guard let old = caches.endpoints[key]?.value,
            old.metadata.labels[EndpointSlices.endpointsManagerLabel] == EndpointSlices.endpointsManager
        else { return }
        try await delete(old, .endpoints)
    }

    private static func differs(_ wanted: Value, from old: Value, in fields: [String]) -> Bool {
        fields.contains { (wanted[$0] ?? []) != (old[$0] ?? []) }
            || wanted.metadata.labels != old.metadata.labels
    }

    private func create(_ object: Value, _ resource: GroupVersionResource) async throws {
        do {
            try await client.create(resource, object, namespace: object.metadata.namespace)
        } catch let error as APIError where error.isAlreadyExists || error.isEndingNamespace {
            // The cache is behind; the object's event calls again.
            return
        }
    }

    private func replace(
        _ old: Value, with wanted: Value, fields: [String], _ resource: GroupVersionResource
    ) async throws {
        var change: Object = [
            "metadata": [
                "uid": .string(old.metadata.uid), "resourceVersion": .string(old.metadata.resourceVersion),
                "labels": MergeDifference.between(
                    old.metadata.labels.value, and: wanted.metadata.labels.value),
            ]
        ]
        for field in fields { change[field] = wanted[field] ?? .null }
        do {
            try await client.patch(
                resource, old.metadata.name, namespace: old.metadata.namespace, .merge(.object(change)))
        } catch let error as APIError where error.isNotFound {
            return
        }
    }

    private func delete(_ object: Value, _ resource: GroupVersionResource) async throws {
        var options = DeleteOptions()
        options.uid = object.metadata.uid
        do {
            try await client.delete(
                resource, object.metadata.name, namespace: object.metadata.namespace, options: options)
        } catch let error as APIError where error.isNotFound {
            return
        }
    }
}
