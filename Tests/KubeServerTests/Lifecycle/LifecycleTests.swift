import ClusterTestSupport
import KubeModel
import Manifest
import Testing

@testable import KubeServer

/// The controllers at work behind a running server.
@Suite struct LifecycleTests {
    private func call(
        _ server: APIServer, _ method: APIRequest.Method, _ path: String, _ body: Value? = nil,
        type: String = "application/json"
    ) async throws -> (status: Int, body: Value) {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count > 1 ? APIRequest.Parameter.list(parts[1][...]) : []
        let response = await server.handle(
            APIRequest(
                method, parts[0], query: query, headers: ["content-type": type],
                body: body.map { JSON.write($0) } ?? []), as: .server)
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, (try? JSON.parse(bytes)) ?? .null)
    }

    /// Waits for a change after which a condition holds; the test's time limit ends a wait for nothing.
    private func until(_ server: APIServer, _ condition: () async throws -> Bool) async throws {
        while true {
            try Task.checkCancellation()
            let revision = server.store.revision
            if try await condition() { return }
            await server.store.waitForWrite(after: revision, deadline: .seconds(3600))
        }
    }

    private func map(_ name: String, owner: Value? = nil, blocks: Bool = false, finalizer: String? = nil)
        -> Value
    {
        var map: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]]
        if let owner {
            var reference = OwnerReference(controller: owner)
            reference.isController = false
            reference.blocksOwnerDeletion = blocks
            map.metadata.ownerReferences = [reference]
        }
        if let finalizer { map.metadata.finalizers = [finalizer] }
        return map
    }

    private static let maps = "/api/v1/namespaces/default/configmaps"

    @Test(.timeLimit(.minutes(5)), arguments: ["Background", "Foreground"])
    func `what an object owns goes with it`(policy: String) async throws {
        try await withServer { server in
            let top = try await call(server, .post, Self.maps, map("top")).body
            let middle = try await call(server, .post, Self.maps, map("middle", owner: top, blocks: true))
                .body
            _ = try await call(server, .post, Self.maps, map("leaf", owner: middle, blocks: true))
            _ = try await call(server, .post, Self.maps, map("other"))
            _ = try await call(server, .delete, "\(Self.maps)/top?propagationPolicy=\(policy)")
            try await until(server) {
                try await call(server, .get, Self.maps).body.items("items").map(\.metadata.name) == ["other"]
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `orphans stay and forget their owner`() async throws {
        try await withServer { server in
            let top = try await call(server, .post, Self.maps, map("top")).body
            _ = try await call(server, .post, Self.maps, map("leaf", owner: top))
            _ = try await call(server, .delete, "\(Self.maps)/top?propagationPolicy=Orphan")
            try await until(server) { try await call(server, .get, "\(Self.maps)/top").status == 404 }
            let leaf = try await call(server, .get, "\(Self.maps)/leaf").body
            #expect(leaf.metadata.ownerReferences.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a namespace goes when its contents are gone`() async throws {
        try await withServer { server in
            let namespace: Value = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "team"]]
            #expect(try await call(server, .post, "/api/v1/namespaces", namespace).status == 201)
            let maps = "/api/v1/namespaces/team/configmaps"
            _ = try await call(server, .post, maps, map("free"))
            _ = try await call(server, .post, maps, map("held", finalizer: "example.com/hold"))
            _ = try await call(server, .delete, "/api/v1/namespaces/team")
            try await until(server) {
                let present = try await call(server, .get, "/api/v1/namespaces/team").body
                return present.condition("NamespaceFinalizersRemaining") == "True"
            }
            #expect(try await call(server, .get, "\(maps)/free").status == 404)
            let refused = try await call(server, .post, maps, map("late"))
            #expect(
                refused.body.text("message")
                    == "configmaps \"late\" is forbidden: unable to create new content in namespace team because it is being terminated"
            )
            let release: Value = ["metadata": ["finalizers": .null]]
            _ = try await call(server, .patch, "\(maps)/held", release, type: "application/merge-patch+json")
            try await until(server) { try await call(server, .get, "/api/v1/namespaces/team").status == 404 }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a namespace is given its default service account`() async throws {
        try await withServer { server in
            try await until(server) {
                try await call(server, .get, "/api/v1/namespaces/default/serviceaccounts/default").status
                    == 200
            }
        }
    }

    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    private func definition(_ plural: String, kind: String) -> Value {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).example.com")],
            "spec": [
                "group": "example.com", "scope": "Namespaced",
                "names": ["plural": .string(plural), "kind": .string(kind)],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": ["openAPIV3Schema": ["type": "object"]],
                    ]
                ],
            ],
        ]
    }

    @Test(.timeLimit(.minutes(5)))
    func `a definition's objects go before it does`() async throws {
        try await withServer { server in
            _ = try await call(server, .post, Self.definitions, definition("things", kind: "Thing"))
            let things = "/apis/example.com/v1/namespaces/default/things"
            let thing: Value = [
                "apiVersion": "example.com/v1", "kind": "Thing",
                "metadata": ["name": "one", "finalizers": ["example.com/hold"]],
            ]
            // At once, before anybody has looked at the definition.
            #expect(try await call(server, .post, things, thing).status == 201)
            _ = try await call(server, .delete, "\(Self.definitions)/things.example.com")
            try await until(server) {
                try await call(server, .get, "\(things)/one").body.metadata.isDeleting
            }
            #expect(try await call(server, .post, things, thing).status == 405)
            let release: Value = ["metadata": ["finalizers": .null]]
            _ = try await call(server, .patch, "\(things)/one", release, type: "application/merge-patch+json")
            try await until(server) {
                try await call(server, .get, "\(Self.definitions)/things.example.com").status == 404
            }
            #expect(try await call(server, .get, things).status == 404)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a name that is taken is given when it is free`() async throws {
        try await withServer { server in
            _ = try await call(server, .post, Self.definitions, definition("things", kind: "Thing"))
            _ = try await call(server, .post, Self.definitions, definition("items", kind: "Thing"))
            let path = "\(Self.definitions)/items.example.com"
            try await until(server) {
                try await call(server, .get, path).body.condition("NamesAccepted") == "False"
            }
            let conditions = try await call(server, .get, path).body.items("status", "conditions")
            #expect(conditions.first?.text("reason") == "ListKindConflict")
            #expect(conditions.first?.text("message") == "\"ThingList\" is already in use")
            #expect(try await call(server, .get, "/apis/example.com/v1/items").status == 404)
            _ = try await call(server, .delete, "\(Self.definitions)/things.example.com")
            try await until(server) {
                try await call(server, .get, path).body.condition("Established") == "True"
            }
            #expect(try await call(server, .get, "/apis/example.com/v1/items").status == 200)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a collecting role has the rules of those it selects`() async throws {
        try await withServer { server in
            let role: Value = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                "metadata": [
                    "name": "more", "labels": ["rbac.authorization.k8s.io/aggregate-to-view": "true"],
                ],
                "rules": [["verbs": ["get"], "apiGroups": ["example.com"], "resources": ["things"]]],
            ]
            let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
            _ = try await call(server, .post, roles, role)
            try await until(server) {
                let view = try await call(server, .get, "\(roles)/view").body
                return view.items("rules").contains { $0.texts("resources") == ["things"] }
            }
        }
    }
}
