import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Writes the status of one pod, always the newest, and lets its object go at the end.
final class PodStatusReporter: Sendable {
    private struct State {
        var wanted: Value?
        var written: Value?
        var isReleased = false
        var annotations: Value?
    }

    private enum Step {
        case write(Value, before: Value?)
        case annotate(Value)
        case release
    }

    private let client: KubeClient
    private let key: ObjectKey
    private let uid: String
    private let logger: Logger
    private let state: Mutex<State>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(_ client: KubeClient, pod: Value, logger: Logger) {
        self.client = client
        key = ObjectKey(pod)
        uid = pod.metadata.uid
        self.logger = logger
        state = Mutex(State(written: pod["status"]))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has a status written, unless a newer one comes before.
    func report(_ status: Value) {
        let isNew = state.withLock { state in
            if (state.wanted ?? state.written) == status { return false }
            state.wanted = status
            return true
        }
        if isNew { signal.yield() }
    }

    /// Has annotations set on the pod.
    func annotate(_ annotations: Value) {
        state.withLock { state in
            // What waits to be written is not lost for what comes after it.
            var all = state.annotations ?? .emptyObject
            for pair in annotations.objectValue ?? [:] { all[pair.key] = pair.value }
            state.annotations = all
        }
        signal.yield()
    }

    /// Has the object deleted once its last status is written.
    func release() {
        state.withLock { $0.isReleased = true }
        signal.yield()
    }

    /// Nothing more comes; ``run(whenGone:)`` returns when what has come is written.
    func finish() { signal.finish() }

    /// Writes until ``finish()`` or until the task is cancelled.
    ///
    /// - Parameter whenGone: called when there turns out to be no such object any more.
    func run(whenGone: @Sendable () -> Void) async {
        for await _ in signals {
            var failures = 0
            while let step = next() {
                do {
                    try await perform(step)
                    failures = 0
                } catch let error as APIError where error.isNotFound || error.isConflict {
                    state.withLock { $0.wanted = nil }
                    whenGone()
                    break
                } catch let error as APIError where error.code < 500 && error.code != 429 {
                    logger.error("pod status refused", metadata: ["pod": "\(key)", "error": "\(error)"])
                    state.withLock { $0.wanted = nil }
                } catch {
                    failures += 1
                    let delay = Backoff.request.delay(failures: failures, random: 0.5)
                    guard (try? await client.timeline.sleep(for: delay)) != nil else { return }
                }
            }
        }
    }

    private func next() -> Step? {
        state.withLock { state in
            if let annotations = state.annotations { return .annotate(annotations) }
            if let wanted = state.wanted { return .write(wanted, before: state.written) }
            return state.isReleased ? .release : nil
        }
    }

    private func perform(_ step: Step) async throws {
        var options = WriteOptions()
        options.fieldManager = "kubelet"
        switch step {
        case .write(let status, let before):
            let fields = StatusPatch.fields(from: before, to: status)
            try await client.patch(
                .pods, key.name, namespace: key.namespace,
                .strategicMerge(["metadata": ["uid": .string(uid)], "status": fields]), subresource: "status",
                options: options)
            state.withLock { state in
                state.written = status
                if state.wanted == status { state.wanted = nil }
            }
        case .annotate(let annotations):
            try await client.patch(
                .pods, key.name, namespace: key.namespace,
                .merge(["metadata": ["uid": .string(uid), "annotations": annotations]]), options: options)
            // Those that have come meanwhile are for the next round.
            state.withLock { if $0.annotations == annotations { $0.annotations = nil } }
        case .release:
            var options = DeleteOptions()
            options.gracePeriodSeconds = 0
            options.uid = uid
            try await client.delete(.pods, key.name, namespace: key.namespace, options: options)
            state.withLock { $0.isReleased = false }
        }
    }
}

/// The change of a pod's status as a strategic merge patch: conditions of others stay, fields that went are removed.
enum StatusPatch {
    static func fields(from before: Value?, to status: Value) -> Value {
        var fields = status
        let before = before ?? .emptyObject
        for field in ["reason", "message", "podIP", "podIPs", "initContainerStatuses"]
        where status[field] == nil && before.present(field) != nil {
            fields[field] = .null
        }
        if case .array(let addresses)? = status["podIPs"], before["podIPs"] != status["podIPs"] {
            fields["podIPs"] = .array([["$patch": "replace"]] + addresses)
        }
        fields["conditions"] = .array(
            status.list("conditions").map { condition in
                var condition = condition
                for field in ["reason", "message"] where condition[field] == nil { condition[field] = .null }
                return condition
            })
        return fields
    }
}
