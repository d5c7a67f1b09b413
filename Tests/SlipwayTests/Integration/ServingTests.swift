import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import Pipeline
import TestSupport
import Testing

/// `slipway forge serve` as people have it: a process, a stock git client, the commands.
@Suite(.serialized, .enabled(if: MergeGateFixture.isPossible, "needs root and git"))
struct ServingTests {
    /// Every gate passes but `lint`, which waits for a file in its work copy.
    private static let pipeline = #"""
        version: 1
        service: shop
        defaults: { image: host, timeout: 10m }
        gates:
          lint:
            steps:
              wait:
                run: |
                  echo begun
                  echo once >>count
                  while [ ! -e go ]; do sleep 0.1; done
                  echo "begun $(wc -l <count) time"
        \#(PipelineParts.checks)
          build:
            steps: { archive: { run: echo app >app } }
            image:
              repository: registry.localhost/shop
              base: scratch
              layers: [{ from: README.md, to: /README.md }]
              entrypoint: [/app]
              user: "65532:65532"
              verify: { run: [/app] }

        """#

    @Test func `a run outlives its server, is followed by commands, and ends when it is superseded`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let server = try ForgeProcess(
                directory: directory, tokens: "ada-token,ada,1,\"system:masters\"\n")
            try await server.start()
            try await HTTPTransport.withTransport(try await server.configuration()) { transport in
                let client = KubeClient(transport)
                try await Self.makeRepository(client)
                let ada = try ClientGit("\(directory)/work")
                try await ada("init", "--quiet", "-b", "main")
                try await ada.commit(
                    "Begin", [".slipway/pipeline.yaml": Self.pipeline, "README.md": "# shop\n"])
                let url =
                    server.address.replacing("http://", with: "http://ada:ada-token@") + "/default/shop.git"
                try await ada("push", "--quiet", "-o", "topic=one", url, "HEAD:refs/for/main")
                let first = "shop-c1-0"
                let running = try await Self.waitForStep(client, first)

                let kubeconfig = server.kubeconfig
                let follower = try LogFollower(
                    "ci", "logs", first, "-f", "--kubeconfig", kubeconfig, "--step", "lint.wait",
                    directory: directory)
                await follower.wait(for: "begun\n")

                // Killed while the step runs: the next server takes the step over, which has begun once.
                await server.kill()
                try await server.start()

                // A second reader, whose connection is cut, takes the log up where it has stopped.
                let log = "\(server.address)/ci/runs/\(first)/logs/lint.wait"
                let begun = try await followedLog(log, token: "ada-token", from: 0, atMost: 6)
                #expect(begun == "begun\n")
                async let rest = followedLog(log, token: "ada-token", from: begun.utf8.count)
                try FileManager.default.createDirectory(
                    atPath: "\(server.runs)/runs/\(running.metadata.uid)", withIntermediateDirectories: true)
                try Data().write(
                    to: URL(filePath: "\(server.runs)/runs/\(running.metadata.uid)/work/lint.wait/go"))
                let passed = try await client.wait(for: .pipelineRuns, first) { run in
                    run["status", "gates"]?.arrayValue?.first?["phase"]?.stringValue == "Passed"
                }
                #expect(
                    passed["status", "gates"]?.arrayValue?.first?["steps"]?.arrayValue?.first?["attempts"]
                        == 1)
                _ = try await client.wait(for: .pipelineRuns, first) {
                    ["Passed", "Failed"].contains($0["status", "phase"]?.stringValue)
                }
                let remainder = try await rest
                #expect(remainder == "begun 1 time\n")
                let followed = try await follower.outcome()
                #expect(followed.output == "begun\nbegun 1 time\n" && followed.code == 0, "\(followed)")
                let logs = try await Self.slipway(
                    directory, "ci", "logs", first, "--kubeconfig", kubeconfig, "--step", "lint.wait")
                #expect(logs.output == "begun\nbegun 1 time\n", "\(logs)")
                let listed = try await Self.slipway(
                    directory, "ci", "list", "--kubeconfig", kubeconfig)
                #expect(listed.output.contains(first), "\(listed)")

                // A newer commit of the pull request ends the run of the one before, which says why.
                try await ada.commit("Go on", ["a.txt": "a"])
                try await ada("push", "--quiet", "-o", "topic=two", url, "HEAD:refs/for/main")
                _ = try await Self.waitForStep(client, "shop-c2-0")
                let head = try await ada.commit("Go on better", ["a.txt": "b"])
                try await ada("push", "--quiet", "-o", "topic=two", url, "HEAD:refs/for/main")
                let superseded = try await client.wait(for: .pipelineRuns, "shop-c2-0") {
                    $0["status", "phase"]?.stringValue == "Canceled"
                }
                #expect(superseded["status", "reason"] == "R13")
                let message = superseded["status", "message"]?.stringValue ?? ""
                #expect(message.contains("stands at \(head.prefix(10)) by now"), "\(message)")

                // And a person can end one, too.
                _ = try await Self.waitForStep(client, "shop-c3-0")
                let canceled = try await Self.slipway(
                    directory, "ci", "cancel", "shop-c3-0", "--kubeconfig", kubeconfig)
                #expect(canceled.code == 0, "\(canceled)")
                let ended = try await client.wait(for: .pipelineRuns, "shop-c3-0") {
                    $0["status", "phase"]?.stringValue == "Canceled"
                }
                #expect(ended["status", "message"] == "cancelled with slipway ci cancel")
            }
            await server.stop()
        }
    }

    private static func makeRepository(_ client: KubeClient) async throws {
        try await client.install([.repositories, .pullRequests, .pipelineRuns])
        try await client.create(
            .repositories,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                "spec": ["autoMerge": true],
            ], namespace: "default")
        try await client.wait(for: .repositories, "shop") { $0.conditions.isTrue("Ready") }
    }

    /// The run once its first step has started.
    private static func waitForStep(_ client: KubeClient, _ run: String) async throws -> Value {
        try await client.wait(for: .pipelineRuns, run) { run in
            run["status", "gates"]?.arrayValue?.first?["steps"]?.arrayValue?.first?["startedAt"] != nil
        }
    }

    private static func slipway(_ directory: String, _ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(
            try #require(Program.built("slipway")), arguments, in: directory,
            environment: ["PATH": "/usr/bin:/bin", "HOME": directory])
    }
}
