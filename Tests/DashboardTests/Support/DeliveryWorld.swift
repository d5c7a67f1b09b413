import Judge
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

    private func slipway(_ kind: String, _ name: String, _ spec: Value, _ status: Value) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": .string(kind), "metadata": ["name": .string(name)],
            "spec": spec, "status": status,
        ]
    }

    private static func time(_ seconds: Int64) -> Value {
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
                        "run": "orders-run-12", "builtAt": Self.time(640),
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

    private func delivery() async throws {
        func environment(_ name: String, _ commit: String, _ digest: String, _ phase: String, _ since: Int64)
            -> Value
        {
            [
                "name": .string(name), "phase": .string(phase), "commit": .string(commit),
                "digest": .string(digest),
                "since": Self.time(since), "release": .string("orders-\(commit.prefix(12))"),
                "namespace": .string("orders-\(name)"),
                "application": .string("orders-\(name)"), "production": .bool(name == "production"),
            ]
        }
        var staging = environment("staging", Self.commit, Self.digest, "Soaking", 260)
        staging["blocker"] = [
            "reason": "Soaking", "message": "runs for 10 min before it may go on",
            "until": .string(Timestamp(seconds: Timeline.continuous.date.seconds + 340).rfc3339),
        ]
        var production = environment("production", Self.older, Self.olderDigest, "Verified", 86_400)
        production["waiting"] = [
            [
                "release": "orders-3fa9c23fa9c2", "digest": .string(Self.digest),
                "commit": .string(Self.commit),
                "promotion": "orders-production-3", "since": Self.time(200), "requiredApprovals": 1,
                "approvedBy": [],
                "blocker": [
                    "reason": "NeedsApproval",
                    "message": "needs 1 approval of others than its author, dora (rule production.approvals)",
                ],
            ]
        ]
        try await create(
            .deliveries,
            slipway(
                "Delivery", "orders",
                [
                    "environments": [
                        ["name": "dev"], ["name": "staging", "soak": "10m"], ["name": "production"],
                    ]
                ],
                [
                    "environments": [
                        environment("dev", Self.commit, Self.digest, "Verified", 420), staging, production,
                    ]
                ]))
        try await create(
            .deliveries,
            slipway(
                "Delivery", "payments",
                ["environments": [["name": "dev"], ["name": "production"]], "stopTheLine": "incident 214"],
                [
                    "environments": [
                        ["name": "dev", "phase": "Empty"], ["name": "production", "phase": "Empty"],
                    ]
                ]))
    }

    private func promotions() async throws {
        for (place, (environment, phase)) in [
            ("dev", "Succeeded"), ("staging", "Verifying"), ("production", "Waiting"),
        ]
        .enumerated() {
            var status: Value = ["phase": .string(phase), "createdAt": Self.time(430)]
            if phase != "Waiting" {
                status["committedAt"] = Self.time(420)
                status["syncedAt"] = Self.time(400)
                status["healthyAt"] = Self.time(380)
                status["configCommit"] = "5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c"
                status["rule"] = .string(environment == "dev" ? "first-environment" : "verified-before")
            } else {
                status["requiredApprovals"] = 1
                status["blocker"] = [
                    "reason": "NeedsApproval", "message": "needs 1 approval of others than its author, dora",
                ]
            }
            status["decisions"] = [
                ["at": Self.time(430), "rule": "order", "message": "the release before it is verified"]
            ]
            try await create(
                .promotions,
                slipway(
                    "Promotion", "orders-\(environment)-3",
                    [
                        "service": "orders", "environment": .string(environment),
                        "release": "orders-3fa9c23fa9c2",
                        "digest": .string(Self.digest), "image": "127.0.0.1:5000/orders",
                        "commit": .string(Self.commit), "kind": "Promotion",
                        "sequence": .integer(Int64(place + 1)),
                    ], status))
        }
    }
}

// MARK: - Canary

extension DeliveryWorld {
    /// A rollout at 25 % whose judge has looked for a while, with pods of both versions.
    func canary() async throws {
        let namespace = "orders-production"
        let rollout = try await client.create(
            Rollout.resource,
            [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                "metadata": ["name": "orders", "namespace": .string(namespace)],
                "spec": [
                    "replicas": 4,
                    "strategy": [
                        "canary": [
                            "canaryService": "orders-canary", "stableService": "orders",
                            "trafficRouting": [
                                "plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "orders"]]
                            ],
                            "steps": [
                                ["setWeight": 5], ["pause": ["duration": "30s"]], ["setWeight": 25],
                                ["pause": [:]],
                                ["setWeight": 50], ["setWeight": 100],
                            ],
                        ]
                    ],
                    "selector": ["matchLabels": ["app": "orders"]],
                    "template": [
                        "metadata": ["labels": ["app": "orders"]],
                        "spec": [
                            "containers": [
                                ["name": "orders", "image": .string("127.0.0.1:5000/orders@\(Self.digest)")]
                            ]
                        ],
                    ],
                ],
            ], namespace: namespace)
        try await client.patch(
            Rollout.resource, "orders", namespace: namespace,
            .merge([
                "status": [
                    "phase": "Paused", "message": "CanaryPauseStep", "currentStepIndex": 3,
                    "stableRS": "6d5f9",
                    "currentPodHash": "7c8b4", "readyReplicas": 5, "controllerPause": true,
                    "pauseConditions": [["reason": "CanaryPauseStep", "startTime": Self.moment(40)]],
                    "canary": [
                        "weights": [
                            "canary": [
                                "weight": 25, "podTemplateHash": "7c8b4", "serviceName": "orders-canary",
                            ],
                            "stable": ["weight": 75, "podTemplateHash": "6d5f9", "serviceName": "orders"],
                            "verified": true,
                        ]
                    ],
                ]
            ]), subresource: "status")
        for (hash, revision, digest, pods) in [
            ("6d5f9", "4", Self.olderDigest, 4), ("7c8b4", "5", Self.digest, 1),
        ] {
            try await version(rollout, hash, revision, digest, pods)
        }
        try await judge(of: rollout, harmful: false)
    }

