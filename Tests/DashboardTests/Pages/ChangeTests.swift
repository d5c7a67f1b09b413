import Git
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import Dashboard

extension ServedPages {
    /// What a pull request's page says that it changes.
    @Suite struct ChangeTests {
        @Test func `a change is compared with the branch, whatever tag has its name`() async throws {
            let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
            try await withTemporaryDirectory { directory in
                let git = try await GitRepository.create(at: "\(directory)/orders.git", program: program)
                let author = Signature(name: "Dora", email: "dora@example.org", seconds: 1_767_000_000)
                func commit(_ path: String, on parent: ObjectID?) async throws -> ObjectID {
                    try await git.commit(
                        [.write(path, Array("\(path)\n".utf8))], on: parent, author: author, message: path)
                }
                let main = try await commit("README.md", on: nil)
                let evil = try await commit("evil.py", on: main)
                let head = try await commit("harmless.py", on: evil)
                try await git.update([
                    .create("refs/heads/main", main), .create("refs/tags/main", evil),
                    .create("refs/for-test/head", head),
                ])
                try await DashboardFixture.with(
                    change: { settings, _ in settings.repository = { $0 == "orders" ? git : nil } }
                ) { fixture in
                    for (number, repository) in [(7, "orders"), (8, "elsewhere")] {
                        try await fixture.client.create(
                            .pullRequests,
                            [
                                "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
                                "metadata": ["name": .string("\(repository)-\(number)")],
                                "spec": [
                                    "repository": .string(repository), "number": .integer(Int64(number)),
                                    "title": "Harmless", "author": "dora", "target": "main",
                                    "head": .string(head.hex), "state": "Open",
                                ],
                            ], namespace: "slipway")
                    }
                    let visitor = try await fixture.visitor("approver-token")
                    let page = try await visitor.get("/pulls/orders-7").text
                    for name in ["evil.py", "harmless.py"] {
                        #expect(page.contains("<span class=\"file-name\">\(name)</span>"), "\(name)")
                    }
                    let other = try await visitor.get("/pulls/elsewhere-8").text
                    #expect(other.contains("git fetch origin refs/pull/8/head"))
                    // What was merged is compared with what the branch was before.
                    try await fixture.client.patch(
                        .pullRequests, "orders-7", namespace: "slipway",
                        .merge(["status": ["phase": "Merged", "mergeCommit": .string(head.hex)]]),
                        subresource: "status")
                    let merged = try await visitor.get("/pulls/orders-7").text
                    #expect(merged.contains("<span class=\"file-name\">harmless.py</span>"))
                    #expect(!merged.contains("evil.py"))
                }
            }
        }
    }
}
