import ClusterTestSupport
import KubeModel
import Manifest
import Testing

@testable import KubeServer

/// What the groups of viewers, developers and approvers may do, asked of the server itself.
@Suite struct DeliveryRoleTests {
    private static let users = [
        "nobody": User(name: "nobody", groups: [User.authenticatedGroup]),
        "viewer": User(name: "vera", groups: ["slipway:viewers", User.authenticatedGroup]),
        "developer": User(name: "dora", groups: ["slipway:developers", User.authenticatedGroup]),
        "approver": User(name: "anna", groups: ["slipway:approvers", User.authenticatedGroup]),
        "admin": User(name: "root", groups: [User.mastersGroup, User.authenticatedGroup]),
    ]
    private static let ranks = ["nobody", "viewer", "developer", "approver", "admin"]

    /// A verb on a resource, and the least of the roles that has it.
    struct Case: Sendable, CustomTestStringConvertible {
        var verb: String
        var group: String
        var resource: String
        var least: String

        var testDescription: String { "\(verb) \(resource).\(group): \(least)" }

        init(_ verb: String, _ group: String, _ resource: String, _ least: String) {
            (self.verb, self.group, self.resource, self.least) = (verb, group, resource, least)
        }
    }

    @Test(arguments: [
        Case("get", "slipway.dev", "deliveries", "viewer"),
        Case("watch", "slipway.dev", "pullrequests", "viewer"),
        Case("list", "slipway.dev", "promotions", "viewer"),
        Case("get", "slipway.dev", "repositories", "viewer"),
        Case("list", "argoproj.io", "applications", "viewer"),
        Case("watch", "argoproj.io", "rollouts", "viewer"),
        Case("list", "gateway.networking.k8s.io", "httproutes", "viewer"),
        Case("list", "", "pods", "viewer"), Case("get", "", "pods/log", "viewer"),
        Case("list", "", "configmaps", "viewer"), Case("list", "apps", "replicasets", "viewer"),
        Case("list", "batch", "jobs", "viewer"),
        Case("get", "apiextensions.k8s.io", "customresourcedefinitions", "viewer"),
        Case("get", "", "secrets", "admin"), Case("list", "", "secrets", "admin"),
        Case("create", "", "pods/exec", "admin"), Case("create", "", "pods", "admin"),
        Case("create", "", "serviceaccounts/token", "admin"),
        Case("impersonate", "", "users", "admin"),
        Case("push", "slipway.dev", "repositories", "developer"),
        Case("comment", "slipway.dev", "repositories", "developer"),
        Case("merge", "slipway.dev", "repositories", "developer"),
        Case("steer", "slipway.dev", "pipelineruns", "developer"),
        Case("patch", "slipway.dev", "pipelineruns", "admin"),
        Case("create", "slipway.dev", "pipelineruns", "admin"),
        Case("create", "slipway.dev", "pullrequests", "admin"),
        Case("patch", "slipway.dev", "pullrequests/status", "admin"),
        Case("review", "slipway.dev", "repositories", "approver"),
        Case("create", "slipway.dev", "approvals", "approver"),
        Case("update", "slipway.dev", "approvals", "admin"),
        Case("delete", "slipway.dev", "approvals", "admin"),
        Case("create", "slipway.dev", "rollbacks", "approver"),
        Case("delete", "slipway.dev", "rollbacks", "admin"),
        Case("steer", "argoproj.io", "rollouts/status", "approver"),
        Case("steer", "argoproj.io", "rollouts", "approver"),
        Case("patch", "argoproj.io", "rollouts/status", "admin"),
        Case("patch", "argoproj.io", "rollouts", "admin"),
        Case("patch", "argoproj.io", "applications", "admin"),
        Case("patch", "slipway.dev", "releases/status", "admin"),
        Case("create", "slipway.dev", "signaturepolicies", "admin"),
        Case("create", "rbac.authorization.k8s.io", "clusterrolebindings", "admin"),
        Case("delete", "", "namespaces", "admin"),
    ])
    func `each role holds what the one before it holds, and what it is for`(question: Case) async throws {
        try await withServer { server in
            let parts = question.resource.split(separator: "/").map(String.init)
            let least = try #require(Self.ranks.firstIndex(of: question.least))
            for (rank, role) in Self.ranks.enumerated() {
                let user = try #require(Self.users[role])
                let target = AccessRequest.ResourceTarget(
                    verb: question.verb, group: question.group, version: "v1", resource: parts[0],
                    subresource: parts.count > 1 ? parts[1] : "", namespace: "slipway", name: "x")
                let decision = await server.authorizer.authorize(
                    AccessRequest(user: user, target: .resource(target)))
                #expect(decision.isAllowed == (rank >= least), "\(role)")
            }
        }
    }

    @Test func `a role that was changed stays so, one that is missing comes back`() async throws {
        let roles = DefaultRoles.objects.filter { $0.kind == "ClusterRole" }.map(\.metadata.name)
        #expect(Set(roles).isSuperset(of: ["slipway:viewer", "slipway:developer", "slipway:approver"]))
        try await withServer { server in
            let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
            let patch: Value = ["rules": []]
            let patched = try await server.call(
                .patch, "\(path)/slipway:viewer", type: "application/merge-patch+json", patch)
            #expect(patched.status == 200)
            #expect(try await server.call(.delete, "\(path)/slipway:approver").status == 200)
            try await Bootstrap(server: server).run()
            #expect(try await server.call(.get, "\(path)/slipway:viewer").body.items("rules").isEmpty)
            #expect(!(try await server.call(.get, "\(path)/slipway:approver").body.items("rules").isEmpty))
        }
    }
}
