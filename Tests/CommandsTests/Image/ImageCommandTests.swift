import Foundation
import TestSupport
import Testing

/// Images from files to a registry and back, by the real program.
@Suite struct ImageCommandTests {
    private static let commit = String(repeating: "0123456789", count: 4)

    /// Runs the registry beside a body, which gets its host and port.
    private func withRegistry(_ body: (SlipwayProcess, String) async throws -> Void) async throws {
        let slipway = try SlipwayProcess()
        let registry = try ServingProcess.registry(in: slipway.directory)
        try await body(slipway, registry.domain)
    }

    @Test func `an image is built, pushed, looked at and pulled`() async throws {
        try await withRegistry { slipway, registry in
            try slipway.write("#!/bin/sh\n", to: "app")
            let build = [
                "image", "build", "\(registry)/team/app", "--revision", Self.commit, "--layer",
                "app:/bin/app",
                "--entrypoint", "/bin/app", "--env", "A=1", "--expose", "8080", "--store", "images",
                "--output", "json",
            ]
            let built = try await slipway.run(build + ["--push"])
            #expect(built.code == 0, "\(built.error)")
            #expect(built.output.contains("\"pushed\": true"))
            let digest = try #require(built.output.firstMatch(of: /sha256:[0-9a-f]{64}/)).0
            // The same files give the same image, which the registry takes again.
            let again = try await slipway.run(build + ["--push"])
            #expect(again.code == 0 && again.output.contains(digest))
            let image = "\(registry)/team/app:\(Self.commit)"
            let remote = try await slipway.run("image", "inspect", image, "--remote", "--store", "images")
            #expect(remote.code == 0 && remote.output.contains("Runs:      /bin/app"))
            #expect(remote.output.contains("Ports:     8080/tcp"))
            let tree = try await slipway.run("image", "tree", image)
            #expect(tree.code == 0 && tree.output.contains("config") && tree.output.contains("layer"))
            let pulled = try await slipway.run("image", "pull", image, "--store", "other", "--output", "json")
            #expect(pulled.code == 0 && pulled.output.contains(digest))
            // Another image under the same commit is refused, and the message says what to do.
            try slipway.write("#!/bin/sh\nexit 1\n", to: "app")
            let moved = try await slipway.run(build + ["--push"])
            #expect(moved.code == 2 && moved.error.contains("never changes"))
        }
    }

    @Test func `tags that move, missing images and images that are too large are refused`() async throws {
        let slipway = try SlipwayProcess()
        try slipway.write(String(repeating: "x", count: 10), to: "file")
        func build(_ repository: String, _ revision: String, _ more: String...) async throws
            -> Program.Outcome
        {
            try await slipway.run(
                [
                    "image", "build", repository, "--revision", revision, "--layer", "file:/file", "--store",
                    "s",
                ] + more)
        }
        for revision in ["latest", "main", "0123456"] {
            let outcome = try await build("127.0.0.1:1/app", revision)
            #expect(outcome.code == 2 && outcome.error.contains("git rev-parse HEAD"))
        }
        #expect(try await build("127.0.0.1:1/app:v1", Self.commit).code == 2)
        #expect(try await build("127.0.0.1:1/App", Self.commit).error.contains("lower case"))
        let missing = try await slipway.run("image", "push", "127.0.0.1:1/app:\(Self.commit)", "--store", "s")
        #expect(missing.code == 1 && missing.error.contains("build it first"))
        let docker = try await slipway.run(
            "image", "build", "127.0.0.1:1/app", "--revision", Self.commit, "--dockerfile", "D", "--layer",
            "file:/f")
        #expect(docker.code != 0)
    }
}
