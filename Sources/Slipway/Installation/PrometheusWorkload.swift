import Foundation
import KubeClient
import KubeModel
import Manifest

/// This machine's Prometheus as a workload of the installation, which scrapes the router.
///
/// Where it is not installed, or not wanted, there is none: the judge reads the router itself.
struct PrometheusWorkload: Sendable {
    let namespace: String
    /// The program, by its absolute path.
    let program: String
    let listen: Endpoint
    /// The router's metrics.
    let metrics: Endpoint

    static let name = "prometheus"

    /// Where it is asked.
    var url: String { "http://\(listen.local)" }

    /// Nil where the settings do not want it, or this machine does not have it.
    init?(_ settings: Settings, environment: [String: String]) {
        guard settings.usesPrometheus else { return nil }
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/bin"]
        guard
            let folder = folders.first(where: {
                FileManager.default.isExecutableFile(atPath: "\($0)/prometheus")
            })
        else { return nil }
        self.init(
            namespace: settings.namespace, program: "\(folder)/prometheus",
            listen: settings.listen.prometheus, metrics: settings.listen.metrics)
    }

    init(namespace: String, program: String, listen: Endpoint, metrics: Endpoint) {
        self.namespace = namespace
        self.program = program
        self.listen = listen
        self.metrics = metrics
    }

    /// What it scrapes, and how often.
    private var configuration: String {
        """
        global: {scrape_interval: 2s, scrape_timeout: 2s}
        scrape_configs:
        - job_name: router
          static_configs: [{targets: ["\(metrics.local)"]}]

        """
    }

    /// Its files are in a directory of the container: it starts anew without what it had.
    private static let script = #"""
        directory=$(mktemp -d) || exit 1
        printf '%s' "$CONFIGURATION" >"$directory/prometheus.yml"
        exec "$PROGRAM" --config.file="$directory/prometheus.yml" --storage.tsdb.path="$directory/data" \
            --storage.tsdb.retention.time=6h --web.listen-address="$LISTEN" --log.level=warn
        """#

    /// A Deployment on the machine's own network, where the router's metrics are.
    var object: Value {
        let labels: Value = ["app.kubernetes.io/name": .string(Self.name)]
        func variable(_ name: String, _ value: String) -> Value {
            ["name": .string(name), "value": .string(value)]
        }
        let container: Value = [
            "name": .string(Self.name), "image": "host",
            "command": ["/bin/sh", "-c", .string(Self.script)],
            "env": [
                variable("PROGRAM", program), variable("CONFIGURATION", configuration),
                variable("LISTEN", listen.description),
            ],
            "readinessProbe": [
                "httpGet": [
                    "path": "/-/ready", "host": .string(listen.local.host),
                    "port": .integer(Int64(listen.port)),
                ],
                "periodSeconds": 1, "timeoutSeconds": 5,
            ],
        ]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": .string(Self.name), "namespace": .string(namespace), "labels": labels,
            ],
            "spec": [
                "replicas": 1, "strategy": ["type": "Recreate"], "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "hostNetwork": true, "terminationGracePeriodSeconds": 5, "containers": [container],
                    ],
                ],
            ],
        ]
    }

    /// Has it run, or not, as the settings want it by now.
    static func apply(_ workload: PrometheusWorkload?, in namespace: String, _ client: KubeClient)
        async throws
    {
        if let workload {
            try await client.apply(
                .deployments, workload.object, namespace: namespace, fieldManager: "slipway-up", force: true)
            return
        }
        do {
            try await client.delete(.deployments, name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            return
        }
    }
}
