import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

/// Tokens of service accounts that are bound to an object, as `kubectl create token --bound-object-kind` asks for them.
@Suite struct BoundTokenTests {
    private static let namespace = "/api/v1/namespaces/default"

    /// A server with a service account, a pod of it on a node, and a secret.
    private func server(withNode: Bool = true) async throws -> APIServer {
        let server = try await APIServer.open(.testing)
        _ = try await server.call(
            .post, "\(Self.namespace)/serviceaccounts", ["metadata": ["name": "robot"]])
        if withNode { _ = try await server.call(.post, "/api/v1/nodes", ["metadata": ["name": "one"]]) }
        try await createPod(on: server)
        _ = try await server.call(.post, "\(Self.namespace)/secrets", ["metadata": ["name": "key"]])
        return server
    }

    private func createPod(on server: APIServer) async throws {
        let (status, _) = try await server.call(
            .post, "\(Self.namespace)/pods",
            [
                "metadata": ["name": "teller"],
                "spec": [
                    "serviceAccountName": "robot", "nodeName": "one", "terminationGracePeriodSeconds": 0,
                    "containers": [["name": "main", "image": "host"]],
                ],
            ])
        #expect(status == 201)
    }

    private func request(
        _ server: APIServer, _ kind: String, _ name: String, version: String = "v1", uid: String? = nil,
        account: String = "robot"
    ) async throws -> (status: Int, body: Value) {
        var reference: Value = [
            "apiVersion": .string(version), "kind": .string(kind), "name": .string(name),
        ]
        if let uid { reference["uid"] = .string(uid) }
        return try await server.call(
            .post, "\(Self.namespace)/serviceaccounts/\(account)/token",
            [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": ["boundObjectRef": reference],
            ])
    }

    private func uid(_ server: APIServer, _ path: String) async throws -> String {
        try await server.call(.get, path).body.metadata.uid
    }

    private func claims(_ answer: Value) throws -> Value {
        let token = try #require(answer["status", "token"]?.stringValue)
        let parts = token.split(separator: ".")
        let body = try #require(Base64.decodeURLSafe(parts[1], padding: .forbidden))
        return try #require(try JSON.parse(body)["kubernetes.io"])
    }

    /// What the server says of whoever shows the token.
    private func review(_ server: APIServer, _ answer: Value) async throws -> Value {
        let token = try #require(answer["status", "token"]?.stringValue)
        let (_, review) = try await server.call(
            .post, "/apis/authentication.k8s.io/v1/tokenreviews",
            [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                "spec": ["token": .string(token)],
            ])
        return review["status"] ?? .null
    }

    @Test func `a token of a pod says which pod and which node`() async throws {
        let server = try await server()
        let pod = try await uid(server, "\(Self.namespace)/pods/teller")
        let node = try await uid(server, "/api/v1/nodes/one")
        let account = try await uid(server, "\(Self.namespace)/serviceaccounts/robot")
        let (status, answer) = try await request(server, "Pod", "teller", uid: pod)
        #expect(status == 201)
        #expect(
            try claims(answer) == [
                "namespace": "default", "serviceaccount": ["name": "robot", "uid": .string(account)],
                "pod": ["name": "teller", "uid": .string(pod)],
                "node": ["name": "one", "uid": .string(node)],
            ])
        let known = try await review(server, answer)
        #expect(known["authenticated"] == true)
        #expect(known["user", "username"] == "system:serviceaccount:default:robot")
        let extra = known["user", "extra"]
        #expect(extra?["authentication.kubernetes.io/pod-name"] == ["teller"])
        #expect(extra?["authentication.kubernetes.io/pod-uid"] == [.string(pod)])
        #expect(extra?["authentication.kubernetes.io/node-name"] == ["one"])
        #expect(extra?["authentication.kubernetes.io/node-uid"] == [.string(node)])
        try server.close()
    }

    @Test func `a pod's token ends with the pod and not with its node`() async throws {
        let server = try await server()
        let (_, answer) = try await request(server, "Pod", "teller")
        _ = try await server.call(.delete, "/api/v1/nodes/one")
        #expect(try await review(server, answer)["authenticated"] == true)
        _ = try await server.call(.delete, "\(Self.namespace)/pods/teller", ["gracePeriodSeconds": 0])
        #expect(try await review(server, answer)["error"] == "invalid bearer token")
        // One of the same name is another.
        try await createPod(on: server)
        #expect(try await review(server, answer)["error"] == "invalid bearer token")
        try server.close()
    }

    @Test func `a pod on a node that is not known is told by the node's name`() async throws {
        let server = try await server(withNode: false)
        let (_, answer) = try await request(server, "Pod", "teller")
        #expect(try claims(answer)["node"] == ["name": "one"])
        #expect(try await review(server, answer)["authenticated"] == true)
        try server.close()
    }

    @Test(arguments: [
        ("Secret", "key", "\(namespace)/secrets/key", "secret"), ("Node", "one", "/api/v1/nodes/one", "node"),
    ])
    func `a token ends with what it is bound to`(
        kind: String, name: String, path: String, claim: String
    ) async throws {
        let server = try await server()
        let uid = try await uid(server, path)
        let (status, answer) = try await request(server, kind, name, uid: uid)
        #expect(status == 201)
        #expect(try claims(answer)[claim] == ["name": .string(name), "uid": .string(uid)])
        #expect(try claims(answer)["pod"] == nil)
        #expect(try await review(server, answer)["authenticated"] == true)
        _ = try await server.call(.delete, path)
        #expect(try await review(server, answer)["error"] == "invalid bearer token")
        try server.close()
    }

    @Test func `a token cannot be bound to what is not there`() async throws {
        let server = try await server()
        for (kind, resource) in [("Pod", "pods"), ("Secret", "secrets"), ("Node", "nodes")] {
            let (status, answer) = try await request(server, kind, "none")
            #expect(status == 404)
            #expect(answer["message"]?.stringValue == "\(resource) \"none\" not found")
        }
        try server.close()
    }

    @Test func `a token cannot be bound to another of the same name`() async throws {
        let server = try await server()
        let (status, answer) = try await request(server, "Pod", "teller", uid: "other")
        #expect(status == 409)
        #expect(
            answer["message"]?.stringValue
                == "Operation cannot be fulfilled on Pod \"teller\": the UID in the bound object reference (other)"
                + " does not match the UID in record. The object might have been deleted and then recreated")
        try server.close()
    }

    @Test func `a token cannot be bound to a pod of another account`() async throws {
        let server = try await server()
        _ = try await server.call(
            .post, "\(Self.namespace)/serviceaccounts", ["metadata": ["name": "other"]])
        let (status, answer) = try await request(server, "Pod", "teller", account: "other")
        #expect(status == 400)
        #expect(
            answer["message"]?.stringValue
                == "cannot bind token for serviceaccount \"other\" to pod running with different serviceaccount name."
        )
        try server.close()
    }

    @Test(arguments: [
        ("v1", "ConfigMap", "/v1, Kind=ConfigMap"), ("apps/v1", "Deployment", "apps/v1, Kind=Deployment"),
        ("apps/v1", "Pod", "apps/v1, Kind=Pod"),
    ])
    func `a token cannot be bound to other kinds`(version: String, kind: String, type: String) async throws {
        let server = try await server()
        let (status, answer) = try await request(server, kind, "x", version: version)
        #expect(status == 400)
        #expect(answer["message"]?.stringValue == "cannot bind token to object of type \(type)")
        try server.close()
    }
}
