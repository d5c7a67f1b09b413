import KubeModel
import Manifest

extension PodMachine {
    /// What the machine has beside the pod's own state, as its status tells it.
    struct Place: Sendable, Hashable {
        /// The address of the node.
        var hostAddress: String
        /// The runtime that containers are named after until the pod has one of its own.
        var runtime: String
    }

    /// The pod's status.
    ///
    /// - Parameter before: the status that was told last, from which times of transitions are kept.
    func status(since before: Value?, on place: Place) -> Value {
        var status: Value = ["phase": .string(phase(before: before))]
        status["conditions"] = .array(conditions(before: before))
        if isPastDeadline {
            status["reason"] = "DeadlineExceeded"
            status["message"] = "Pod was active on the node longer than the specified deadline"
        }
        status["hostIP"] = .string(place.hostAddress)
        status["hostIPs"] = [["ip": .string(place.hostAddress)]]
        if let network {
            status["podIP"] = .string(network.address)
            status["podIPs"] = [["ip": .string(network.address)]]
        }
        if let startedAt { status["startTime"] = .string(startedAt.rfc3339) }
        let runtime = network?.runtime ?? place.runtime
        func statuses(_ roles: Set<ContainerPlan.Role>) -> Value {
            .array(
                plan.containers.filter { roles.contains($0.role) }.map {
                    containerStatus($0, runtime: runtime)
                })
        }
        let initial = statuses([.initial, .sidecar])
        if initial.arrayValue?.isEmpty == false { status["initContainerStatuses"] = initial }
        status["containerStatuses"] = statuses([.regular])
        let ephemeral = statuses([.ephemeral])
        if ephemeral.arrayValue?.isEmpty == false { status["ephemeralContainerStatuses"] = ephemeral }
        return status
    }

    /// Whether nothing of the pod will run any more.
    var isTerminal: Bool {
        guard !containers.values.contains(where: { $0.isAlive }) else { return false }
        if isFinished { return true }
        guard let cause = ending?.cause else { return false }
        // One that is shut down and would go on does so the next time.
        return cause != .shutdown
    }

    /// As upstream's `getPhase`, with a phase that is final only once nothing runs any more.
    private func phase(before: Value?) -> String {
        let told = before?["phase"]?.stringValue ?? ""
        if told == "Succeeded" || told == "Failed" { return told }
        if isPastDeadline { return isTerminal ? "Failed" : "Running" }
        let regular = plan.containers(.regular).map { self[$0.name] }
        if isTerminal {
            let initFailed = plan.containers(.initial).contains { self[$0.name].end?.isSuccess == false }
            let ends = regular.map(\.latestEnd)
            if initFailed || ends.contains(where: { $0.map { !$0.isSuccess } ?? false }) { return "Failed" }
            if ends.allSatisfy({ $0 != nil }) { return "Succeeded" }
            return "Failed"
        }
        guard isInitialized else { return "Pending" }
        let isWaiting = regular.contains { record in
            switch record.stage {
            case .idle, .fetching, .held, .starting: record.latestEnd == nil
            case .running, .ended: false
            }
        }
        return isWaiting ? "Pending" : "Running"
    }

    // MARK: Conditions

    private func conditions(before: Value?) -> [Value] {
        let regular = plan.containers.filter { $0.role == .regular || $0.role == .sidecar }
        let unready = regular.filter { !self[$0.name].isReady }.map(\.name)
        let isComplete = isTerminal && isFinished && !isPastDeadline
        let hasNetwork = sandbox == .ready
        var conditions = [
            condition("PodReadyToStartContainers", hasNetwork, before),
            initialized(before),
        ]
        let isReady = unready.isEmpty && !isTerminal
        let reason = isComplete ? "PodCompleted" : "ContainersNotReady"
        let message =
            isComplete ? "" : "containers with unready status: [\(unready.joined(separator: " "))]"
        conditions.append(condition("ContainersReady", isReady, before, reason: reason, message: message))
        let closed = plan.readinessGates.filter { plan.gates[$0] != "True" }
        if isReady, !closed.isEmpty {
            let texts = closed.map { gate in
                plan.gates[gate].map {
                    "the status of pod readiness gate \"\(gate)\" is not \"True\", but \($0)"
                }
                    ?? "corresponding condition of pod readiness gate \"\(gate)\" does not exist."
            }
            conditions.append(
                condition(
                    "Ready", false, before, reason: "ReadinessGatesNotReady",
                    message: texts.joined(separator: ", ")))
        } else {
            conditions.append(condition("Ready", isReady, before, reason: reason, message: message))
        }
        conditions.append(condition("PodScheduled", true, before))
        return conditions
    }

