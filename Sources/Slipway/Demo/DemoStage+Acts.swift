import AsyncHTTPClient
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1

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
        try await approved(version)
        try await arrived(version, "production")
        try await timeline.step("production answers through the gateway") {
            let answer = try await admin.wait("an answer", .seconds(60)) { seen in
                var request = HTTPClientRequest(url: "http://\(listen.traffic.local)/healthz")
                request.headers.add(name: "host", value: Self.host("production"))
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                seen = "status \(response.status.code)"
                return response.status == .ok ? seen : nil
            }
            return ((), "GET http://\(Self.host("production"))/healthz: \(answer)")
        }
    }

    /// v2, good: the canary under load, which the judge promotes.
    func actTwo() async throws {
        timeline.begin("2. Another good version: a canary of 5, 25, 50, 100 % that the judge promotes")
        let version = try await change("v2")
        traffic.start()
        try await approved(version)
        try await firstRequest(version)
        let weights = try await canary(version)
        guard weights.contains(5), weights.contains(25), weights.contains(50) else {
            throw DemoFailure("the canary had the weights \(weights), not 5, 25 and 50")
        }
        try await arrived(version, "production")
        timeline.say("users were answered \(traffic.summary())")
    }

    /// v3 errs on one of twenty requests: rolled back, quarantined, reverted in git.
    func actThree() async throws {
        timeline.begin("3. A version that errs on 5 % of requests: the judge rolls it back")
        let before = try await config.main().commit
        let good = try await image(in: "production")
        let version = try await change("v3")
        try await approved(version)
        try await firstRequest(version)
        try await rolledBack(version, to: good, since: before)
        timeline.say("users were answered \(traffic.summary())")
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
            // The pull request names its run for as long as that is under way.
            var name: String?
            let run = try await admin.wait("the end of v4's run", .seconds(300)) { seen in
                guard let status = try await admin.object(.pullRequests, pull)?["status"] else {
                    return nil as Value?
                }
                name = status["runs"]?[0]?.stringValue ?? name
                seen = status["message"]?.stringValue ?? ""
                if status["mergeCommit"] != nil { throw DemoFailure("v4 was merged") }
                guard status["evictedHead"] != nil, let name else { return nil }
                return try await admin.object(.pipelineRuns, name)
            }
            let gates = run["status", "gates"]?.arrayValue ?? []
            let failed = gates.filter { $0["phase"]?.stringValue == "Failed" }.compactMap {
                $0["name"]?.stringValue
            }
            guard failed == ["security"] else {
                throw DemoFailure(
                    "the failed gates are \(failed), not security: \(run["status", "message"] ?? "")")
            }
            guard try await orders.main().commit == main else { throw DemoFailure("main has moved") }
            return ((), "\(run["status", "message"]?.stringValue ?? ""); main is still \(main.prefix(12))")
        }
    }

    private func directPush() async throws {
        try await timeline.step("a direct push to main is refused") {
            let outcome = try await demo.patiently {
                let outcome = try await orders.pushDirectly()
                guard outcome.code != 0, outcome.text.contains("is protected") else {
                    throw DemoFailure("git push ended with \(outcome.code): \(outcome.text)")
                }
                return outcome
            }
            let line =
                outcome.text.split(whereSeparator: \.isNewline).first { $0.contains("is protected") } ?? ""
            return ((), line.trimmed)
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
