import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import Rollouts
import TestSupport

/// A shop on a cluster in this process: a Rollout of real servers behind a gateway, with clients that do not stop.
struct Shop: Sendable {
    /// Whether there is time for runs of minutes.
    static let isPatient = ProcessInfo.processInfo.environment["SLIPWAY_LONG_RUNS"] != nil

    let client: KubeClient
    /// A directory that all pods see, for what befalls them all.
    let sharedDirectory: String
    let gatewayPort: Int
    /// Where the router serves its metrics.
    let metrics: String
    let shoppers: Shoppers

    /// Runs `body` beside a cluster in which version `v1` serves, with clients that ask all the time.
    ///
    /// - Parameter hasBaseline: whether there is a service for a fresh baseline.
    static func with(
        steps: String = standardSteps, template: String = judge(), clients: Int = 12,
        hasBaseline: Bool = false, _ body: @Sendable @escaping (Shop) async throws -> Void
    ) async throws {
        try await RealCluster.with { client, directory in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let shop = try await open(client, directory, steps, template, hasBaseline)
                group.addTask { try await shop.shoppers.run(clients: clients) }
                defer {
                    shop.shoppers.stop()
                    group.cancelAll()
                }
                try await body(shop)
            }
        }
    }

    /// Makes services, gateway, route, analysis and the Rollout, and waits until it serves.
    private static func open(
        _ client: KubeClient, _ directory: String, _ steps: String, _ template: String, _ hasBaseline: Bool
    ) async throws -> Shop {
        try FileManager.default.createDirectory(
            atPath: "\(directory)/shared", withIntermediateDirectories: true)
        let gatewayClass = try await client.waitForGatewayClass()
        let port = try TestPort.free()
        let shop = Shop(
            client: client, sharedDirectory: "\(directory)/shared", gatewayPort: port,
            metrics: gatewayClass.metadata.annotations[GatewayAPI.metricsAnnotation] ?? "",
            shoppers: Shoppers(port: port))
        try await shop.apply(routing(port: port, hasBaseline: hasBaseline))
        try await shop.apply(template)
        try await shop.apply(rollout(steps, shared: shop.sharedDirectory, hasBaseline: hasBaseline))
        try await shop.wait("healthy") { $0["status", "phase"] == "Healthy" }
        try await client.wait(for: "edge", of: GatewayAPI.gateways.resource, "programmed") {
            Conditions($0["status", "conditions"]?.arrayValue ?? []).isTrue("Programmed")
        }
        return shop
    }

    // MARK: What people do

    func apply(_ yaml: String) async throws {
        for document in try YAML.parse(yaml) where !document.isNull {
            let kind = GroupVersionKind(apiVersion: document.apiVersion, kind: document.kind)
            let mapping = try await RESTMapper(client).mapping(for: kind)
            try await client.apply(
                mapping.resource, document, namespace: mapping.isNamespaced ? "default" : nil,
                fieldManager: "test", force: true)
        }
    }

    /// Deploys a version of the server.
    func deploy(_ version: String, _ environment: [String: Int] = [:]) async throws {
        var variables: [Value] = [
            ["name": "VERSION", "value": .string(version)], ["name": "OUTAGE", "value": "/shared/outage"],
            ["name": "ERRORS", "value": .string(String(environment["ERRORS"] ?? Self.errors))],
        ]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name != "ERRORS" {
            variables.append(["name": .string(name), "value": .string(String(value))])
        }
        let rollout = try await client.get(Rollout.resource, "shop", namespace: "default")
        var containers = rollout["spec", "template", "spec", "containers"]?.arrayValue ?? []
        containers[0]["env"] = .array(variables)
        try await patch(["spec": ["template": ["spec": ["containers": .array(containers)]]]])
    }

    func patch(_ change: Value, subresource: String? = nil) async throws {
        try await client.patch(
            Rollout.resource, "shop", namespace: "default", .merge(change), subresource: subresource)
    }

    /// Takes down or brings back what all versions need.
    func setOutage(_ isOut: Bool) throws {
        let file = "\(sharedDirectory)/outage"
        if isOut {
            try Data().write(to: URL(filePath: file))
        } else {
            try FileManager.default.removeItem(atPath: file)
        }
    }

    // MARK: What comes of it

    /// Waits until the Rollout is as wanted, by a status of its present generation.
    @discardableResult
    func wait(_ what: String, until holds: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        try await client.wait(for: "shop", of: Rollout.resource, what) { rollout in
            rollout["status", "observedGeneration"]?.stringValue == String(rollout.metadata.generation)
                && holds(rollout)
        }
    }

    /// The weights of the stable and the canary service in the route.
    func weights() async throws -> [Int64] {
        let route = try await client.get(GatewayAPI.httpRoutes.resource, "shop", namespace: "default")
        return (route["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []).map {
            $0["weight"]?.integerValue ?? -1
        }
    }

    func rollbacks() async throws -> [Value] {
        try await client.listAll(Rollback.resource, namespace: "default")
    }

    /// What the judge said last, with its numbers.
    func lastVerdict() async throws -> String {
        let runs = try await client.listAll(Analysis.runs, namespace: "default")
        let newest = runs.max {
            ($0.metadata.creationTimestamp ?? .init(seconds: 0), $0.metadata.name)
                < ($1.metadata.creationTimestamp ?? .init(seconds: 0), $1.metadata.name)
        }
        let measurement = newest?["status", "metricResults"]?[0]?["measurements"]?.arrayValue?.last
        return "\(newest?.metadata.name ?? "no run"): \(measurement.map { JSON.string($0) } ?? "nothing")"
    }
}

extension KubeClient {
    /// Waits for the class of the embedded gateway, whose kind comes with it.
    func waitForGatewayClass() async throws -> Value {
        let found = try await timeline.withTimeout(.seconds(120)) {
            while true {
                if let found = try? await get(GatewayAPI.gatewayClasses.resource, "slipway", namespace: nil) {
                    return found
                }
                // Before the kind is known it cannot be watched.
                try await timeline.sleep(for: .milliseconds(10))
            }
        }
        guard let found else { throw WaitFailure("the GatewayClass does not come") }
        return found
    }
}
