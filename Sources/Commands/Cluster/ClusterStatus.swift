import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import LocalCluster
import Manifest

/// `slipway cluster status`: what runs, in a few lines.
struct ClusterStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell whether the cluster runs, and how its node and pods are.",
        discussion: "Ends with 1 where the cluster does not run or its node is not ready.")

    @OptionGroup var data: ClusterData

    func run() async throws {
        guard let running = ClusterProcess.running(directory: data.path), let kubeconfig = running.kubeconfig
        else {
            print(
                "The cluster in \(data.path) does not run; start it with: slipway cluster up --data \(data.data)"
            )
            throw ExitCode(1)
        }
        let isReady: Bool
        do {
            isReady = try await report(running.processID, kubeconfig)
        } catch let error as KubeClientError {
            throw ValidationFailure(
                "process \(running.processID) runs, but its API does not answer: \(error)")
        } catch let error as APIError {
            throw ValidationFailure("process \(running.processID) runs, but its API refuses: \(error)")
        }
        if !isReady { throw ExitCode(1) }
    }

    private func report(_ processID: Int32, _ kubeconfig: String) async throws -> Bool {
        let configuration = try await ClientConfiguration.load(environment: ["KUBECONFIG": kubeconfig])
        return try await HTTPTransport.withTransport(configuration) { transport in
            var settings = KubeClient.Settings()
            settings.requestTimeout = .seconds(10)
            settings.retry = .never
            let client = KubeClient(transport, settings: settings)
            let nodes = try await client.list(
                GroupVersionResource(version: "v1", resource: "nodes"), namespace: nil
            ).items
            let pods = try await client.list(.pods, namespace: nil).items
            print("Process:     \(processID)")
            print("API:         \(configuration.server)")
            print("Kubeconfig:  \(kubeconfig)")
            for node in nodes {
                let ready = Self.isReady(node)
                let runtime = node["status", "nodeInfo", "containerRuntimeVersion"]?.stringValue ?? ""
                let name = runtime.split(separator: ":").first ?? ""
                print("Node:        \(node.metadata.name), \(ready ? "ready" : "not ready"), \(name)")
            }
            let phases = Dictionary(grouping: pods) { $0["status", "phase"]?.stringValue ?? "Unknown" }
            let counts = phases.sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key.lowercased())" }
            print("Pods:        \(counts.isEmpty ? "none" : counts.joined(separator: ", "))")
            return nodes.contains(where: Self.isReady)
        }
    }

    private static func isReady(_ node: Value) -> Bool {
        (node["status", "conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True"
        }
    }
}
