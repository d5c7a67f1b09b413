import KubeClient
import KubeModel
import Manifest

/// Objects of a service on its way to production, as the controllers would write them.
struct DeliveryWorld: Sendable {
    let client: KubeClient

    static let commit = String(repeating: "3fa9c2", count: 7).prefix(40).description
    static let older = String(repeating: "b81e07", count: 7).prefix(40).description
    static let digest = "sha256:" + String(repeating: "ab12", count: 16)
    static let olderDigest = "sha256:" + String(repeating: "cd34", count: 16)
    static let start: Int64 = 1_795_000_000

    static var definitions: [ResourceDefinition] {
        [
            .repositories, .pullRequests, .pipelineRuns, .releases, Rollout.definition,
            Application.definition,
            Rollback.definition, .deliveries, .promotions, .approvals,
        ] + Analysis.definitions
    }

    /// Writes all of it.
    func build() async throws {
        for name in ["orders-dev", "orders-staging", "orders-production"] {
            try await create(
                .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]],
                in: nil)
        }
        try await repository()
        try await pulls()
        try await run()
        try await release()
        try await applications()
        try await delivery()
        try await promotions()
        try await canary()
    }

    /// Creates an object and writes its status.
    func create(_ resource: GroupVersionResource, _ object: Value, in namespace: String? = "slipway")
        async throws
    {
        let made = try await client.create(resource, object, namespace: namespace)
        guard let status = object["status"], namespace != nil else { return }
        try await client.patch(
            resource, made.metadata.name, namespace: namespace, .merge(["status": status]),
            subresource: "status")
    }

    /// An object of Slipway's own.
    func slipway(_ kind: String, _ name: String, _ spec: Value, _ status: Value) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": .string(kind), "metadata": ["name": .string(name)],
            "spec": spec, "status": status,
        ]
    }

    /// So many seconds ago.
    static func time(_ seconds: Int64) -> Value {
        .string(Timestamp(seconds: Timeline.continuous.date.seconds - seconds).rfc3339)
    }

    private func repository() async throws {
        try await create(
            .repositories,
            slipway(
                "Repository", "orders", ["description": "Orders", "requiredApprovals": 1],
                [
                    "head": .string(Self.older), "cloneURL": "http://127.0.0.1:8080/git/orders.git",
                    "conditions": [["type": "Attested", "status": "True"]],
                    "lanes": [
                        [
                            "name": "", "phase": "Testing", "candidate": .string(Self.commit),
                            "pullRequests": ["orders-7", "orders-8"],
                        ]
                    ],
                ]))
    }

    private func pulls() async throws {
        try await create(
            .pullRequests,
            slipway(
                "PullRequest", "orders-7",
                [
                    "repository": "orders", "number": 7, "title": "Answer with the order's total",
                    "body":
                        "Clients add the lines up themselves and round differently.\nThe server knows better.",
                    "author": "dora", "pusher": "dora", "target": "main", "head": .string(Self.commit),
                    "state": "Open",
                ],
                [
                    "phase": "Testing", "reason": "Testing", "message": "waits for orders-run-12",
                    "candidate": .string(Self.commit), "runs": ["orders-run-12"],
                    "reviews": [
                        [
                            "author": "anna", "state": "Approved", "commit": .string(Self.commit),
                            "body": "Good, and the test says so.", "submittedAt": Self.time(540),
                        ]
                    ],
                ]))
        try await create(
            .pullRequests,
            slipway(
                "PullRequest", "orders-8",
                [
                    "repository": "orders", "number": 8, "title": "Index orders by customer",
                    "author": "emil",
                    "target": "main", "head": .string(String(repeating: "9", count: 40)), "state": "Open",
                ],
                [
                    "phase": "Open", "reason": "NeedsApproval",
                    "message": "needs 1 approval of others than its author",
                ]))
    }

    private func run() async throws {
        func step(_ name: String, _ phase: String, _ start: Int64, _ end: Int64?, _ message: String? = nil)
            -> Value
        {
            var step: Object = [
                "name": .string(name), "phase": .string(phase), "startedAt": Self.time(start),
            ]
            if let end { step["finishedAt"] = Self.time(end) }
            if let message { step["message"] = .string(message) }
            return .object(step)
        }
        func gate(_ name: String, _ phase: String, _ start: Int64, _ end: Int64?, _ steps: [Value]) -> Value {
            var gate: Object = ["name": .string(name), "phase": .string(phase), "steps": .array(steps)]
            if phase != "Pending" { gate["startedAt"] = Self.time(start) }
            if let end { gate["finishedAt"] = Self.time(end) }
            return .object(gate)
        }
        try await create(
            .pipelineRuns,
            slipway(
                "PipelineRun", "orders-run-12",
                [
                    "repository": "orders", "commit": .string(Self.commit), "trust": "candidate",
                    "pullRequests": [["name": "orders-7", "head": .string(Self.commit)]],
                ],
                [
                    "phase": "Running", "startedAt": Self.time(95),
                    "gates": [
                        gate(
                            "lint", "Passed", 95, 90,
                            [step("ruff", "Passed", 95, 91), step("format", "Passed", 95, 90)]),
                        gate(
                            "test", "Running", 90, nil,
                            [step("unit", "Passed", 90, 71), step("with-postgresql", "Running", 70, nil)]),
                        [
                            "name": "security", "phase": "Pending",
                            "steps": [["name": "semgrep", "phase": "Pending"]],
                        ],
                        [
                            "name": "build", "phase": "Pending",
                            "steps": [["name": "image", "phase": "Pending"]],
                        ],
                    ],
                ]))
    }

    private func release() async throws {
        for (name, commit, digest) in [
            ("orders-3fa9c23fa9c2", Self.commit, Self.digest),
            ("orders-b81e07b81e07", Self.older, Self.olderDigest),
        ] {
            try await create(
                .releases,
                slipway(
                    "Release", name,
                    [
                        "repository": "orders", "service": "orders", "commit": .string(commit),
                        "tree": .string(String(repeating: "c", count: 40)),
                        "image": [
                            "repository": "127.0.0.1:5000/orders", "tag": .string(commit),
                            "digest": .string(digest),
                            "size": 48_230_912,
                        ],
                        "sbom": [
                            "digest": .string("sha256:" + String(repeating: "11", count: 32)),
                            "predicateType": "https://cyclonedx.org/bom",
                        ],
                        "provenance": [
                            "digest": .string("sha256:" + String(repeating: "22", count: 32)),
                            "predicateType": "https://slsa.dev/provenance/v1",
                        ],
                        "signature": [
                            "identity": "https://slipway.local/orders/.slipway/pipeline.yaml@refs/heads/main",
                            "issuer": "http://127.0.0.1:8080/oidc",
                            "logID": .string(String(repeating: "7e", count: 32)),
                            "logIndex": 41, "integratedTime": Self.time(600), "development": true,
                        ],
                        "run": "orders-run-12",
                        "builtAt": Self.time(commit == Self.commit ? 640 : 6400),
                    ], ["phase": "Available"]))
        }
    }

    private func applications() async throws {
        for (name, health, sync) in [
            ("orders-dev", "Healthy", "Synced"), ("orders-staging", "Healthy", "Synced"),
            ("orders-production", "Progressing", "Synced"),
        ] {
            var object: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": ["name": .string(name)],
                "spec": [
                    "project": "default",
                    "source": [
                        "repoURL": "http://127.0.0.1:8080/git/config.git",
                        "path": .string("services/orders/overlays/\(name.dropFirst(7))"),
                        "targetRevision": "main",
                    ],
                    "destination": ["namespace": .string(name), "server": "https://kubernetes.default.svc"],
                ],
            ]
            let resources: [Value] = [
                [
                    "version": "v1", "kind": "Service", "namespace": .string(name), "name": "orders",
                    "status": "Synced", "health": ["status": "Healthy"],
                ],
                [
                    "group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout",
                    "namespace": .string(name),
                    "name": "orders", "status": "Synced", "health": ["status": .string(health)],
                ],
                [
                    "version": "v1", "kind": "Secret", "namespace": .string(name), "name": "orders-database",
                    "status": "Synced",
                ],
            ]
            object["status"] = [
                "sync": ["status": .string(sync), "revision": "5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c"],
                "health": ["status": .string(health)], "resources": .array(resources),
                "operationState": ["phase": "Succeeded", "finishedAt": Self.time(130)],
                "history": [
                    [
                        "id": 0, "revision": "4a", "deployedAt": Self.time(4000),
                        "initiatedBy": ["automated": true],
                    ]
                ],
            ]
            let made = try await client.create(Application.resource, object, namespace: "slipway")
            if made["status"] == nil {
                try await client.patch(
                    Application.resource, name, namespace: "slipway",
                    .merge(["status": object["status"] ?? .null]), subresource: "status")
            }
        }
    }
}
