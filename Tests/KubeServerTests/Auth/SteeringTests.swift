import ClusterTestSupport
import KubeModel
import Manifest
import Testing

@testable import KubeServer

/// Who may only steer changes what steering means, and nothing else, whatever the client.
@Suite struct SteeringTests {
    private static let approver = User(name: "anna", groups: ["slipway:approvers"])
    private static let developer = User(name: "dora", groups: ["slipway:developers"])
    private static let viewer = User(name: "vera", groups: ["slipway:viewers"])
    private static let rollouts = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts"
    private static let runs = "/apis/slipway.dev/v1alpha1/namespaces/default/pipelineruns"

    private func send(
        _ server: APIServer, _ method: APIRequest.Method, _ path: String, _ body: Value,
        type: String = "application/merge-patch+json", query: [APIRequest.Parameter] = [], as user: User
    ) async throws -> (status: Int, message: String) {
        let response = await server.handle(
            APIRequest(
                method, path, query: query, headers: ["Content-Type": type], body: JSON.write(body)),
            as: user)
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, try JSON.parse(bytes).text("message"))
    }

    /// A server with a paused rollout of four steps and a run.
    private func withObjects(_ body: @Sendable (APIServer) async throws -> Void) async throws {
        try await withServer { server in
            for definition in [Rollout.definition, .pipelineRuns] {
                let answer = try await server.call(
                    .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                    definition.customResourceDefinition)
                #expect(answer.status == 201)
            }
            let steps: [Value] = [["setWeight": 5], ["pause": [:]], ["setWeight": 50], ["pause": [:]]]
            let rollout: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
                "spec": [
                    "replicas": 3,
                    "strategy": ["canary": ["steps": .array(steps)]],
                    "selector": ["matchLabels": ["app": "web"]],
                    "template": [
                        "metadata": ["labels": ["app": "web"]],
                        "spec": ["containers": [["name": "web", "image": "example/web:1"]]],
                    ],
                ],
            ]
            #expect(try await server.call(.post, Self.rollouts, rollout).status == 201)
            let status: Value = [
                "status": [
                    "currentStepIndex": 1, "stableRS": "aaa", "currentPodHash": "bbb",
                    "controllerPause": true,
                    "pauseConditions": [
                        ["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:00Z"]
                    ],
                ]
            ]
            let written = try await server.call(
                .patch, "\(Self.rollouts)/web/status", type: "application/merge-patch+json", status)
            #expect(written.status == 200)
            let run: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun", "metadata": ["name": "run-1"],
                "spec": [
                    "repository": "orders", "commit": .string(String(repeating: "a", count: 40)),
                    "trust": "candidate",
                ],
            ]
            #expect(try await server.call(.post, Self.runs, run).status == 201)
            try await body(server)
        }
    }

    @Test(
        arguments: [
            ["status": ["pauseConditions": .null]],
            ["status": ["pauseConditions": .null, "currentStepIndex": 2]],
            ["status": ["currentStepIndex": 4]],
            ["status": ["promoteFull": true]],
            ["status": ["abort": true]],
            ["status": ["abort": false]],
        ] as [Value])
    func `an approver promotes, skips and aborts`(patch: Value) async throws {
        try await withObjects { server in
            let path = "\(Self.rollouts)/web/status"
            for (user, status) in [(Self.approver, 200), (Self.developer, 403), (Self.viewer, 403)] {
                let answer = try await send(server, .patch, path, patch, as: user)
                #expect(answer.status == status)
            }
        }
    }

    @Test(
        arguments: [
            (["status": ["stableRS": "bbb"]], "status.stableRS cannot be changed by steering"),
            (["status": ["currentStepIndex": 0]], "status.currentStepIndex can only go on, up to 4"),
            (["status": ["currentStepIndex": 5]], "status.currentStepIndex can only go on, up to 4"),
            (
                ["status": ["pauseConditions": [["reason": "Other", "startTime": "2026-01-01T00:00:00Z"]]]],
                "status.pauseConditions can only be taken away"
            ),
            (["status": ["abort": true, "phase": "Healthy"]], "status.phase cannot be changed by steering"),
        ] as [(Value, String)])
    func `an approver changes nothing else of a status`(patch: Value, why: String) async throws {
        try await withObjects { server in
            let answer = try await send(
                server, .patch, "\(Self.rollouts)/web/status", patch, as: Self.approver)
            #expect(answer.status == 403)
            #expect(
                answer.message
                    == "rollouts.argoproj.io \"web\" is forbidden: user \"anna\" may only steer it, "
                    + "not change it: \(why)")
        }
    }

    @Test func `an approver holds a rollout and changes nothing else of it`() async throws {
        try await withObjects { server in
            let path = "\(Self.rollouts)/web"
            for (patch, status) in [
                (["spec": ["paused": true]], 200), (["spec": ["paused": .null]], 200),
                (["spec": ["replicas": 9]], 403), (["metadata": ["annotations": ["a": "b"]]], 403),
                (["metadata": ["finalizers": ["a/b"]]], 403),
            ] as [(Value, Int)] {
                let answer = try await send(server, .patch, path, patch, as: Self.approver)
                #expect(answer.status == status, "\(patch)")
            }
            let deleted = try await send(server, .delete, path, .emptyObject, as: Self.approver)
            #expect(deleted.status == 403)
        }
    }

    @Test func `a developer cancels a run, once, and changes nothing else of it`() async throws {
        try await withObjects { server in
            let path = "\(Self.runs)/run-1"
            for (patch, user, status) in [
                (["spec": ["cancel": true]], Self.viewer, 403),
                (["spec": ["cancel": true, "trust": "main"]], Self.developer, 403),
                (["spec": ["cancel": false]], Self.developer, 403),
                (["spec": ["cancel": true]], Self.developer, 200),
                (["spec": ["cancel": .null]], Self.developer, 403),
            ] as [(Value, User, Int)] {
                let answer = try await send(server, .patch, path, patch, as: user)
                #expect(answer.status == status, "\(patch)")
            }
            let status: Value = ["status": ["phase": "Passed"]]
            let answer = try await send(server, .patch, "\(path)/status", status, as: Self.approver)
            #expect(answer.status == 403)
        }
    }

    @Test
    func
        `a developer has an application synced to what git says, in their own name, and changes nothing else`()
        async throws
    {
        try await withServer { server in
            let definition = Application.definition.customResourceDefinition
            let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            #expect(try await server.call(.post, crds, definition).status == 201)
            let applications = "/apis/argoproj.io/v1alpha1/namespaces/default/applications"
            let application: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": ["name": "shop", "annotations": ["a": "b"]],
                "spec": [
                    "project": "default", "source": ["repoURL": "http://x/y.git", "path": "."],
                    "destination": ["server": "https://kubernetes.default.svc", "namespace": "shop"],
                ],
            ]
            #expect(try await server.call(.post, applications, application).status == 201)
            func operation(_ sync: Value, by user: String = "dora") -> Value {
                ["operation": ["initiatedBy": ["username": .string(user)], "sync": sync]]
            }
            let refresh: Value = ["metadata": ["annotations": ["argocd.argoproj.io/refresh": "normal"]]]
            let manifests: Value = ["manifests": ["kind: Pod"]]
            for (patch, user, status) in [
                (refresh, Self.viewer, 403), (refresh, Self.developer, 200),
                (["metadata": ["annotations": ["a": "c"]]], Self.developer, 403),
                (["spec": ["source": ["path": "other"]]], Self.developer, 403),
                (operation([:], by: "admin"), Self.developer, 403),
                (operation(["revision": "other"]), Self.developer, 403),
                (operation(manifests), Self.developer, 403),
                (operation(["prune": true]), Self.viewer, 403),
                (operation(["prune": true]), Self.developer, 200),
                (operation(["prune": false]), Self.developer, 403),
                (["operation": .null], Self.developer, 403),
            ] as [(Value, User, Int)] {
                let answer = try await send(server, .patch, "\(applications)/shop", patch, as: user)
                #expect(answer.status == status, "\(patch): \(answer.message)")
            }
        }
    }

    @Test func `an approver ends a quarantine and changes nothing else of a release`() async throws {
        try await withServer { server in
            let definition = ResourceDefinition.releases.customResourceDefinition
            let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            #expect(try await server.call(.post, crds, definition).status == 201)
            let releases = "/apis/slipway.dev/v1alpha1/namespaces/default/releases"
            let commit = String(repeating: "a", count: 40)
            let spec = ReleaseSpec(
                repository: "shop", commit: commit, tree: commit,
                image: .init(
                    repository: "r/shop", tag: commit, digest: "sha256:" + String(repeating: "b", count: 64)))
            let release: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release", "metadata": ["name": "shop-1"],
                "spec": try ValueEncoder().encode(spec),
            ]
            #expect(try await server.call(.post, releases, release).status == 201)
            let path = "\(releases)/shop-1/status"
            func status(_ phase: String) -> Value {
                ["status": ["phase": .string(phase), "reason": "R", "message": "m"]]
            }
            let admin = User(name: "root", groups: [User.mastersGroup])
            for (patch, user, code) in [
                (status("Quarantined"), Self.approver, 403), (status("Quarantined"), admin, 200),
                (status("Available"), Self.developer, 403),
                (["status": ["message": "x"]], Self.approver, 403),
                (status("Available"), Self.approver, 200), (status("Available"), Self.approver, 403),
            ] as [(Value, User, Int)] {
                let answer = try await send(server, .patch, path, patch, as: user)
                #expect(answer.status == code, "\(patch): \(answer.message)")
            }
        }
    }

    @Test func `what does not exist cannot be steered into being`() async throws {
        try await withObjects { server in
            let run: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun", "metadata": ["name": "mine"],
                "spec": [
                    "repository": "orders", "commit": .string(String(repeating: "a", count: 40)),
                    "trust": "main",
                ],
            ]
            let answer = try await send(
                server, .patch, "\(Self.runs)/mine", run, type: "application/apply-patch+yaml",
                query: [.init("fieldManager", "x")], as: Self.developer)
            #expect(answer.status == 403)
            let update = try await send(
                server, .put, "\(Self.runs)/mine", run, type: "application/json", as: Self.developer)
            #expect(update.status >= 400)
            #expect(try await server.call(.get, "\(Self.runs)/mine").status == 404)
        }
    }

    @Test func `who may change an object may steer it as they like`() async throws {
        try await withObjects { server in
            let admin = User(name: "root", groups: [User.mastersGroup])
            let patch: Value = ["status": ["stableRS": "bbb", "currentStepIndex": 0]]
            let answer = try await send(server, .patch, "\(Self.rollouts)/web/status", patch, as: admin)
            #expect(answer.status == 200)
        }
    }
}