    private static func moment(_ seconds: Int64) -> Value {
        .string(Timestamp(seconds: Timeline.continuous.date.seconds - seconds).rfc3339)
    }

    private func version(
        _ rollout: Value, _ hash: String, _ revision: String, _ digest: String, _ count: Int
    ) async throws {
        let labels: Value = ["app": "orders", "rollouts-pod-template-hash": .string(hash)]
        let container: Value = ["name": "orders", "image": .string("127.0.0.1:5000/orders@\(digest)")]
        var set: Value = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("orders-\(hash)"), "labels": labels,
                "annotations": ["rollout.argoproj.io/revision": .string(revision)],
            ],
            "spec": [
                "replicas": .integer(Int64(count)), "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": ["containers": [container]]],
            ],
        ]
        set.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        let made = try await client.create(.replicaSets, set, namespace: "orders-production")
        for place in 0..<count {
            var pod: Value = [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": ["name": .string("orders-\(hash)-\(place)"), "labels": labels],
                "spec": ["containers": [container]],
            ]
            pod.metadata.ownerReferences = [OwnerReference(controller: made)]
            _ = try await client.create(.pods, pod, namespace: "orders-production")
            try await client.patch(
                .pods, "orders-\(hash)-\(place)", namespace: "orders-production",
                .merge([
                    "status": [
                        "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
                        "containerStatuses": [
                            [
                                "name": "orders", "ready": true, "restartCount": 0, "image": "x",
                                "imageID": "x",
                                "state": ["running": [:]],
                            ]
                        ],
                    ]
                ]), subresource: "status")
        }
    }

    /// An analysis run with the record of a judge.
    func judge(of rollout: Value, harmful: Bool, ticks count: Int = 48) async throws {
        var run: Value = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": [
                "name": .string(harmful ? "orders-7c8b4-bad" : "orders-7c8b4-5"),
                "namespace": "orders-production",
            ],
            "spec": ["metrics": [["name": "judge"]]],
        ]
        run.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        let made = try await client.create(Analysis.runs, run, namespace: "orders-production")
        try await client.patch(
            Analysis.runs, made.metadata.name, namespace: "orders-production",
            .merge([
                "status": [
                    "phase": .string(harmful ? "Failed" : "Running"), "startedAt": Self.moment(240),
                    "metricResults": [
                        [
                            "name": "judge", "phase": .string(harmful ? "Failed" : "Running"),
                            "measurements": [],
                        ]
                    ],
                ]
            ]), subresource: "status")
        var record: Value = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string("\(made.metadata.name).judge.judge")],
            "data": .object(try Self.record(harmful: harmful, ticks: count)),
        ]
        record.metadata.ownerReferences = [OwnerReference(controller: made)]
        _ = try await client.create(.configMaps, record, namespace: "orders-production")
    }

    /// What a judge keeps of an error rate and a latency, tick by tick; deterministic.
    static func record(harmful: Bool, ticks count: Int) throws -> Object {
        var policy = Policy(metrics: [
            Metric("errors", .ratio(bounds: RatioBounds(tolerated: 1, harmful: 3, goodEnough: 0.005))),
            Metric(
                "latency",
                .latency(boundaries: [0.1, 0.25, 0.5], bounds: RatioBounds(tolerated: 1, harmful: 2))),
        ])
        policy.tickSeconds = 5
        policy.maximumTicks = 400
        policy.minimumTicks = 400
        policy.minimumCanaryPods = 1
        policy.podEffects = PodEffects(.off)
        let ticks = (0..<count).map { place -> Tick in
            let wave = [0, 1, 0, 2, 1, 0, 1][place % 7]
            let canary = PodCounts(
                "c0", requests: 100 + 3 * wave, bad: [harmful && place > 8 ? 5 + wave : wave % 2])
            let stable = PodCounts("s0", requests: 300 + 5 * wave, bad: [wave])
            return Tick(
                time: start + Int64(place) * 5,
                [
                    "errors": .counts(canary: [canary], baseline: [stable]),
                    "latency": .counts(
                        canary: [PodCounts("c0", requests: 100, bad: [22 + wave, 6 + wave, 1])],
                        baseline: [PodCounts("s0", requests: 300, bad: [64 + wave, 17 + wave, 3])]),
                ])
        }
        let encoder = ValueEncoder()
        return [
            "policy": .string(JSON.string(try encoder.encode(policy))),
            "ticks": .string(JSON.string(try encoder.encode(ticks))),
        ]
    }
}
