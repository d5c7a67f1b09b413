import KubeClient
import KubeModel
import Manifest

extension DemoStage {
    /// v1, good: through all environments.
    func actOne() async throws {
        timeline.begin(
            "1. A good version: gates, image, signature, dev, smoke, staging, approval, production")
        try await orders.create()
        try copy("orders", to: orders.path)
        try await orders.commit("Take orders")
        let version = try await release("v1")
        try await arrived(version, "dev")
        try await arrived(version, "staging")
        try await waitsForApproval(version)
        try await ownApproval(version)
        try await approved(version)
        try await arrived(version, "production")
        try await timeline.step("production answers through the gateway") {
            let answers = try await answering(version)
            return ((), "GET http://\(Self.host("production"))/version: \(answers)")
        }
    }

    /// v2, good: the canary under load, which the judge promotes.
    func actTwo() async throws {
        timeline.begin("2. Another good version: a canary of 5, 25, 50, 100 % that the judge promotes")
        let version = try await change("v2")
        traffic.start()
        try await waitsForApproval(version)
        let begin = try await routeVersion()
        try await approved(version)
        try await firstRequest(version)
        try await promotedByJudge(version, since: begin)
        try await arrived(version, "production")
        try await served(version, atMost: 1)
    }

    /// v3 errs on one of twenty requests: rolled back, quarantined, reverted in git.
    func actThree() async throws {
        timeline.begin("3. A version that errs on 5 % of requests: the judge rolls it back")
        let good = try await present()
        let version = try await change("v3")
        try await waitsForApproval(version)
        let begin = try await routeVersion()
        try await approved(version)
        try await firstRequest(version)
        try await rolledBack(version, to: good, since: begin)
        // It errs on one of twenty orders, and only few of these come to it.
        try await served(version, atMost: 2)
        traffic.pause()
    }

    /// What must not come through does not.
    func actFour() async throws {
        timeline.begin("4. What must not come through")
        try await injection()
        try await directPush()
        try await foreignImage()
    }

    /// Commits the next version on top of main and follows it until production waits for it.
    private func change(_ name: String) async throws -> Version {
        try await orders.update()
        let title = try await orders.change(name, in: "\(examples)/versions")
        timeline.say(title)
        let version = try await release(name)
        try await arrived(version, "dev")
        try await arrived(version, "staging")
        return version
    }

    /// The version that production runs.
    private func present() async throws -> Version {
        let (images, _) = try await running(in: "production")
        let digest = images.first.flatMap { $0.split(separator: "@").last }.map(String.init) ?? ""
        let release = try await admin.objects(.releases).first {
            $0["spec", "image", "digest"]?.stringValue == digest
        }
        guard let release, let commit = release["spec", "commit"]?.stringValue else {
            throw DemoFailure("production runs \(images), which is no release")
        }
        return Version(
            name: release.metadata.name, commit: commit, release: release.metadata.name, digest: digest,
            pushedAt: timeline.elapsed)
    }

    /// Tells what users were answered since the last time, and that the version did not spoil it for them.
    private func served(_ version: Version, atMost percent: Int) async throws {
        let answers = traffic.take()
        try await timeline.step("users were served while \(version.name) came") {
            // While it is killed nobody is.
            if !demo.wasKilled { try answers.check(atMost: percent) }
            return ((), "they were answered \(answers)")
        }
    }

    private func injection() async throws {
        try await orders.update()
        let main = try await orders.main().commit
        timeline.say(try await orders.change("v4", in: "\(examples)/versions"))
        let pull = try await timeline.step("v4 pushed for main with git") {
            let commit = try await orders.push()
            let pull = try await pullRequest(at: commit)
            return (pull, "pull request \(pull), commit \(commit.prefix(12))")
        }
        try await timeline.step("v4 is stopped at the security gate") {
            let run = try await admin.wait("the end of v4's run", .seconds(300)) { seen in
                guard let status = try await admin.object(.pullRequests, pull)?["status"] else {
                    return nil as Value?
                }
                seen = status["message"]?.stringValue ?? ""
                if status["mergeCommit"] != nil { throw DemoFailure("v4 was merged") }
                guard status["evictedHead"] != nil else { return nil }
                // What turned it away is the last of its runs.
                return try await runs(of: pull).max { Self.start(of: $0) < Self.start(of: $1) }
            }
            let finding = try RefusalProof.injection(run)
            try await mainIsStill(main)
            return ((), "\(finding); main is still \(main.prefix(12))")
        }
    }

    private static func start(of run: Value) -> String { run["status", "startedAt"]?.stringValue ?? "" }

    private func mainIsStill(_ commit: String) async throws {
        let main = try await orders.main().commit
        guard main == commit else { throw DemoFailure("main was \(commit) and is \(main)") }
    }

    private func directPush() async throws {
        try await timeline.step("a direct push to main is refused") {
            let main = try await orders.main().commit
            let outcome = try await demo.patiently {
                let outcome = try await orders.pushDirectly()
                guard outcome.code != 0, outcome.text.contains("is protected") else {
                    throw DemoFailure("git push ended with \(outcome.code): \(outcome.text)")
                }
                return outcome
            }
            let line =
                outcome.text.split(whereSeparator: \.isNewline).first { $0.contains("is protected") } ?? ""
            try await mainIsStill(main)
            return ((), "\(line.trimmed); main is still \(main.prefix(12))")
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
