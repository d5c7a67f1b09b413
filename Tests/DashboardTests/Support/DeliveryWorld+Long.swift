import KubeClient
import KubeModel
import Manifest

extension DeliveryWorld {
    /// The longest name that a service can have.
    static let longName = String(repeating: "m", count: 63)

    /// The pages of a service with the longest name.
    static var longPages: [(path: String, words: String)] {
        [
            ("/pulls/\(longName)-1", ""), ("/runs/\(longName)-run-1", ""), ("/apps/\(longName)", ""),
            ("/rollouts/\(longName)/\(longName)", ""),
            ("/commits/\(longName)/\(String(repeating: "5", count: 40))", ""),
        ]
    }

    /// A service, its environment, repository and all else with names as long as they can be.
    func longNames() async throws {
        let name = Value.string(Self.longName)
        let commit = Value.string(String(repeating: "5", count: 40))
        try await create(
            .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": name]], in: nil)
        try await create(
            .deliveries,
            slipway(
                "Delivery", Self.longName,
                [
                    "environments": [["name": name, "namespace": name]], "repository": name,
                    "stopTheLine": "incident",
                ],
                [
                    "environments": [
                        [
                            "name": name, "namespace": name, "application": name, "phase": "Soaking",
                            "commit": commit, "digest": .string(Self.digest), "release": name,
                            "pullRequest": .string("\(Self.longName)-1"), "since": Self.time(60),
                            "blocker": ["reason": "Soaking", "message": "runs"],
                        ]
                    ]
                ]))
        try await create(
            .repositories,
            slipway(
                "Repository", Self.longName, ["description": "x"],
                [
                    "head": commit, "cloneURL": "http://127.0.0.1/x.git",
                    "lanes": [
                        [
                            "name": name, "phase": "Testing",
                            "pullRequests": [.string("\(Self.longName)-1")],
                        ]
                    ],
                ]))
        try await create(
            .pullRequests,
            slipway(
                "PullRequest", "\(Self.longName)-1",
                [
                    "repository": name, "number": 1, "title": "Begin", "author": name, "target": name,
                    "head": commit, "state": "Open", "body": "Why",
                ], ["phase": "Testing", "message": "waits", "runs": [.string("\(Self.longName)-run-1")]]))
        try await create(
            .pipelineRuns,
            slipway(
                "PipelineRun", "\(Self.longName)-run-1",
                ["repository": name, "commit": commit, "trust": "candidate"],
                [
                    "phase": "Failed", "message": "gate failed", "startedAt": Self.time(95),
                    "gates": [
                        [
                            "name": name, "phase": "Failed",
                            "steps": [
                                ["name": name, "phase": "Failed", "reason": "ExitCode", "message": "1"]
                            ],
                        ]
                    ],
                ]))
        try await create(
            .promotions,
            slipway(
                "Promotion", "\(Self.longName)-1",
                [
                    "service": name, "environment": name, "release": name, "commit": commit,
                    "digest": .string(Self.digest), "image": name, "kind": "Promotion", "sequence": 1,
                ], ["phase": "Waiting", "message": "waits", "createdAt": Self.time(90)]))
        let pods: Value = [
            "containers": [["name": name, "image": .string("r/\(Self.longName)@\(Self.digest)")]]
        ]
        try await create(
            Rollout.resource,
            [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": name],
                "spec": [
                    "replicas": 1, "selector": ["matchLabels": ["app": "x"]],
                    "strategy": ["canary": ["steps": [["setWeight": 5], ["pause": [:]]]]],
                    "template": ["metadata": ["labels": ["app": "x"]], "spec": pods],
                ],
                "status": [
                    "phase": "Degraded", "message": "waits", "abort": true, "currentStepIndex": 1,
                    "stableRS": "a", "currentPodHash": "b",
                ],
            ], in: Self.longName)
        try await create(
            Application.resource,
            [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": name],
                "spec": [
                    "project": "default", "destination": ["namespace": name, "server": "x"],
                    "source": [
                        "repoURL": "http://x/y/config.git", "path": "services", "targetRevision": "main",
                    ],
                ],
                "status": [
                    "sync": ["status": "OutOfSync", "revision": commit],
                    "health": ["status": "Degraded", "message": "waits"],
                    "conditions": [["type": "ComparisonError", "message": "failed"]],
                    "resources": [
                        [
                            "group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout",
                            "namespace": name,
                            "name": name, "status": "OutOfSync",
                            "health": ["status": "Degraded", "message": "waits"],
                        ]
                    ],
                ],
            ])
    }
}
