import Foundation
import KubeClient
import KubeModel
import Manifest

/// Where the acts are played: clients in everybody's name, work trees, addresses.
struct DemoStage: Sendable {
    let demo: Demo
    let users: DemoUsers
    let admin: DemoCluster
    let alice: DemoCluster
    let bob: DemoCluster
    /// The URL of pages and git.
    let web: String
    let listen: Settings.Listen
    let logs: DemoLogs
    let traffic: DemoTraffic
    let witness: DemoWitness

    init(
        demo: Demo, users: DemoUsers, admin: DemoCluster, alice: DemoCluster, bob: DemoCluster, web: String,
        listen: Settings.Listen, logs: DemoLogs
    ) {
        self.demo = demo
        self.users = users
        self.admin = admin
        self.alice = alice
        self.bob = bob
        self.web = web
        self.listen = listen
        self.logs = logs
        witness = DemoWitness(admin, namespace: Self.namespace("production"))
        traffic = DemoTraffic(
            url: "http://\(listen.traffic.local)", host: Self.host("production"),
            rate: demo.configuration.rate)
    }

    var timeline: DemoTimeline { demo.timeline }
    var examples: String { demo.configuration.examples }
    var orders: DemoWorkTree { workTree("orders") }
    var config: DemoWorkTree { workTree("config") }
    static let service = "orders"

    static func host(_ environment: String) -> String { "orders.\(environment).localhost" }
    static func namespace(_ environment: String) -> String { "orders-\(environment)" }

    func workTree(_ name: String) -> DemoWorkTree {
        let slashes = web.firstRange(of: "://")?.upperBound ?? web.startIndex
        let url = "\(web[..<slashes])alice:\(users.alice)@\(web[slashes...])/slipway/\(name).git"
        return DemoWorkTree(
            shell: demo.shell, git: demo.configuration.git, path: "\(demo.configuration.directory)/\(name)",
            url: url, author: "Alice <alice@example.com>")
    }

    /// Makes both repositories and fills the one with the configuration.
    func setUp() async throws {
        for (name, gates) in [("orders", "Required"), ("config", "None")] {
            let before = timeline.elapsed
            try await admin.create(
                .repositories,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository",
                    "metadata": ["name": .string(name)], "spec": ["gates": .string(gates)],
                ])
            let url = try await admin.wait("the repository \(name)", .seconds(60)) { _ in
                let object = try await admin.object(.repositories, name)
                return object?["status", "cloneURL"]?.stringValue
            }
            timeline.note("repository \(name)", since: before, url)
        }
        try await protectProduction()
        try await timeline.step("configuration of orders in git, by a pull request") {
            try await config.create()
            try copy("config", to: config.path)
            // The address of the router's metrics is this machine's own.
            try replace(
                "http://127.0.0.1:9464/metrics", by: "http://\(listen.metrics.local)/metrics",
                in: "\(config.path)/services/orders/overlays/production/judge.yaml")
            // So is the address of the registry, which admission asks for signatures.
            for environment in ["dev", "staging", "production"] {
                try replace(
                    InstallationParts.registryName, by: listen.registry.local.description,
                    in: "\(config.path)/services/orders/overlays/\(environment)/kustomization.yaml")
            }
            try await config.commit("Deliver orders to three environments")
            let head = try await merged(config, "the configuration")
            return ((), "config \(head.prefix(12))")
        }
    }

    /// Makes production's namespace, where only signed images run: before there is one, nothing is deployed there.
    private func protectProduction() async throws {
        let labels = Value.object([SignaturePolicySpec.namespaceLabel: .string(SignaturePolicySpec.required)])
        let namespace: Value = [
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": .string(Self.namespace("production")), "labels": labels],
        ]
        _ = try await admin.wait("the namespace of production", .seconds(60)) { _ in
            try await admin.client.apply(.namespaces, namespace, namespace: nil, fieldManager: "demo")
            return true
        }
    }

    /// Pushes what is committed for main and waits until it is merged.
    ///
    /// - Returns: the commit on main.
    func merged(_ tree: DemoWorkTree, _ what: String) async throws -> String {
        let commit = try await tree.push()
        let name = try await pullRequest(at: commit)
        return try await landed(name, what)
    }

    /// The pull request that stands at a commit.
    func pullRequest(at commit: String) async throws -> String {
        try await admin.wait("the pull request of \(commit.prefix(12))", .seconds(60)) { _ in
            try await admin.objects(.pullRequests).first { $0["spec", "head"]?.stringValue == commit }?
                .metadata.name
        }
    }

    func landed(_ name: String, _ what: String) async throws -> String {
        try await admin.wait("the merge of \(what)", .seconds(420)) { seen in
            let status = try await admin.object(.pullRequests, name)?["status"]
            seen = "\(name) \(status?["phase"]?.stringValue ?? ""): \(status?["message"]?.stringValue ?? "")"
            if let commit = status?["mergeCommit"]?.stringValue { return commit }
            if status?["evictedHead"] != nil { throw DemoFailure("\(what) was turned away: \(seen)") }
            return nil
        }
    }

    /// Copies the files of an example.
    func copy(_ example: String, to path: String) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: "\(examples)/\(example)")
        where name != ".build" && name != ".git" {
            let target = "\(path)/\(name)"
            if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
            try files.copyItem(atPath: "\(examples)/\(example)/\(name)", toPath: target)
        }
    }

    func replace(_ old: String, by new: String, in file: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        guard text.contains(old) else { throw DemoFailure("\(file) does not hold \(old)") }
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(filePath: file))
    }
}
