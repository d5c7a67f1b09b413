import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest
import Rollouts

/// `slipway rollout list`: the rollouts of a namespace, a line each.
struct RolloutList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List rollouts.")

    @OptionGroup var connection: KubeConnection

    @Flag(name: [.customShort("A"), .long], help: "Those of all namespaces.")
    var allNamespaces = false

    func run() async throws {
        let everywhere = allNamespaces
        let rollouts = try await connection.run { session in
            try await session.client.listAll(
                Rollout.resource, namespace: everywhere ? nil : session.namespace)
        }
        guard !rollouts.isEmpty else { return print("There are no rollouts.") }
        var table = TextTable((everywhere ? ["NAMESPACE"] : []) + RolloutView.headings)
        for rollout in rollouts.sorted(by: { ObjectKey($0) < ObjectKey($1) }) {
            let view = RolloutView(rollout, replicaSets: [], pods: [], runs: [])
            table.append((everywhere ? [rollout.metadata.namespace] : []) + view.row)
        }
        print(table.text)
    }
}

/// `slipway rollout get`: one rollout, whole; live with `--watch`.
struct RolloutGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a rollout: steps, weights, pods, and what the judge knows.",
        discussion:
            "With --watch the view follows the rollout until it rests: healthy ends with 0, degraded with 1.")

    @OptionGroup var reference: RolloutReference

    @Flag(name: [.short, .long], help: "Follow the rollout until it rests.")
    var watch = false

    func run() async throws {
        let name = reference.rollout
        let watch = watch
        let isHealthy = try await reference.connection.run { session in
            try await Self.show(name, session, watch: watch)
        }
        if watch, !isHealthy { throw ExitCode(1) }
    }

    private static func show(
        _ name: String, _ session: KubeConnection.Session, watch: Bool
    ) async throws -> Bool {
        let (client, namespace) = (session.client, session.namespace)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var shown: [String] = []
        while true {
            async let rollout = client.get(Rollout.resource, name, namespace: namespace)
            async let sets = client.listAll(.replicaSets, namespace: namespace)
            async let pods = client.listAll(
                .pods, namespace: namespace, selection: Selection(labels: "rollouts-pod-template-hash"))
            async let runs = client.listAll(Analysis.runs, namespace: namespace)
            let view = RolloutView(
                try await rollout, replicaSets: try await sets, pods: try await pods, runs: try await runs)
            if view.lines != shown {
                // A terminal is drawn over; a file gets each state after the other.
                if isTerminal, watch { print("\u{1b}[H\u{1b}[2J", terminator: "") }
                print(view.lines.joined(separator: "\n"))
                if !isTerminal, watch { print("") }
                fflush(nil)
                shown = view.lines
            }
            if !watch || view.isAtRest { return view.isHealthy }
            try await client.timeline.sleep(for: .milliseconds(500))
        }
    }
}
