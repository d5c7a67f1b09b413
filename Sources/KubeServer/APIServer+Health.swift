import KubeModel
import Manifest

extension APIServer {
    /// The Kubernetes version whose API this server serves.
    static let version: Value = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.0-slipway", "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift",
        "platform": "linux/amd64",
    ]

    /// The answer to a health, version or metrics path, nil for every other path.
    func health(_ path: String, _ request: APIRequest) -> APIResponse? {
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("version", 1): return .json(Self.version)
        case ("metrics", 1): return .text(metrics)
        case (let endpoint?, 1) where Self.checks[endpoint] != nil: return check(endpoint, request)
        case (let endpoint?, 2):
            guard let names = Self.checks[endpoint], names.contains(parts[1]) else { return nil }
            return result(of: parts[1]).map { .text("internal server error: \($0)\n", status: 500) }
                ?? .text("ok")
        default: return nil
        }
    }

    /// The checks of each endpoint.
    private static let checks = [
        "healthz": ["ping", "log", "etcd"], "livez": ["ping", "log", "etcd"],
        "readyz": ["ping", "log", "etcd", "informer-sync", "shutdown"],
    ]

    /// What is wrong with a part of the server, nil where it is well.
    private func result(of check: String) -> String? {
        switch check {
        case "etcd", "shutdown": store.isClosed ? "the store is closed" : nil
        default: nil
        }
    }

    private func check(_ endpoint: String, _ request: APIRequest) -> APIResponse {
        let excluded = Set(QueryDecoder(parameters: request.query).texts("exclude"))
        var lines = ""
        var isWell = true
        for name in Self.checks[endpoint] ?? [] {
            if excluded.contains(name) {
                lines += "[+]\(name) excluded: ok\n"
            } else if result(of: name) != nil {
                lines += "[-]\(name) failed: reason withheld\n"
                isWell = false
            } else {
                lines += "[+]\(name) ok\n"
            }
        }
        guard isWell else { return .text(lines + "\(endpoint) check failed\n", status: 500) }
        guard request.parameter("verbose") != nil else { return .text("ok") }
        return .text(lines + "\(endpoint) check passed\n")
    }

    /// Numbers in the text format of Prometheus.
    private var metrics: String {
        let counts = store.objectCounts
        var text = "# HELP apiserver_resource_objects Number of stored objects by resource.\n"
        text += "# TYPE apiserver_resource_objects gauge\n"
        for (resource, count) in counts.sorted(by: { $0.key < $1.key }) {
            text += "apiserver_resource_objects{resource=\"\(resource)\"} \(count)\n"
        }
        text += "# HELP slipway_waiting_watches Watches that have seen everything.\n"
        text += "# TYPE slipway_waiting_watches gauge\nslipway_waiting_watches \(store.waitingWatches)\n"
        text += "# HELP slipway_store_revision The revision of the last durable write.\n"
        text += "# TYPE slipway_store_revision counter\nslipway_store_revision \(store.revision)\n"
        return text
    }
}
