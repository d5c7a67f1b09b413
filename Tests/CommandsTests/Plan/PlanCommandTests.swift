import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
    /// A config repository with two commits; the second one changes an image.
    private func repository() async throws -> SlipwayProcess {
        let slipway = try SlipwayProcess()
        for folder in ["apps", "shop"] {
            try FileManager.default.createDirectory(
                at: slipway.directory.appending(path: folder), withIntermediateDirectories: true)
        }
        try slipway.write(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: shop}
            spec:
              project: default
              source: {repoURL: https://git.example.com/config, path: shop}
              destination: {namespace: shop}
            """, to: "apps/shop.yaml")
        try slipway.write("resources: [pod.yaml]\n", to: "shop/kustomization.yaml")
        try await git(slipway, "init", "--quiet", "--initial-branch=main")
        for image in ["web:1", "web:2"] {
            try slipway.write(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec: {containers: [{name: web, image: "\(image)"}]}
                """, to: "shop/pod.yaml")
            try await git(slipway, "add", "apps", "shop")
            try await git(slipway, "commit", "--quiet", "--message", image)
        }
        return slipway
    }

    private func git(_ slipway: SlipwayProcess, _ arguments: String...) async throws {
        let program = try #require(Program.path("git"))
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        let outcome = try await Program.run(program, identity + arguments, in: slipway.directory.path)
        #expect(outcome.code == 0, "\(outcome.error)")
    }

    @Test func `a plan shows the rendered difference as text, JSON and Markdown`() async throws {
        let slipway = try await repository()
        let text = try await slipway.run("plan", "HEAD~1..HEAD")
        #expect(text.code == 0)
        #expect(text.output.contains("1 of 1 application touched: 0 objects added, 1 changed, 0 removed"))
        #expect(text.output.contains("-  - image: web:1\n+  - image: web:2"))
        #expect(
            try await slipway.run("plan", "HEAD~1..HEAD", "--output", "json").output.contains(
                "\"change\": \"changed\""))
        #expect(
            try await slipway.run("plan", "HEAD~1..HEAD", "-o", "markdown").output.contains("```diff\n@@"))
        #expect(try await slipway.run("plan", "HEAD..HEAD").output.contains("0 of 1 application touched"))
    }

    @Test func `a range that is none is refused`() async throws {
        let slipway = try await repository()
        #expect(try await slipway.run("plan", "HEAD").code == 2)
        #expect(try await slipway.run("plan", "HEAD~7..HEAD").code == 1)
        #expect(try await slipway.run("plan", "a..b", "--repository", "/").code == 1)
    }
}
