import Foundation
import KubeClient
import KubeModel
import Manifest

/// A cell on the API: makes the run's Pod and its Secrets, adds containers to it, reads their logs.
struct PodCell: Sendable {
    let client: KubeClient
    let run: RunContext
    let manifest: CellManifest
    let feed: PodFeed
    let owner: OwnerReference?

    private var namespace: String { run.namespace }

    /// Makes the Secret with passwords and the run's secrets, where there are any, then the Pod; both may be there
    /// already.
    func create(secrets: [String: [UInt8]]) async throws {
        if !secrets.isEmpty { try await apply(secret: run.cellName, secrets) }
        do {
            let pod = try await client.create(.pods, manifest.pod(owner: owner), namespace: namespace)
            feed.update(pod)
        } catch let error as APIError where error.reason == .alreadyExists {
            feed.update(try await client.get(.pods, run.cellName, namespace: namespace))
        }
    }

    /// Returns when a node has taken the pod, or it has ended.
    func waitForNode() async throws {
        _ = try await feed.wait { pod -> Bool? in
            pod["spec", "nodeName"]?.stringValue != nil || pod["status", "phase"]?.stringValue == "Failed"
                ? true : nil
        }
    }

    /// Returns when the pod's own container runs.
    ///
    /// - Throws: ``PipelineError`` `cellFailed` where it does not start.
    func waitUntilRunning() async throws {
        _ = try await feed.wait { pod -> Bool? in
            if pod["status", "phase"]?.stringValue == "Failed" { return true }
            return ContainerCondition(pod, list: "containerStatuses", name: "cell").flatMap { cell in
                cell.isRunning || cell.exitCode != nil || cell.startFailure != nil ? true : nil
            }
        }
        guard let pod = feed.pod, let cell = ContainerCondition(pod, list: "containerStatuses", name: "cell"),
            cell.isRunning
        else { throw PipelineError(.cellFailed, "the cell did not start: \(reason())") }
    }

    private func reason() -> String {
        guard let pod = feed.pod else { return "its pod is gone" }
        let cell = ContainerCondition(pod, list: "containerStatuses", name: "cell")
        return cell?.startFailure ?? pod["status", "message"]?.stringValue ?? pod["status", "reason"]?
            .stringValue
            ?? cell?.message ?? "no reason given"
    }

    /// Writes the variables with passwords in them, whose ports are known once the pod has its network.
    func provide(passwords: [String: String]) async throws {
        let ports = AssignedPortNumbers(feed.pod ?? .emptyObject)
        var data: [String: [UInt8]] = [:]
        for service in run.file.services where run.plan.services.contains(service.name) {
            let steps = run.plan.steps.filter { $0.services.contains(service.name) }.map(\.id)
            for (provide, step) in service.provides.flatMap({ provide in steps.map { (provide, $0) } }) {
                let text = CellManifest.expand(
                    provide.text, service, ports, passwords[service.name] ?? "", for: step)
                data[CellManifest.providesKey(service, provide.name, step)] = Array(text.utf8)
            }
        }
        guard !data.isEmpty else { return }
        try await apply(secret: "\(run.cellName)-provides", data)
    }

    private func apply(secret name: String, _ data: [String: [UInt8]]) async throws {
        var secret: Value = ["apiVersion": "v1", "kind": "Secret", "type": "Opaque"]
        secret.metadata.name = name
        secret.metadata.namespace = namespace
        secret.metadata.labels = [CellManifest.runLabel: run.name]
        if let owner { secret.metadata.ownerReferences = [owner] }
        let pairs = data.sorted { $0.key < $1.key }.map {
            Object.Pair(key: $0.key, value: .string(Base64.encode($0.value)))
        }
        secret.set(.object(Object(pairs)), at: ["data"])
        try await client.apply(.secrets, secret, namespace: namespace, fieldManager: "slipway", force: true)
    }

    // MARK: - Services

