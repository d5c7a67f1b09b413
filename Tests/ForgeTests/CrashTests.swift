import ClusterTestSupport
import Forge
import Foundation
import Git
import KubeClient
import KubeModel
import Manifest
import Sigstore
import TestSupport
import Testing

struct CrashTests {
    private static let services = ["orders", "payments", "stock"]

    @Test func `a server that is killed at twenty moments lands everything once, as it was tested`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        try await withTemporaryDirectory { directory in
            let key = PrivateKey.ed25519()
            let server = try ForgeProcess(
                directory: directory, tokens: "ada-token,ada,1,\"system:masters\"\n",
                gateKey: key.publicKey.pemRepresentation)
            try await server.start()
            let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
            let (address, repositories) = (server.address, server.repositories)
            let count = 50
            let failing: Set<Int> = [4, 17, 23, 38, 41]
            try await HTTPTransport.withTransport(try await server.configuration()) { transport in
                let client = KubeClient(transport)
                try await client.install([.repositories, .pullRequests, .pipelineRuns])
                let gates = ScriptedGates(
                    client: client, key: key, repositories: repositories, program: program)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await gates.run() }
                    try await Self.makeRepository(client)
                    let url =
                        address.replacing("http://", with: "http://ada:ada-token@") + "/default/shop.git"
                    try await Self.begin(client, url: url, directory: directory)
                    let git = GitRepository(path: "\(repositories)/default/shop.git", program: program)
                    let base = try #require(try await git.reference("refs/heads/main"))
                    for number in 0..<10 {
                        group.addTask {
                            do {
                                try await Self.push(
                                    stride(from: number, to: count, by: 10), failing, url: url,
                                    directory: "\(directory)/client-\(number)")
                            } catch {
                                // What follows would only say that something is missing.
                                Issue.record("client \(number) gave up: \(error)")
                            }
                        }
                    }
                    var generator = SeededGenerator(seed: seed)
                    for _ in 0..<20 {
                        try await client.timeline.sleep(
                            for: .milliseconds(Int.random(in: 20...900, using: &generator)))
                        await server.kill()
                        try await server.start()
                    }
                    try await Self.waitUntilDecided(client, count: count)
                    try await History(git: git, base: base).check(landed: Set(0..<count).subtracting(failing))
                    // The auditor, whose memory outlives the kills, agrees.
                    let head = try await git.reference("refs/heads/main")
                    try await Self.patiently {
                        let object = try await client.get(.repositories, "shop", namespace: "default")
                        guard object.conditions.isTrue("Attested"),
                            object["status", "audit", "commit"]?.stringValue == head?.hex
                        else { throw ClientGit.Failure(description: "not attested: \(JSON.string(object))") }
                    }
                    group.cancelAll()
                }
            }
            await server.kill()
        }
    }

    /// How long nothing may happen before a test gives up.
    private static let patience = Duration.seconds(180)

    /// Repeats what a server that is just not there cannot do.
    private static func patiently<Answer: Sendable>(_ body: @Sendable () async throws -> Answer) async throws
        -> Answer
    {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            do { return try await body() } catch is CancellationError { throw CancellationError() } catch {
                if clock.now > deadline { throw error }
                // Attempts cost a process each, which a server that starts could use better.
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private static func makeRepository(_ client: KubeClient) async throws {
        try await client.create(
            .repositories,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                "spec": ["autoMerge": true],
            ], namespace: "default")
    }

    private static func begin(_ client: KubeClient, url: String, directory: String) async throws {
        let ada = try ClientGit("\(directory)/begin")
        try await ada("init", "--quiet", "-b", "main")
        var files = ["README.md": "# shop\n"]
        for service in services { files["\(service)/.slipway/pipeline.yaml"] = "version: 1\n" }
        try await ada.commit("Begin", files)
        try await patiently { _ = try await ada("push", "--quiet", url, "HEAD:refs/for/main") }
        try await patiently {
            let pull = try await client.get(.pullRequests, "shop-1", namespace: "default")
            guard pull["status", "phase"]?.stringValue == "Merged" else {
                throw ClientGit.Failure(description: "not merged yet")
            }
        }
    }

    private static func push(
        _ numbers: StrideTo<Int>, _ failing: Set<Int>, url: String, directory: String
    ) async throws {
        let developer = try ClientGit(directory)
        try await patiently {
            try? FileManager.default.removeItem(atPath: "\(directory)/.git")
            _ = try await developer("clone", "--quiet", url, ".")
        }
        for number in numbers {
            try await developer("checkout", "--quiet", "-B", "c\(number)", "origin/main")
            let file = failing.contains(number) ? "fail" : "file-\(number)"
            try await developer.commit("Change \(number)", ["\(services[number % 3])/\(file)": "\(number)"])
            try await patiently {
                let pushed = try await developer.attempt(
                    "push", "--quiet", "-o", "topic=t\(number)", url, "HEAD:refs/for/main")
                // One whose answer was lost with the server may have landed before it is repeated.
                guard pushed.code == 0 || pushed.error.contains("there is nothing to merge") else {
                    throw ClientGit.Failure(description: pushed.error)
                }
            }
        }
    }

    /// Returns when every change is merged or was turned away; fails where nothing is decided for long, with what is
    /// left and why.
    private static func waitUntilDecided(_ client: KubeClient, count: Int) async throws {
        let clock = ContinuousClock()
        var (decided, changedAt) = (0, clock.now)
        while clock.now < changedAt + patience {
            let pulls = (try? await client.listAll(.pullRequests, namespace: "default")) ?? []
            let titles = Set(pulls.filter(isDecided).compactMap { $0["spec", "title"]?.stringValue })
            if titles.count == count + 1, pulls.allSatisfy(isDecided) { return }
            if titles.count != decided { (decided, changedAt) = (titles.count, clock.now) }
            try await client.timeline.sleep(for: .milliseconds(200))
        }
        let pulls = try await client.listAll(.pullRequests, namespace: "default")
        let runs = try await client.listAll(.pipelineRuns, namespace: "default")
        let left = (pulls.filter { !isDecided($0) } + runs.filter { $0["status", "phase"] == nil }).map {
            "\($0["kind"]?.stringValue ?? "") \($0.metadata.name): \(JSON.string($0["status"] ?? .null))"
        }
        Issue.record("nothing is decided any more, and this is left:\n\(left.joined(separator: "\n"))")
    }

    private static func isDecided(_ pull: Value) -> Bool {
        pull["status", "phase"]?.stringValue == "Merged"
            || pull["status", "reason"]?.stringValue == "PipelineFailed"
    }
}
