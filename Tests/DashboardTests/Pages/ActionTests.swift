import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import Testing

@testable import Dashboard

/// What a scripted forge was asked for.
final class ScriptedForge: PullRequestActions {
    struct Request: Sendable, Hashable {
        var action: String
        var pull: String
        var fields: [String: String]
        var token: String
    }

    private let asked = Mutex<[Request]>([])

    var requests: [Request] { asked.withLock { $0 } }

    func act(
        _ action: String, pullRequest: String, repository: Value, fields: [String: String], token: String
    ) async throws -> String {
        asked.withLock { $0.append(Request(action: action, pull: pullRequest, fields: fields, token: token)) }
        return "\(pullRequest) \(action): noted"
    }
}

extension ServedPages {
    @Suite struct ActionTests {
        private static let approval = [
            "service": "orders", "environment": "production", "digest": DeliveryWorld.digest,
            "decision": "Approve",
            "back": "/pulls",
        ]

        private func approvals(_ fixture: DashboardFixture) async throws -> [Value] {
            try await fixture.client.listAll(.approvals, namespace: "slipway")
        }

        @Test func `an approver's approval is an object in their name`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("approver-token")
                let answer = try await visitor.submit("/approvals", from: "/", Self.approval)
                #expect(answer.status == 303)
                #expect(answer.header("location") == "/pulls")
                let made = try await approvals(fixture)
                #expect(made.count == 1)
                #expect(made.first?["spec", "user"]?.stringValue == "anna")
                #expect(made.first?["spec", "decision"]?.stringValue == "Approve")
                #expect(made.first?["spec", "digest"]?.stringValue == DeliveryWorld.digest)
                // The sentence is told once.
                #expect(
                    try await visitor.get("/").text.contains(
                        "You approved ab12ab12ab12 for production of orders."))
                #expect(!(try await visitor.get("/").text.contains("You approved")))
            }
        }

        @Test func `who may not approve is told so, and nothing is approved`() async throws {
            try await DashboardFixture.with { fixture in
                for token in ["viewer-token", "developer-token"] {
                    let visitor = try await fixture.visitor(token)
                    let answer = try await visitor.submit("/approvals", from: "/", Self.approval)
                    #expect(answer.status == 403)
                    #expect(answer.text.contains("Your role does not let you do this."))
                    #expect(answer.text.contains("cannot create resource &quot;approvals&quot;"))
                    #expect(try await approvals(fixture).isEmpty)
                }
            }
        }

        private static let forms: [(String, [String: String])] = [
            ("/approvals", approval), ("/rollbacks", ["service": "orders", "environment": "dev"]),
            ("/pulls/orders-7/review", ["state": "Approved"]),
            ("/pulls/orders-7/merge", ["action": "merge"]), ("/runs/orders-run-12/cancel", [:]),
            ("/rollouts/orders-production/orders", ["action": "abort"]),
            ("/apps/orders-production", ["action": "sync"]), ("/releases/orders-3fa9c23fa9c2/lift", [:]),
            ("/logout", [:]),
        ]

        @Test func `no form works without the token of its session`() async throws {
            let forge = ScriptedForge()
            try await DashboardFixture.with(change: { settings, _ in settings.forge = forge }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let (visitor, other) = (
                    try await fixture.visitor("approver-token"), try await fixture.visitor("approver-token")
                )
                let foreign = Visitor.formToken(try await other.get("/").text)
                let own = Visitor.formToken(try await visitor.get("/").text)
                for (path, fields) in Self.forms {
                    for token in [nil, "", "x", foreign] {
                        var fields = fields
                        fields["csrf"] = token
                        #expect(try await visitor.post(path, fields).status == 403, "\(path)")
                    }
                    var fields = fields
                    fields["csrf"] = own
                    for headers in [["origin": "https://evil.example"], ["sec-fetch-site": "cross-site"]] {
                        #expect(
                            try await visitor.post(path, fields, headers: headers).status == 403, "\(path)")
                    }
                    let json = try await visitor.post(path, fields, headers: ["content-type": "text/plain"])
                    #expect(json.status == 400, "\(path)")
                    if path.hasPrefix("/apps") { continue }
                    #expect(try await visitor.get(path).status != 303)
                }
                #expect(try await approvals(fixture).isEmpty)
                #expect(forge.requests.isEmpty)
                let rollout = try await fixture.client.get(
                    Rollout.resource, "orders", namespace: "orders-production")
                #expect(rollout["status", "abort"] == nil)
                #expect(try await visitor.get("/").status == 200)
            }
        }

        @Test func `reviews and merges are asked of the forge with the user's token`() async throws {
            let forge = ScriptedForge()
            try await DashboardFixture.with(change: { settings, _ in settings.forge = forge }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                let path = "/pulls/orders-8"
                let review = try await visitor.submit(
                    "\(path)/review", from: path, ["state": "Approved", "head": "abc", "body": "fine"])
                #expect(review.status == 303)
                _ = try await visitor.submit("\(path)/merge", from: path, ["action": "merge", "head": "abc"])
                _ = try await visitor.submit("\(path)/merge", from: path, ["action": "close", "head": "abc"])
                let empty = try await visitor.submit("\(path)/review", from: path, ["state": "Commented"])
                #expect(empty.status == 400)
                #expect(
                    forge.requests == [
                        .init(
                            action: "review", pull: "orders-8",
                            fields: ["state": "Approved", "head": "abc", "body": "fine"],
                            token: "approver-token"),
                        .init(
                            action: "merge", pull: "orders-8", fields: ["head": "abc"],
                            token: "approver-token"),
                        .init(action: "close", pull: "orders-8", fields: [:], token: "approver-token"),
                    ])
            }
        }

        @Test func `a rollback is asked for by approvers, with its reason`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let fields = [
                    "service": "orders", "environment": "staging", "release": "orders-3fa9c23fa9c2",
                    "reason": "totals are wrong",
                ]
                let developer = try await fixture.visitor("developer-token")
                #expect(try await developer.submit("/rollbacks", from: "/", fields).status == 403)
                let visitor = try await fixture.visitor("approver-token")
                #expect(try await visitor.get("/").text.contains("id=\"rollback-orders-staging\""))
                #expect(try await visitor.submit("/rollbacks", from: "/", fields).status == 303)
                let made = try await fixture.client.listAll(Rollback.resource, namespace: "slipway")
                #expect(made.count == 1)
                #expect(made.first?["spec", "service"] == "orders")
                #expect(made.first?["spec", "release"] == "orders-3fa9c23fa9c2")
                #expect(made.first?["spec", "reason"] == "totals are wrong")
            }
        }

        @Test func `a rollout is steered by approvers alone`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let path = "/rollouts/orders-production/orders"
                func status() async throws -> Value {
                    try await fixture.client.get(Rollout.resource, "orders", namespace: "orders-production")[
                        "status"]
                        ?? .null
                }
                // They have no form of it; what an approver's would send they can write themselves.
                var form = Visitor.form(
                    to: path, in: try await fixture.visitor("approver-token").get(path).text)
                form["action"] = "abort"
                form["csrf"] = nil
                for token in ["viewer-token", "developer-token"] {
                    let visitor = try await fixture.visitor(token)
                    #expect(try await visitor.submit(path, from: path, form).status == 403)
                    #expect(try await status()["abort"] == nil)
                }
                let visitor = try await fixture.visitor("approver-token")
                #expect(try await visitor.submit(path, from: path, ["action": "skip"]).status == 400)
                #expect(try await visitor.submit(path, from: path, ["action": "continue"]).status == 303)
                #expect(try await status()["pauseConditions"] == nil)
                #expect(try await visitor.submit(path, from: path, ["action": "continue"]).status == 400)
                #expect(try await visitor.submit(path, from: path, ["action": "skip"]).status == 303)
                #expect(try await status()["currentStepIndex"] == 4)
                #expect(try await visitor.submit(path, from: path, ["action": "pause"]).status == 303)
                #expect(try await visitor.submit(path, from: path, ["action": "continue"]).status == 400)
                #expect(try await visitor.submit(path, from: path, ["action": "resume"]).status == 303)
                #expect(try await visitor.submit(path, from: path, ["action": "abort"]).status == 303)
                #expect(try await status()["abort"] == true)
                #expect(try await visitor.submit(path, from: path, ["action": "abort"]).status == 400)
                #expect(try await visitor.submit(path, from: path, ["action": "retry"]).status == 303)
                #expect(try await visitor.submit(path, from: path, ["action": "full"]).status == 303)
                #expect(try await status()["promoteFull"] == true)
                #expect(try await visitor.submit(path, from: path, ["action": "explode"]).status == 400)
            }
        }

        @Test func `a run is cancelled by developers`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let path = "/runs/orders-run-12"
                let viewer = try await fixture.visitor("viewer-token")
                #expect(try await viewer.submit("\(path)/cancel", from: path, [:]).status == 403)
                let developer = try await fixture.visitor("developer-token")
                let answer = try await developer.submit("\(path)/cancel", from: path, [:])
                #expect(answer.status == 303)
                #expect(answer.header("location") == path)
                let run = try await fixture.client.get(.pipelineRuns, "orders-run-12", namespace: "slipway")
                #expect(run["spec", "cancel"] == true)
                #expect(try await developer.get(path).text.contains("It is being cancelled."))
            }
        }

        @Test func `an application is compared and synced by developers, in their own name`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let path = "/apps/orders-production"
                func application() async throws -> Value {
                    try await fixture.client.get(
                        Application.resource, "orders-production", namespace: "slipway")
                }
                let viewer = try await fixture.visitor("viewer-token")
                #expect(try await viewer.get(path).text.contains("value=\"sync\"") == false)
                for action in ["sync", "refresh"] {
                    #expect(try await viewer.submit(path, from: path, ["action": action]).status == 403)
                }
                #expect(try await application()["operation"] == nil)
                let developer = try await fixture.visitor("developer-token")
                #expect(try await developer.get(path).text.contains("value=\"sync\""))
                #expect(try await developer.submit(path, from: path, ["action": "refresh"]).status == 303)
                #expect(
                    try await application().metadata.annotations[Application.refreshAnnotation] == "normal")
                let answer = try await developer.submit(path, from: path, ["action": "sync"])
                #expect(answer.status == 303)
                #expect(answer.header("location") == path)
                #expect(try await application()["operation", "initiatedBy", "username"] == "dora")
                #expect(
                    try await developer.get(path).text.contains("orders-production becomes what git says."))
                // One at a time.
                #expect(try await developer.submit(path, from: path, ["action": "sync"]).status == 400)
                #expect(try await developer.submit(path, from: path, ["action": "delete"]).status == 400)
            }
        }

        @Test func `a quarantine is ended by approvers, with a reason`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let release = "orders-3fa9c23fa9c2"
                let (commit, path) = ("/commits/orders/\(DeliveryWorld.commit)", "/releases/\(release)/lift")
                func status() async throws -> Value? {
                    try await fixture.client.get(.releases, release, namespace: "slipway")["status"]
                }
                let approver = try await fixture.visitor("approver-token")
                #expect(try await approver.get(commit).text.contains("End the quarantine") == false)
                #expect(try await approver.submit(path, from: commit, ["reason": "x"]).status == 400)
                try await fixture.client.patch(
                    .releases, release, namespace: "slipway",
                    .merge(["status": ["phase": "Quarantined", "message": "errors rose"]]),
                    subresource: "status")
                let developer = try await fixture.visitor("developer-token")
                #expect(try await developer.get("/").text.contains("</a> is in quarantine: errors rose"))
                #expect(try await developer.get(commit).text.contains("End the quarantine") == false)
                #expect(try await developer.submit(path, from: commit, ["reason": "x"]).status == 403)
                #expect(try await status()?["phase"] == "Quarantined")
                #expect(try await approver.get(commit).text.contains("id=\"lift-\(release)\""))
                let answer = try await approver.submit(
                    path, from: commit, ["reason": "the database was at fault", "back": commit])
                #expect(answer.status == 303)
                #expect(answer.header("location") == commit)
                #expect(try await status()?["phase"] == "Available")
                #expect(try await status()?["message"] == "the database was at fault")
                #expect(try await approver.get(commit).text.contains("\(release) can be promoted again."))
            }
        }

        @Test func `buttons are there for those who may press them`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                for (token, approves, reviews, comments, cancels) in [
                    ("viewer-token", false, false, false, false),
                    ("developer-token", false, false, true, true),
                    ("approver-token", true, true, true, true), (adminToken, true, true, true, true),
                ] {
                    let visitor = try await fixture.visitor(token)
                    #expect(try await visitor.get("/").text.contains("value=\"Approve\"") == approves)
                    let pull = try await visitor.get("/pulls/orders-8").text
                    #expect(pull.contains("value=\"Approved\"") == reviews)
                    #expect(pull.contains("value=\"Commented\"") == comments)
                    #expect(
                        try await visitor.get("/runs/orders-run-12").text.contains("Cancel the run")
                            == cancels)
                    let rollout = try await visitor.get("/rollouts/orders-production/orders").text
                    #expect(rollout.contains("value=\"abort\"") == approves)
                }
                // The author of a change is not asked to approve it.
                let author = try await fixture.visitor("developer-token")
                #expect(try await author.get("/pulls/orders-7").text.contains("value=\"Approved\"") == false)
            }
        }
    }
}
