import Benchmark
import BenchmarkSupport
import KubeClient
import Manifest

/// Operations of a client on Deployments of a durable server, its encoding and decoding included.
struct RequestBenchmark: Sendable {
    let name: String
    /// The objects that must be there.
    let stock: Int
    /// How often the operation is done in one iteration.
    let count: Int
    let operation: @Sendable (KubeClient, Int) async throws -> Void

    static let all: [RequestBenchmark] = [
        RequestBenchmark(name: "create", stock: 0, count: 1000) { client, number in
            try await client.create(.deployments, SampleManifests.draft(number), namespace: namespace)
        },
        RequestBenchmark(name: "get", stock: 1000, count: 4000) { client, number in
            blackHole(try await client.get(.deployments, "service-\(number % 1000)", namespace: namespace))
        },
        RequestBenchmark(name: "list of 1000", stock: 1000, count: 64) { client, _ in
            blackHole(try await client.list(.deployments, namespace: namespace))
        },
        RequestBenchmark(name: "merge patch", stock: 1000, count: 1000) { client, number in
            try await client.patch(
                .deployments, "service-\(number % 1000)", namespace: namespace,
                .merge(["spec": ["replicas": .integer(Int64(number % 7 + 4))]]))
        },
        RequestBenchmark(name: "strategic patch", stock: 1000, count: 1000) { client, number in
            let container: Value = ["name": "server", "image": .string("example/shop:\(number)")]
            try await client.patch(
                .deployments, "service-\(number % 1000)", namespace: namespace,
                .strategicMerge(["spec": ["template": ["spec": ["containers": [container]]]]]))
        },
        // Every apply changes the object: one that changes nothing is not written.
        RequestBenchmark(name: "apply", stock: 1000, count: 1000) { client, number in
            var object = SampleManifests.draft(number % 1000)
            object["metadata", "annotations", "round"] = .string("\(number)")
            try await client.apply(
                .deployments, object, namespace: namespace, fieldManager: "slipway", force: true)
        },
    ]

    private static let namespace = ServerUnderTest.namespace

    func register(_ way: ServerUnderTest.Way, clients: Int) {
        let title = "\(name), \(way.rawValue), \(clients) \(clients == 1 ? "client" : "clients")"
        Benchmark(title, configuration: .init(metrics: [.operationTime])) { benchmark in
            let time = try await ServerUnderTest.run(isDurable: true) { test in
                try await test.fill(stock)
                return try await test.withClient(way) { client in
                    // Connections and caches first.
                    if stock > 0 {
                        try await perform(clients, clients: clients) { try await operation(client, $0) }
                    }
                    return try await perform(count, clients: clients) { try await operation(client, $0) }
                }
            }
            benchmark.measurement(.operationTime, time.nanoseconds / count)
        }
    }
}
