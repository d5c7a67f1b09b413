import ClusterTestSupport
import Foundation
import KubeClient
import Sigstore
import TestSupport
import Testing

struct CommandTests {
    @Test func `repositories and pull requests are managed from the command line`() async throws {
        try await withTemporaryDirectory { directory in
            let server = try ForgeProcess(
                directory: directory,
                tokens: "ada-token,ada,1,\"system:masters\"\nbob-token,bob,2,\"system:masters\"\n",
                gateKey: PrivateKey.p256().publicKey.pemRepresentation)
            try await server.start()
            let program = try #require(Program.built("slipway"))
            let kubeconfig = "\(directory)/data/kubeconfig"
            let admin = try String(contentsOfFile: kubeconfig, encoding: .utf8)
            let token = try String(contentsOfFile: "\(directory)/data/keys/token", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            for user in ["ada", "bob"] {
                try Data(admin.replacing(token, with: "\(user)-token").utf8).write(
                    to: URL(filePath: "\(directory)/\(user)"))
            }
            @Sendable func slipway(_ user: String, _ arguments: String...) async throws -> Program.Outcome {
                try await Program.run(
                    program, arguments + ["--kubeconfig", "\(directory)/\(user)"], in: directory,
                    environment: [:])
            }
            let none = try await slipway("ada", "repo", "list")
            #expect(none.output.contains("slipway repo create NAME"))
            let made = try await slipway(
                "ada", "repo", "create", "config", "--no-gates", "--approvals", "1", "--squash")
            #expect(made.output == "\(server.address)/default/config.git\n", "\(made.error)")
            let again = try await slipway("ada", "repo", "create", "config")
            #expect(again.code != 0 && again.error.contains("already exists"), "\(again.error)")

            let ada = try ClientGit("\(directory)/work")
            try await ada("init", "--quiet", "-b", "main")
            try await ada.commit("Begin", ["a": "1"])
            let url =
                server.address.replacing("http://", with: "http://ada:ada-token@") + "/default/config.git"
            try await ada("push", "--quiet", url, "HEAD:refs/for/main")
            let list = try await slipway("ada", "pr", "list")
            #expect(list.output.contains("config-1   Begin   ada"), "\(list.output)")

            let own = try await slipway("ada", "pr", "approve", "1")
            #expect(
                own.code != 0 && own.error.contains("cannot review it; ask somebody else"), "\(own.error)")
            let asked = try await slipway("ada", "pr", "merge", "config-1")
            #expect(asked.output.contains("needs 1 approval"), "\(asked.error)")
            let approved = try await slipway("bob", "pr", "approve", "1", "--repo", "config", "-m", "good")
            #expect(approved.output == "config-1 reviewed: Approved\n", "\(approved.error)")
            var shown = ""
            for _ in 0..<200 where !shown.contains("Merged") {
                shown = try await slipway("bob", "pr", "show", "config-1").output
            }
            #expect(shown.contains("default/config#1: Begin") && shown.contains("bob: Approved"))
            let closed = try await slipway("bob", "pr", "close", "1")
            #expect(closed.code != 0 && closed.error.contains("is merged"))
            let empty = try await slipway("bob", "pr", "list")
            #expect(empty.output.contains("git push origin HEAD:refs/for/main"))
            let missing = try await slipway("bob", "pr", "show", "config-9")
            #expect(missing.code != 0 && missing.error.contains("not found"))
            let repositories = try await slipway("bob", "repo", "list")
            #expect(repositories.output.contains("config"), "\(repositories.output)")
            await server.kill()
        }
    }
}
