import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

struct RaceTests {
    private static let services = ["orders", "payments", "stock"]

    @Test func `of fifty pull requests pushed at once every healthy one lands, once, as it was tested`()
        async throws
    {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            try await fixture.begin(services: Self.services)
            let base = try #require(try await git.reference("refs/heads/main"))
            let failing: Set<Int> = [3, 14, 22, 37, 45]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<10 {
                    group.addTask {
                        let developer = try await fixture.developer(client % 2 == 0 ? "Ada" : "Bob")
                        for number in stride(from: client, to: 50, by: 10) {
                            let service = Self.services[number % 3]
                            try await developer("checkout", "--quiet", "-B", "c\(number)", "origin/main")
                            let file = failing.contains(number) ? "fail" : "file-\(number)"
                            try await developer.commit(
                                "Change \(number)", ["\(service)/\(file)": "\(number)"])
                            try await developer(
                                "push", "--quiet", "-o", "topic=t\(number)", "origin", "HEAD:refs/for/main")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let pulls = try await fixture.client.listAll(.pullRequests, namespace: "default")
            #expect(pulls.count == 51)
            for pull in pulls where pull.metadata.name != "shop-1" {
                let number = Int(pull["spec", "title"]?.stringValue?.split(separator: " ").last ?? "") ?? -1
                if failing.contains(number) {
                    _ = try await fixture.waitForReason(pull.metadata.name, "PipelineFailed")
                } else {
                    _ = try await fixture.waitForPhase(pull.metadata.name, .merged)
                }
            }
            try await History(git: git, base: base).check(landed: Set(0..<50).subtracting(failing))
            let head = try await git.reference("refs/heads/main")
            try await fixture.wait(.repositories, "shop") {
                $0["status", "audit", "commit"]?.stringValue == head?.hex && $0.conditions.isTrue("Attested")
            }
        }
    }
}

/// What the branch must look like after many merges.
struct History {
    let git: GitRepository
    let base: ObjectID

    /// Main is linear by first parents, each commit has a record, and each healthy change is there exactly once.
    func check(landed: Set<Int>) async throws {
        let head = try #require(try await git.reference("refs/heads/main"))
        let commits = try await git.commits(of: head, excluding: [base], firstParent: true)
        var titles: [String] = []
        var next = head
        for id in commits {
            #expect(id == next)
            let commit = try await git.commit(id)
            next = try #require(commit.parents.first)
            titles.append(commit.subject)
            let record = try await git.object("refs/slipway/records/\(id)")
            #expect(record?.kind == .blob)
            let merged = try #require(commit.parents.last)
            #expect(try await git.merge(next, merged) == .clean(commit.tree))
        }
        #expect(next == base)
        let numbers = titles.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(numbers.count == titles.count && Set(numbers) == landed && numbers.count == landed.count)
        for number in landed {
            let services = ["orders", "payments", "stock"]
            let content = try await git.blob("\(services[number % 3])/file-\(number)", at: head)
            #expect(content == Array("\(number)".utf8))
        }
    }
}