    private func initialized(_ before: Value?) -> Value {
        if isFinished, !isInitialized, isTerminal {
            return condition("Initialized", false, before, reason: "PodFailed", message: "")
        }
        let initial = plan.containers.filter { $0.role == .initial || $0.role == .sidecar }
        let incomplete = initial.filter { container in
            let record = self[container.name]
            return container.role == .sidecar ? !record.isUp : record.end?.isSuccess != true
        }.map(\.name)
        return condition(
            "Initialized", isInitialized || incomplete.isEmpty, before, reason: "ContainersNotInitialized",
            message: "containers with incomplete status: [\(incomplete.joined(separator: " "))]")
    }

    /// A condition; its time is that of the last change, its reason is told where it is not true.
    private func condition(
        _ type: String, _ isTrue: Bool, _ before: Value?, reason: String = "", message: String = ""
    ) -> Value {
        let status = isTrue ? "True" : "False"
        let old = (before ?? .emptyObject).list("conditions").first { $0["type"]?.stringValue == type }
        var condition: Value = ["type": .string(type), "status": .string(status), "lastProbeTime": .null]
        let isSame = old?["status"]?.stringValue == status
        condition["lastTransitionTime"] =
            isSame ? old?["lastTransitionTime"] ?? .string(now.date.rfc3339) : .string(now.date.rfc3339)
        if !isTrue, !reason.isEmpty { condition["reason"] = .string(reason) }
        if !isTrue, !message.isEmpty { condition["message"] = .string(message) }
        return condition
    }

    // MARK: Containers

    private func containerStatus(_ container: ContainerPlan, runtime: String) -> Value {
        let record = self[container.name]
        let isRunning = record.isAlive && record.stage != .starting
        var status: Value = [
            "name": .string(container.name), "state": state(of: container, record, runtime: runtime),
            "lastState": lastState(of: container, record, runtime: runtime),
            "ready": .bool(
                isRunning
                    ? record.isReady : container.role == .initial && record.end?.isSuccess == true),
            "restartCount": .integer(Int64(record.attempt)),
            "image": .string(record.image?.name ?? container.image),
            "imageID": .string(record.image?.id ?? ""),
            "started": .bool(isRunning && record.isStarted),
        ]
        if record.runs > 0 {
            status["containerID"] = .string(
                identifier(of: container.name, attempt: record.attempt, runtime: runtime))
        }
        return status
    }

    private func identifier(of name: String, attempt: Int, runtime: String) -> String {
        let id = ContainerID(pod: plan.uid, name: name, attempt: attempt)
        return "\(runtime)://\(id.description)"
    }

    private func state(of container: ContainerPlan, _ record: ContainerRecord, runtime: String) -> Value {
        switch record.stage {
        case .running(let since): return ["running": ["startedAt": .string(since.rfc3339)]]
        case .ended(let end):
            return ["terminated": terminated(end, container.name, record.attempt, runtime)]
        case .held(let reason, let message, _):
            // A pod that has come to its end says how, not what it waited for.
            if isTerminal, let end = record.lastEnd {
                return ["terminated": terminated(end, container.name, record.attempt, runtime)]
            }
            return ["waiting": ["reason": .string(reason), "message": .string(message)]]
        case .idle, .fetching, .starting:
            let waitsForOthers = !isInitialized && container.role != .ephemeral && record.stage == .idle
            let hasInitial = plan.containers.contains { $0.role == .initial || $0.role == .sidecar }
            let reason = waitsForOthers && hasInitial ? "PodInitializing" : "ContainerCreating"
            return ["waiting": ["reason": .string(reason)]]
        }
    }

    private func lastState(
        of container: ContainerPlan, _ record: ContainerRecord, runtime: String
    ) -> Value {
        if record.end == nil, isTerminal { return .emptyObject }
        guard let end = record.lastEnd else { return .emptyObject }
        let attempt = record.isAlive || record.end != nil ? record.attempt - 1 : record.attempt
        return ["terminated": terminated(end, container.name, max(0, attempt), runtime)]
    }

    private func terminated(
        _ end: ContainerEnd, _ name: String, _ attempt: Int, _ runtime: String
    ) -> Value {
        var state: Value = [
            "exitCode": .integer(Int64(end.code)), "reason": .string(end.reason),
            "startedAt": end.startedAt.map { .string($0.rfc3339) } ?? .null,
            "finishedAt": .string(end.finishedAt.rfc3339),
            "containerID": .string(identifier(of: name, attempt: attempt, runtime: runtime)),
        ]
        if !end.message.isEmpty { state["message"] = .string(end.message) }
        return state
    }
}
