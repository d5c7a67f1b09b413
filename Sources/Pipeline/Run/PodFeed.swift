import KubeModel
import Manifest

/// The newest state of one pod.
struct PodFeed: Sendable {
    private struct State: Sendable {
        var pod: Value?
        var isGone = false
    }

    private let feed = Feed(State())

    /// Takes over a newer state; nil where the pod is gone. Older ones than the present change nothing.
    func update(_ pod: Value?) {
        feed.update { state in
            guard let pod else {
                state.isGone = state.pod != nil
                return
            }
            let versions = [state.pod, pod].map { $0.flatMap { Int($0.metadata.resourceVersion) } }
            if let old = versions[0], let new = versions[1], new < old { return }
            state.pod = pod
        }
    }

    var pod: Value? { feed.item.pod }

    /// Waits until a look at the pod gives an answer.
    ///
    /// - Throws: ``PipelineError`` `cellFailed` where the pod goes away first; `CancellationError`.
    func wait<Answer: Sendable>(for look: @escaping @Sendable (Value) -> Answer?) async throws -> Answer {
        try await feed.wait { state in
            if let pod = state.pod, let answer = look(pod) { return answer }
            if state.isGone { throw PipelineError(.cellFailed, "the pod of the run was deleted") }
            return nil
        }
    }
}

/// What the status of a pod says of one container.
struct ContainerCondition: Sendable, Hashable {
    var isRunning = false
    var isReady = false
    var restarts: Int64 = 0
    /// The exit code, once it has ended for good.
    var exitCode: Int64?
    /// `OOMKilled`, `Error`, `StartError`, …
    var reason = ""
    var message = ""

    init() {}

    /// - Parameter list: `containerStatuses`, `initContainerStatuses` or `ephemeralContainerStatuses`.
    init?(_ pod: Value, list: String, name: String) {
        guard let statuses = pod["status", list]?.arrayValue,
            let status = statuses.first(where: { $0["name"]?.stringValue == name })
        else { return nil }
        isRunning = status["state", "running"] != nil
        isReady = status["ready"]?.boolValue ?? false
        restarts = status["restartCount"]?.integerValue ?? 0
        let ended = status["state", "terminated"]
        exitCode = ended?["exitCode"]?.integerValue
        let waiting = status["state", "waiting"]
        reason = (ended ?? waiting)?["reason"]?.stringValue ?? ""
        message = (ended ?? waiting)?["message"]?.stringValue ?? ""
    }

    /// Why a container that waits will never start; nil where it may.
    var startFailure: String? {
        let hopeless = [
            "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "ErrImagePull",
            "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "StartError", "ContainerCannotRun",
        ]
        return hopeless.contains(reason) ? "\(reason): \(message)" : nil
    }
}
