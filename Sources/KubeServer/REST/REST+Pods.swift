import KubeModel
import Manifest

extension REST {
    private static let pods = GroupResource(resource: "pods")

    // MARK: Eviction

    /// Deletes a pod unless a disruption budget forbids it.
    func evict(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let eviction = try BodyReader.read(context.request, expecting: "Eviction").object
        if !eviction.metadata.name.isEmpty { try checkEviction(eviction, context) }
        let options = try WriteOptions(context.query, kind: "CreateOptions")
        var deletion = DeleteOptions()
        deletion.gracePeriodSeconds = eviction["deleteOptions", "gracePeriodSeconds"]?.integerValue
        deletion.uid = eviction["deleteOptions", "preconditions", "uid"]?.stringValue
        deletion.resourceVersion = eviction["deleteOptions", "preconditions", "resourceVersion"]?.stringValue
        deletion.isDryRun = options.isDryRun
        let pod = try context.renderer.value(try stored(context))
        if Self.countsForBudgets(pod) { try await takeFromBudget(pod, context, isDryRun: options.isDryRun) }
        _ = try await delete(context, name: context.target.name, deletion)
        return response(
            APIStatus(.success, code: 201, reason: .unknown, message: "", details: nil).value, context,
            status: 201)
    }

    private func checkEviction(_ eviction: Value, _ context: RequestContext) throws(APIError) {
        guard eviction.metadata.name == context.target.name else {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
    }

    /// Pods that have ended, or do not run yet, are no loss.
    private static func countsForBudgets(_ pod: Value) -> Bool {
        let phase = pod["status", "phase"]?.stringValue
        return phase == "Running" && !pod.metadata.isDeleting
    }

    /// Notes the disruption in the one budget that covers the pod.
    private func takeFromBudget(_ pod: Value, _ context: RequestContext, isDryRun: Bool)
        async throws(APIError)
    {
        let resource = GroupResource(group: "policy", resource: "poddisruptionbudgets")
        let covering = store.values(of: resource, namespace: context.target.namespace).filter { budget in
            guard let selector = budget["spec", "selector"],
                let labels = try? LabelSelector(field: selector)
            else { return false }
            return labels.matches(pod.metadata.labels)
        }
        guard let budget = covering.first else { return }
        guard covering.count == 1 else {
            throw .plain(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            )
        }
        let name = budget.metadata.name
        let key = ObjectKey(
            resource: resource.description, namespace: context.target.namespace, name: name)
        let now = clock.now()
        let pod = pod.metadata.name
        _ = try await write(key) { stored in
            guard let stored, var budget = stored.value else { return (.none, ()) }
            let allowed = budget["status", "disruptionsAllowed"]?.integerValue ?? 0
            guard allowed > 0 else { throw Self.refusal(budget) }
            budget["status", "disruptionsAllowed"] = .integer(allowed - 1)
            budget.set(.string(now.rfc3339), at: ["status", "disruptedPods", pod])
            return (isDryRun ? .none : .put(try ObjectCoding.draft(budget)), ())
        }
    }

    private static func refusal(_ budget: Value) -> APIError {
        var error = APIError.tooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: 0)
        let status = budget["status"] ?? .emptyObject
        let desired = status["desiredHealthy"]?.integerValue ?? 0
        let current = status["currentHealthy"]?.integerValue ?? 0
        error.status.details = APIStatus.Details(causes: [
            APIStatus.Cause(
                reason: "DisruptionBudget",
                message:
                    "The disruption budget \(budget.metadata.name) needs \(desired) healthy pods and has "
                    + "\(current) currently")
        ])
        return error
    }

    // MARK: Binding

    /// Puts a pod on a node.
    func bind(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let binding = try BodyReader.read(context.request, expecting: "Binding").object
        let options = try WriteOptions(context.query, kind: "CreateOptions")
        let node = binding["target", "name"]?.stringValue ?? ""
        let now = clock.now()
        guard !node.isEmpty else {
            throw .invalid(
                GroupKind(group: "", kind: "Binding"), name: context.target.name,
                errors: [.required(FieldPath("target", "name"))])
        }
        _ = try await write(context.key()) { stored in
            guard let stored else { throw context.notFound }
            var pod = try context.renderer.value(stored)
            if pod.metadata.isDeleting {
                throw APIError.conflict(
                    Self.pods, name: pod.metadata.name,
                    "pod \(pod.metadata.name) is being deleted, cannot be assigned to a host")
            }
            if let present = pod["spec", "nodeName"]?.stringValue, !present.isEmpty {
                throw APIError.conflict(
                    Self.pods, name: pod.metadata.name,
                    "pod \(pod.metadata.name) is already assigned to node \(GoFormat.quoted(present))")
            }
            pod["spec", "nodeName"] = .string(node)
            Self.markScheduled(&pod, at: now)
            return (options.isDryRun ? .none : .put(try ObjectCoding.draft(pod)), ())
        }
        return response(
            APIStatus(.success, code: 201, reason: .unknown, message: "", details: nil).value, context,
            status: 201)
    }

    private static func markScheduled(_ pod: inout Value, at now: Timestamp) {
        var conditions = pod["status", "conditions"]?.arrayValue ?? []
        conditions.removeAll { $0["type"]?.stringValue == "PodScheduled" }
        conditions.append([
            "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
            "lastTransitionTime": .string(now.rfc3339),
        ])
        pod["status", "conditions"] = .array(conditions)
    }

    // MARK: Logs

    /// The output of a container, from whoever runs the pods.
    func log(_ context: RequestContext) throws(APIError) -> APIResponse {
        let pod = try context.renderer.value(try stored(context))
        let name = pod.metadata.name
        let containers = ["containers", "initContainers", "ephemeralContainers"].flatMap { list in
            pod["spec"]?[list]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        }
        var container = context.query.text("container")
        if container.isEmpty {
            guard containers.count == 1 else {
                throw .badRequest(
                    "a container name must be specified for pod \(name), choose one of: [\(containers.joined(separator: " "))]"
                )
            }
            container = containers[0]
        } else if !containers.contains(container) {
            throw .badRequest("container \(container) is not valid for pod \(name)")
        }
        guard let node = pod["spec", "nodeName"]?.stringValue, !node.isEmpty else {
            // A pod that runs nowhere has said nothing yet.
            return APIResponse(status: 200, headers: ["Content-Type": "text/plain"])
        }
        guard let logs else {
            throw .internalError("no node of this server can be asked for the logs of pod \(name) on \(node)")
        }
        return try logs.log(
            PodLogRequest(pod: pod, container: container, query: context.request.query))
    }
}
