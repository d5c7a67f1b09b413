import KubeModel
import Manifest

/// What `kubectl get pods` says of a pod, drawn from the states of its containers.
struct PodSummary {
    /// One word for what the pod is doing or why it does not.
    private(set) var reason: String
    private(set) var readyContainers = 0
    private(set) var totalContainers: Int
    private(set) var restarts: Int64 = 0
    private(set) var lastRestart: Timestamp?

    init(_ pod: Value) {
        reason = pod.text("status", "reason", absent: pod.text("status", "phase"))
        let gated = pod.items("status", "conditions").contains {
            $0.text("type") == "PodScheduled" && $0.text("reason") == "SchedulingGated"
        }
        if gated { reason = "SchedulingGated" }

        let initContainers = pod.items("spec", "initContainers")
        let sidecars = Set(
            initContainers.filter { $0.text("restartPolicy") == "Always" }.map { $0.text("name") })
        totalContainers = pod.items("spec", "containers").count + sidecars.count

        let isInitializing = readInitContainers(pod, sidecars: sidecars, count: initContainers.count)
        if !isInitializing || pod.condition("Initialized") == "True" {
            readContainers(pod, sidecars: sidecars)
        }
        if pod.metadata.isDeleting {
            if pod.text("status", "reason") == "NodeLost" {
                reason = "Unknown"
            } else if !["Succeeded", "Failed"].contains(pod.text("status", "phase")) {
                reason = "Terminating"
            }
        }
    }

    /// The number of restarts, with the time since the last one where it is known.
    func restartText(now: Timestamp) -> String {
        guard restarts != 0, let lastRestart else { return "\(restarts)" }
        return "\(restarts) (\(Age.text(since: lastRestart, now: now)) ago)"
    }

    /// Walks the init containers up to the first that is not done; answers whether there is one.
    private mutating func readInitContainers(_ pod: Value, sidecars: Set<String>, count: Int) -> Bool {
        for (place, status) in pod.items("status", "initContainerStatuses").enumerated() {
            addRestarts(of: status)
            let terminated = status["state"]?["terminated"]
            if let terminated, terminated.number("exitCode") == 0 { continue }
            if sidecars.contains(status.text("name")), status.flag("started") {
                if status.flag("ready") { readyContainers += 1 }
                continue
            }
            if let terminated {
                reason = "Init:" + Self.end(terminated)
            } else {
                let waiting = status.text("state", "waiting", "reason")
                let isTelling = !waiting.isEmpty && waiting != "PodInitializing"
                reason = isTelling ? "Init:\(waiting)" : "Init:\(place)/\(count)"
            }
            return true
        }
        return false
    }

    /// Reads the containers from the last to the first, so that the first one's trouble is shown.
    private mutating func readContainers(_ pod: Value, sidecars: Set<String>) {
        restarts = 0
        lastRestart = nil
        for status in pod.items("status", "initContainerStatuses")
        where sidecars.contains(status.text("name")) {
            addRestarts(of: status)
        }
        var hasRunning = false
        for status in pod.items("status", "containerStatuses").reversed() {
            addRestarts(of: status)
            let waiting = status.text("state", "waiting", "reason")
            if !waiting.isEmpty {
                reason = waiting
            } else if let terminated = status["state"]?["terminated"] {
                reason = Self.end(terminated)
            } else if status.flag("ready"), status["state"]?["running"] != nil {
                hasRunning = true
                readyContainers += 1
            }
        }
        if reason == "Completed", hasRunning {
            reason = pod.condition("Ready") == "True" ? "Running" : "NotReady"
        }
    }

    private mutating func addRestarts(of status: Value) {
        restarts += status.number("restartCount")
        if let finished = status.moment("lastState", "terminated", "finishedAt") {
            lastRestart = max(lastRestart ?? finished, finished)
        }
    }

    /// Why a container ended: the runtime's word, else its signal or exit code.
    private static func end(_ terminated: Value) -> String {
        let reason = terminated.text("reason")
        if !reason.isEmpty { return reason }
        let signal = terminated.number("signal")
        return signal != 0 ? "Signal:\(signal)" : "ExitCode:\(terminated.number("exitCode"))"
    }
}
