import KubeClient
import KubeModel
import Manifest

/// Starts an image in a pod of its own, to show that it starts before anybody depends on it.
///
/// The pod sees neither the tree nor a secret nor a service of the run: what it shows is true of the image alone.
public struct ImageTrial: Sendable {
    let client: KubeClient
    let run: RunContext
    let owner: OwnerReference?
    let timeline: Timeline

    /// Names the run whose trial a pod is.
    static let label = "slipway.dev/trial-of"
    private static let container = "trial"
    /// How long a node may take to fetch the image and start it.
    private static let startLimit = Duration.seconds(300)
    /// Longer logs are cut.
    private static let logLimit = 256 << 10

    /// Runs a command in the image to its end.
    ///
    /// - Parameters:
    ///   - image: by digest.
    ///   - command: takes the place of the image's entrypoint.
    ///   - timeout: counted from the start of the container.
    /// - Throws: ``ImageFault`` where the image does not start or the command does not end with 0 in time;
    ///   ``PipelineError`` where no node can run it.
    public func run(
        _ image: String, command: [String], timeout: Duration, log: @escaping @Sendable (String) -> Void
    ) async throws {
        let made = try await client.create(
            .pods, pod(image, command: command, timeout: timeout), namespace: run.namespace)
        let name = made.metadata.name
        let feed = PodFeed()
        let cache = WatchCache(
            client, .pods, namespace: run.namespace, selection: Selection(fields: "metadata.name=\(name)"),
            mode: .full)
        let ended = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            group.addTask {
                for await event in cache.subscribe() {
                    if case .deleted = event { feed.update(nil) } else { feed.update(event.object.value) }
                }
            }
            defer { group.cancelAll() }
            return try await end(of: feed, image: image, timeout: timeout)
        }
        let text = await logText(of: name)
        if !text.isEmpty { log(text) }
        var options = DeleteOptions()
        options.gracePeriodSeconds = 0
        _ = try? await client.delete(.pods, name, namespace: run.namespace, options: options)
        guard let ended else {
            throw ImageFault(
                .timeout, "verify took longer than its timeout of \(DurationSyntax.write(timeout))")
        }
        if let failure = ended.startFailure {
            throw ImageFault(.imageTrial, "the image does not start with \(command.first ?? ""): \(failure)")
        }
        guard ended.exitCode == 0 else {
            let line = text.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            throw ImageFault(
                .imageTrial,
                "verify (\(command.joined(separator: " "))) ended with \(ended.exitCode ?? -1)\(line)")
        }
        log("verify (\(command.joined(separator: " "))) ended with 0")
    }

    /// How the container ended; nil where it takes too long.
    private func end(
        of feed: PodFeed, image: String, timeout: Duration
    ) async throws -> ContainerCondition? {
        let started = try await timeline.withTimeout(Self.startLimit) {
            try await feed.wait { pod -> ContainerCondition? in
                guard let status = ContainerCondition(pod, list: "containerStatuses", name: Self.container)
                else { return Self.endOfPod(pod) }
                let isDecided = status.isRunning || status.exitCode != nil || status.startFailure != nil
                return isDecided ? status : Self.endOfPod(pod)
            }
        }
        guard let started else {
            throw PipelineError(.cellFailed, "no node has started \(image) within \(Self.startLimit)")
        }
        let unfetched = [
            "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "NoNode",
        ]
        if unfetched.contains(started.reason) {
            throw PipelineError(
                .cellFailed, "the node cannot have \(image): \(started.reason): \(started.message)")
        }
        if started.exitCode != nil || started.startFailure != nil { return started }
        return try await timeline.withTimeout(timeout) {
            try await feed.wait { pod -> ContainerCondition? in
                let status = ContainerCondition(pod, list: "containerStatuses", name: Self.container)
                return status.flatMap { $0.exitCode == nil ? nil : $0 } ?? Self.endOfPod(pod)
            }
        }
    }

    /// What a pod that has ended without its container says.
    private static func endOfPod(_ pod: Value) -> ContainerCondition? {
        guard pod["status", "phase"]?.stringValue == "Failed" else { return nil }
        var condition = ContainerCondition()
        condition.exitCode = -1
        condition.reason = pod["status", "reason"]?.stringValue ?? "NoNode"
        condition.message = pod["status", "message"]?.stringValue ?? "the pod has failed"
        return condition
    }

    private func logText(of name: String) async -> String {
        var options = LogOptions()
        options.container = Self.container
        options.limitBytes = Self.logLimit
        var bytes: [UInt8] = []
        guard let chunks = try? await client.log(pod: name, namespace: run.namespace, options: options) else {
            return ""
        }
        do {
            for try await chunk in chunks where bytes.count < Self.logLimit { bytes += chunk }
        } catch {
            return String(decoding: bytes, as: UTF8.self)
        }
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func pod(_ image: String, command: [String], timeout: Duration) -> Value {
        let deadline = (timeout + Self.startLimit).components.seconds
        var pod: Value = [
            "apiVersion": "v1", "kind": "Pod",
            "spec": [
                "restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "enableServiceLinks": false,
                "automountServiceAccountToken": false, "activeDeadlineSeconds": .integer(deadline),
                "containers": [
                    [
                        "name": .string(Self.container), "image": .string(image),
                        "imagePullPolicy": "IfNotPresent",
                        "command": .array(command.map { .string(CellManifest.escaped($0)) }),
                        "securityContext": ["allowPrivilegeEscalation": false],
                    ]
                ],
            ],
        ]
        pod["metadata", "generateName"] = .string("\(run.name.prefix(50))-trial-")
        pod.metadata.namespace = run.namespace
        pod.metadata.labels = [Self.label: run.name]
        if let owner { pod.metadata.ownerReferences = [owner] }
        return pod
    }
}