    /// Returns when a service is ready.
    ///
    /// - Throws: ``StepFailure`` with R04 where it ends or is not ready in time.
    func waitForService(_ service: PipelineService, timeline: Timeline) async throws {
        let name = service.name
        let isReady: Bool? = try await timeline.withTimeout(service.readyTimeout) {
            try await feed.wait { pod -> Bool? in
                guard let status = ContainerCondition(pod, list: "initContainerStatuses", name: name) else {
                    return nil
                }
                if status.isReady { return true }
                return status.restarts > 0 || status.exitCode != nil || status.startFailure != nil
                    ? false : nil
            }
        }
        if isReady == true { return }
        let status = feed.pod.flatMap { ContainerCondition($0, list: "initContainerStatuses", name: name) }
        var message = "the service \(name) was not ready within \(DurationSyntax.write(service.readyTimeout))"
        if isReady == false {
            message = "the service \(name) ended before it was ready"
            if let failure = status?.startFailure {
                message = "the service \(name) did not start: \(failure)"
            }
        }
        let log = await lastLines(of: name, count: 50)
        if !log.isEmpty { message += "; its last lines:\n\(log)" }
        throw StepFailure(fault: StepFault(.serviceNotReady, message))
    }

    /// The end of what a container has written, of the one before its last restart where that is all there is.
    func lastLines(of container: String, count: Int) async -> String {
        for previous in [false, true] {
            var options = LogOptions()
            options.container = container
            options.tailLines = count
            options.previous = previous
            guard
                let chunks = try? await client.log(pod: run.cellName, namespace: namespace, options: options)
            else {
                continue
            }
            var bytes: [UInt8] = []
            do {
                for try await chunk in chunks { bytes += chunk }
            } catch {
                continue
            }
            if !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        }
        return ""
    }

    // MARK: - Steps

    /// Starts a container in the pod; one of the same name that is there already is taken as it is.
    func start(_ container: Value) async throws {
        let patch: Value = ["spec": ["ephemeralContainers": [container]]]
        let name = container["name"]?.stringValue
        let present = feed.pod?["spec", "ephemeralContainers"]?.arrayValue ?? []
        if present.contains(where: { $0["name"]?.stringValue == name }) { return }
        feed.update(
            try await client.patch(
                .pods, run.cellName, namespace: namespace, .strategicMerge(patch),
                subresource: "ephemeralcontainers"))
    }

    /// Returns when a container runs or has ended.
    ///
    /// - Throws: ``PipelineError`` `cellFailed` where it cannot start.
    func waitForStart(of name: String) async throws {
        let failure = try await feed.wait { pod -> String? in
            guard let status = ContainerCondition(pod, list: "ephemeralContainerStatuses", name: name) else {
                return Self.endOfPod(pod)
            }
            if status.isRunning { return "" }
            if status.exitCode != nil { return status.startFailure ?? "" }
            return status.startFailure
        }
        if !failure.isEmpty { throw PipelineError(.cellFailed, "the container did not start: \(failure)") }
    }

    /// Returns how a container ended.
    func waitForEnd(of name: String) async throws -> ContainerCondition {
        let ended = try await feed.wait { pod -> ContainerCondition?? in
            let status = ContainerCondition(pod, list: "ephemeralContainerStatuses", name: name)
            if let status, status.exitCode != nil { return .some(status) }
            return Self.endOfPod(pod) == nil ? nil : .some(nil)
        }
        guard let ended else {
            throw PipelineError(.cellFailed, "the pod of the run ended under the step: \(reason())")
        }
        return ended
    }

    private static func endOfPod(_ pod: Value) -> String? {
        let phase = pod["status", "phase"]?.stringValue
        guard phase == "Failed" || phase == "Succeeded" else { return nil }
        return "the pod has ended: \(pod["status", "reason"]?.stringValue ?? phase ?? "")"
    }

    /// Follows the log of a container to its end.
    func followLog(of name: String, _ body: @Sendable ([UInt8]) async -> Void) async throws {
        var options = LogOptions()
        options.container = name
        options.follows = true
        let chunks = try await client.log(pod: run.cellName, namespace: namespace, options: options)
        for try await chunk in chunks { await body(chunk) }
    }

    /// Ends everything in the cell.
    func delete() async {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 1
        _ = try? await client.delete(.pods, run.cellName, namespace: namespace, options: options)
        if run.plan.step(.image) != nil {
            _ = try? await client.deleteCollection(
                .pods, namespace: namespace, selection: Selection(labels: "\(ImageTrial.label)=\(run.name)"))
        }
        await withDiscardingTaskGroup { group in
            for name in [run.cellName, "\(run.cellName)-provides"] {
                group.addTask { _ = try? await client.delete(.secrets, name, namespace: namespace) }
            }
        }
    }
}

/// Carries a step's fault through functions that throw.
struct StepFailure: Error {
    var fault: StepFault
}
