import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import Testing

@testable import Dashboard

extension ServedPages {
    /// Files of this machine, which the dashboard reads beside the API, are shown by the API's word as well.
    @Suite struct PermissionTests {
        private static let log = "/runs/orders-run-12/logs/test.with-postgresql"

        /// Lets a user read the objects of all pages, and nothing below or behind them.
        private static func grantObjects(_ fixture: DashboardFixture, to user: String) async throws {
            let role: Value = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                "metadata": ["name": "objects"],
                "rules": [
                    [
                        "apiGroups": ["slipway.dev"], "resources": ["pipelineruns", "pullrequests"],
                        "verbs": ["get", "list", "watch"],
                    ],
                    [
                        "apiGroups": ["argoproj.io"], "resources": ["applications"],
                        "verbs": ["get", "list", "watch"],
                    ],
                    [
                        "apiGroups": ["slipway.dev"], "resources": ["repositories"],
                        "verbs": ["list", "watch"],
                    ],
                ],
            ]
            let binding: Value = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                "metadata": ["name": "objects"],
                "roleRef": [
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "objects",
                ],
                "subjects": [
                    ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]
                ],
            ]
            func resource(_ name: String) -> GroupVersionResource {
                GroupVersionResource(group: "rbac.authorization.k8s.io", version: "v1", resource: name)
            }
            try await fixture.client.create(resource("clusterroles"), role, namespace: nil)
            try await fixture.client.create(resource("clusterrolebindings"), binding, namespace: nil)
        }

        @Test func `logs are for those who may get pipelineruns/log`() async throws {
            let log = ScriptedLog()
            log.write("collected 41 items\n")
            log.finish()
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Self.grantObjects(fixture, to: "nemo")
                let (nemo, vera) = (
                    try await fixture.visitor("nobody-token"), try await fixture.visitor("viewer-token")
                )
                for (visitor, mayRead) in [(nemo, false), (vera, true)] {
                    let run = try await visitor.get("/runs/orders-run-12")
                    #expect(run.status == 200)
                    #expect(run.text.contains("with-postgresql"))
                    #expect(run.text.contains("href=\"\(Self.log)\"") == mayRead)
                    #expect(run.text.contains("collected 41 items") == mayRead)
                    for path in [Self.log, "\(Self.log)/raw", "\(Self.log)/stream?from=0"] {
                        let answer = try await visitor.get(path)
                        #expect(answer.status == (mayRead ? 200 : 403), "\(path)")
                        #expect(answer.text.contains("collected 41 items") == mayRead, "\(path)")
                    }
                }
                #expect(
                    try await nemo.get(Self.log).text.contains(
                        "User &quot;nemo&quot; cannot get resource &quot;pipelineruns/log&quot;"))
            }
        }

        @Test func `differences are for those who may get the repository`() async throws {
            let asked = Mutex<[String]>([])
            try await DashboardFixture.with(change: { settings, _ in
                settings.repository = { name in
                    asked.withLock { $0.append(name) }
                    return nil
                }
            }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Self.grantObjects(fixture, to: "nemo")
                let nemo = try await fixture.visitor("nobody-token")
                for path in ["/pulls/orders-7", "/apps/orders-production/diff"] {
                    let page = try await nemo.get(path)
                    #expect(page.status == 200)
                    #expect(page.text.contains("Your role does not let you read the repository"), "\(path)")
                }
                #expect(asked.withLock { $0 } == [])
                let vera = try await fixture.visitor("viewer-token")
                for path in ["/pulls/orders-7", "/apps/orders-production/diff"] {
                    #expect(!(try await vera.get(path).text.contains("Your role does not let you read")))
                }
                #expect(asked.withLock { $0.count } == 2)
            }
        }
    }
}
