import Judge
import KubeClient
import KubeModel
import Manifest

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
                "namespace": "orders-production", "labels": ["rollouts-pod-template-hash": "7c8b4"],
                "annotations": ["rollout.argoproj.io/revision": "5"],
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
