import ClusterTestSupport
import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct AdmissionTests {
    private func call(
        _ server: APIServer, _ method: APIRequest.Method, _ path: String, _ body: Value? = nil,
        as user: User = .server,
        headers: APIHeaders = ["content-type": "application/json"]
    ) async throws -> (status: Int, body: Value) {
        let response = await server.handle(
            APIRequest(method, path, headers: headers, body: body.map { JSON.write($0) } ?? []), as: user)
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, (try? JSON.parse(bytes)) ?? .null)
    }

    private func service(_ name: String, _ spec: Value) -> Value {
        var spec = spec
        if spec["ports"] == nil { spec["ports"] = [["port": 80]] }
        return ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec]
    }

    private static let services = "/api/v1/namespaces/default/services"

    @Test func `each service gets an address and a port of its own`() async throws {
        try await withServer { server in
            let made = try await withThrowingTaskGroup(of: Value.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await call(
                            server, .post, Self.services, service("s\(number)", ["type": "NodePort"])
                        ).body
                    }
                }
                return try await group.reduce(into: [Value]()) { $0.append($1) }
            }
            #expect(Set(made.map { $0.text("spec", "clusterIP") }).count == 40)
            #expect(made.allSatisfy { $0.text("spec", "clusterIP").hasPrefix("10.96.") })
            #expect(Set(made.map { $0.items("spec", "ports")[0].number("nodePort") }).count == 40)
        }
    }

    @Test func `an address or a port that is taken is refused`() async throws {
        try await withServer { server in
            let first = service(
                "a",
                ["clusterIP": "10.96.0.10", "type": "NodePort", "ports": [["port": 80, "nodePort": 30080]]])
            #expect(try await call(server, .post, Self.services, first).status == 201)
            let second = try await call(
                server, .post, Self.services, service("b", ["clusterIP": "10.96.0.10"]))
            #expect(second.status == 422)
            #expect(
                second.body.text("message")
                    == #"Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated"#
            )
            let third = service("c", ["type": "NodePort", "ports": [["port": 80, "nodePort": 30080]]])
            #expect(
                try await call(server, .post, Self.services, third).body.text("message")
                    == #"Service "c" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated"#
            )
        }
    }

    @Test func `the first namespaces cannot be deleted`() async throws {
        try await withServer { server in
            let answer = try await call(server, .delete, "/api/v1/namespaces/default")
            #expect(answer.status == 403)
            #expect(
                answer.body.text("message")
                    == #"namespaces "default" is forbidden: this namespace may not be deleted"#)
        }
    }

    @Test func `nobody grants more than they hold`() async throws {
        try await withServer { server in
            let group = "/apis/rbac.authorization.k8s.io/v1"
            func role(_ name: String, _ verbs: [Value], _ resources: [Value]) -> Value {
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                    "metadata": ["name": .string(name)],
                    "rules": [
                        [
                            "verbs": .array(verbs), "apiGroups": ["", "rbac.authorization.k8s.io"],
                            "resources": .array(resources),
                        ]
                    ],
                ]
            }
            func binding(_ name: String, role: String, user: String) -> Value {
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": ["name": .string(name)],
                    "roleRef": [
                        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role),
                    ],
                    "subjects": [
                        ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string(user)]
                    ],
                ]
            }
            let own: [Value] = ["pods", "clusterroles", "clusterrolebindings"]
            _ = try await call(server, .post, "\(group)/clusterroles", role("own", ["get", "create"], own))
            _ = try await call(
                server, .post, "\(group)/clusterrolebindings", binding("own", role: "own", user: "eve"))
            let eve = User(name: "eve", groups: ["team"])
            let allowed = role("allowed", ["get"], ["pods"])
            #expect(try await call(server, .post, "\(group)/clusterroles", allowed, as: eve).status == 201)
            let more = try await call(
                server, .post, "\(group)/clusterroles", role("more", ["get"], ["secrets"]), as: eve)
            #expect(more.status == 403)
            #expect(
                more.body.text("message")
                    == #"clusterroles.rbac.authorization.k8s.io "more" is forbidden: user "eve" (groups=["team"]) is "#
                    + "attempting to grant RBAC permissions not currently held:\n"
                    + #"{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}"# + "\n"
                    + #"{APIGroups:["rbac.authorization.k8s.io"], Resources:["secrets"], Verbs:["get"]}"#)
            let bound = binding("admin-eve", role: "cluster-admin", user: "eve")
            #expect(
                try await call(server, .post, "\(group)/clusterrolebindings", bound, as: eve).status == 403)
        }
    }

    @Test func `only who may act as another does`() async throws {
        try await withServer { server in
            func whoami(_ token: String) async throws -> (status: Int, body: Value) {
                let response = await server.handle(
                    APIRequest(
                        .post, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                        headers: [
                            "authorization": "Bearer \(token)",
                            "impersonate-user": "system:serviceaccount:ns:bot",
                            "content-type": "application/json",
                        ],
                        body: JSON.write([
                            "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
                        ])))
                guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
                return (response.status, try JSON.parse(bytes))
            }
            let admin = try await whoami(adminToken)
            #expect(admin.status == 201)
            #expect(admin.body["status", "userInfo"]?.text("username") == "system:serviceaccount:ns:bot")
            #expect(
                admin.body["status", "userInfo"]?.texts("groups")
                    == ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"])
        }
    }
}
