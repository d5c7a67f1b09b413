import KubeClient
public import KubeModel
import Manifest
import Synchronization

/// The logs of the pods that a ``LocalCluster`` runs, for the API server that `kubectl logs` asks.
///
/// It is made before both: the server is given it as `podLogs`, then the cluster, which answers as long as it runs.
public final class NodeLogs: PodLogs {
    private let engine = Mutex<(any ContainerEngine)?>(nil)

    /// Logs that come from nowhere until a node is attached.
    public init() {}

    func attach(_ engine: (any ContainerEngine)?) { self.engine.withLock { $0 = engine } }

    /// The log of a container of this node, as `kubectl logs` asks for it.
    public func log(_ request: PodLogRequest) throws(APIError) -> APIResponse {
        guard let engine = engine.withLock({ $0 }) else {
            throw .internalError(
                "the node of pod \(request.pod.metadata.name) is not running: start it with `slipway cluster up`"
            )
        }
        let options = try Self.options(request.query)
        let attempt = try Self.attempt(request)
        let id = ContainerID(pod: request.pod.metadata.uid, name: request.container, attempt: attempt)
        let stream = ContainerLogStream(
            engine: engine, id: id, mustHaveEnded: request.query.flag("previous"), options: options)
        return APIResponse(
            status: 200, headers: ["Content-Type": "text/plain"], body: .stream(stream))
    }

    /// Which run of the container is meant, as far as the pod's status knows of it.
    private static func attempt(_ request: PodLogRequest) throws(APIError) -> Int {
        let (pod, name) = (request.pod, request.container)
        let status = pod["status"] ?? .emptyObject
        let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]
        let told = lists.lazy.flatMap { status.list($0) }.first { $0.text("name") == name }
        guard let told else {
            throw .badRequest(
                "container \"\(name)\" in pod \"\(pod.metadata.name)\" is not available")
        }
        let state = told["state"] ?? .emptyObject
        let last = told["lastState", "terminated", "containerID"]?.stringValue
        if request.query.flag("previous") {
            guard let last else {
                throw .badRequest(
                    "previous terminated container \"\(name)\" in pod \"\(pod.metadata.name)\" not found")
            }
            return number(in: last)
        }
        if state.present("running") != nil { return number(in: told.text("containerID")) }
        if let id = state["terminated", "containerID"]?.stringValue { return number(in: id) }
        // One that waits for its next run still has the log of the one before.
        if let last { return number(in: last) }
        let reason = state["waiting", "reason"]?.stringValue ?? "ContainerCreating"
        let text =
            switch reason {
            case "ErrImagePull": "image can't be pulled"
            case "ImagePullBackOff": "trying and failing to pull image"
            default: reason
            }
        throw .badRequest(
            "container \"\(name)\" in pod \"\(pod.metadata.name)\" is waiting to start: \(text)")
    }

    /// The last part of `runc://uid.name.attempt`.
    private static func number(in id: String) -> Int {
        id.split(separator: ".").last.flatMap { Int($0) } ?? 0
    }

    private static func options(_ query: [APIRequest.Parameter]) throws(APIError) -> ContainerLogOptions {
        var options = ContainerLogOptions()
        options.follow = query.flag("follow")
        options.timestamps = query.flag("timestamps")
        options.tailLines = try number("tailLines", query, least: 0)
        options.limitBytes = try number("limitBytes", query, least: 1)
        let seconds = try number("sinceSeconds", query, least: 1)
        let moment = query.text("sinceTime")
        if seconds != nil, !moment.isEmpty {
            throw .badRequest("at most one of `sinceTime` or `sinceSeconds` may be specified")
        }
        if let seconds { options.since = PodSandboxes.systemTime().advanced(by: .seconds(-seconds)) }
        if !moment.isEmpty {
            guard let since = Timestamp(rfc3339: moment) else {
                throw .badRequest("sinceTime \"\(moment)\" is no time: use RFC 3339, as 2026-01-31T08:05:00Z")
            }
            options.since = since
        }
        let stream = query.text("stream")
        if !["", "All"].contains(stream) {
            throw .badRequest("stream \(stream) is not kept apart on this node: ask for All")
        }
        return options
    }

    private static func number(
        _ name: String, _ query: [APIRequest.Parameter], least: Int
    ) throws(APIError) -> Int? {
        let text = query.text(name)
        if text.isEmpty { return nil }
        guard let number = Int(text), number >= least else {
            throw .badRequest("\(name): Invalid value: \(text): must be greater than or equal to \(least)")
        }
        return number
    }
}

extension [APIRequest.Parameter] {
    fileprivate func text(_ name: String) -> String { first { $0.name == name }?.value ?? "" }

    fileprivate func flag(_ name: String) -> Bool {
        contains { $0.name == name && ["", "1", "t", "true", "TRUE", "True"].contains($0.value) }
    }
}

/// The output of a container, read as fast as it is taken.
private struct ContainerLogStream: AsyncSequence, Sendable {
    let engine: any ContainerEngine
    let id: ContainerID
    let mustHaveEnded: Bool
    let options: ContainerLogOptions

    /// How many runs a status may be behind.
    private static let reach = 8

    struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ContainerLogStream
        var pieces: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator?
        var isBegun = false

        mutating func next() async throws -> [UInt8]? {
            if !isBegun {
                isBegun = true
                pieces = await stream.open()?.makeAsyncIterator()
            }
            return try await pieces?.next(isolation: nil)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

    /// The log of the run that is meant; nil where there is none, since a run that never was has said nothing.
    ///
    /// A status is written a moment after what it tells, and a container that crashes at once may have forgotten the
    /// run it names by then: meant is the one that took its place.
    private func open() async -> AsyncThrowingStream<[UInt8], any Error>? {
        for attempt in id.attempt..<(id.attempt + Self.reach) {
            let run = ContainerID(pod: id.pod, name: id.name, attempt: attempt)
            guard let state = await engine.state(of: run) else { continue }
            if mustHaveEnded { guard case .exited = state else { return nil } }
            if let log = try? await engine.logs(run, options: options) { return log }
        }
        return nil
    }
}
