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
        let (rollouts, namespace) = try await connection.run { session in
            let namespace = everywhere ? nil : session.namespace
            return (try await session.client.listAll(Rollout.resource, namespace: namespace), namespace)
        }
        guard !rollouts.isEmpty else {
            let place = namespace.map { " in the namespace \($0); -A looks in all" } ?? ""
            return print("There are no rollouts\(place).")
        }
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
        let rollout = try await session.rollout(name)
        guard watch else {
            let view = try await view(of: rollout, session)
            print(view.lines.joined(separator: "\n"))
            return view.isHealthy
        }
        return try await follow(name, session)
    }

    private static func view(
        of rollout: Value, _ session: KubeConnection.Session
    ) async throws -> RolloutView {
        let (client, namespace) = (session.client, session.namespace)
        async let sets = client.listAll(.replicaSets, namespace: namespace)
        async let pods = client.listAll(
            .pods, namespace: namespace, selection: Selection(labels: "rollouts-pod-template-hash"))
        async let runs = client.listAll(Analysis.runs, namespace: namespace)
        return RolloutView(
            rollout, replicaSets: try await sets, pods: try await pods, runs: try await runs)
    }

    /// Draws the view at each change of what it shows, until the rollout rests.
    private static func follow(_ name: String, _ session: KubeConnection.Session) async throws -> Bool {
        let (client, namespace) = (session.client, session.namespace)
        let own = Selection(fields: "metadata.name=\(name)")
        let hashed = Selection(labels: "rollouts-pod-template-hash")
        let rollouts = WatchCache(
            client, Rollout.resource, namespace: namespace, selection: own, mode: .full)
        let sets = WatchCache(client, .replicaSets, namespace: namespace, selection: hashed, mode: .full)
        let pods = WatchCache(client, .pods, namespace: namespace, selection: hashed, mode: .full)
        let runs = WatchCache(client, Analysis.runs, namespace: namespace, mode: .full)
        let caches = [rollouts, sets, pods, runs]
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            for cache in caches {
                let events = cache.subscribe()
                group.addTask { await cache.run() }
                group.addTask { for await _ in events { change.yield() } }
            }
            for cache in caches { try await cache.waitUntilReady() }
            change.yield()
            var screen = Screen()
            for await _ in changes {
                guard let rollout = rollouts.objects.first?.value else {
                    throw ValidationFailure("the rollout '\(name)' is gone")
                }
                let view = RolloutView(
                    rollout, replicaSets: sets.objects.compactMap(\.value),
                    pods: pods.objects.compactMap(\.value), runs: runs.objects.compactMap(\.value))
                screen.show(view.lines)
                if view.isAtRest { return view.isHealthy }
            }
            throw CancellationError()
        }
    }
}

/// What a live view is drawn on: a terminal is drawn over, a file gets each state after the other.
private struct Screen {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var shown: [String] = []

    mutating func show(_ lines: [String]) {
        guard lines != shown else { return }
        // Cleared line by line: what stays the same does not flicker.
        if isTerminal {
            print("\u{1b}[H" + lines.map { "\($0)\u{1b}[K\n" }.joined() + "\u{1b}[J", terminator: "")
        } else {
            print(lines.joined(separator: "\n") + "\n")
        }
        fflush(nil)
        shown = lines
    }
}
