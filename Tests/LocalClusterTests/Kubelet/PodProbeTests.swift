import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodProbeTests {
    @Test func `readiness follows its probe`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "ready",
                [
                    "volumes": [["name": "shared", "hostPath": ["path": .string(cluster.directory)]]],
                    "containers": [
                        PodCluster.shell(
                            "exec sleep 1000", named: "main",
                            [
                                "volumeMounts": [["name": "shared", "mountPath": "/shared"]],
                                "readinessProbe": [
                                    "exec": ["command": ["cat", "/shared/ready"]], "periodSeconds": 1,
                                    "failureThreshold": 1,
                                ],
                            ])
                    ],
                ])
            let unready = try await cluster.wait("ready", for: "running") {
                $0.container("main")?["state", "running"] != nil
            }
            #expect(!unready.isTrue("Ready"))
            try await cluster.waitForEvent(
                "Warning Unhealthy: Readiness probe failed: cat: /shared/ready: No such file", of: "ready")
            try Disk.write([], to: "\(cluster.directory)/ready", mode: 0o644)
            try await cluster.wait("ready", for: "Ready") { $0.isTrue("Ready") }
            try Disk.remove("\(cluster.directory)/ready")
            let again = try await cluster.wait("ready", for: "not Ready") { !$0.isTrue("Ready") }
            let condition = again["status", "conditions"]?.arrayValue?.first {
                $0["type"] == "ContainersReady"
            }
            #expect(condition?["message"] == "containers with unready status: [main]")
            #expect(again.container("main")?["restartCount"] == 0)
        }
    }

    @Test func `a container that is not alive is restarted`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "alive",
                [
                    "terminationGracePeriodSeconds": 1,
                    "containers": [
                        PodCluster.shell(
                            "exec sleep 1000", named: "main",
                            [
                                "livenessProbe": [
                                    "tcpSocket": ["port": 9], "periodSeconds": 1, "failureThreshold": 1,
                                ]
                            ])
                    ],
                ])
            try await cluster.wait("alive", for: "a restart") {
                ($0.container("main")?["restartCount"]?.integerValue ?? 0) > 0
            }
            try await cluster.waitForEvent(
                "Normal Killing: Container main failed liveness probe, will be restarted", of: "alive")
            try await cluster.waitForEvent("Liveness probe failed: dial tcp", of: "alive")
        }
    }

    @Test(.enabled(if: Program.path("python3") != nil, "there is no python3"))
    func `an HTTP probe asks the port by its name`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "web",
                [
                    "containers": [
                        [
                            "name": "web", "image": "host",
                            "command": [
                                "sh", "-c", "cd / && exec /usr/bin/python3 -m http.server ${PORT:-8000}",
                            ],
                            "ports": [["name": "http", "containerPort": 8000]],
                            "readinessProbe": [
                                "httpGet": ["port": "http", "path": "/etc/hostname"], "periodSeconds": 1,
                            ],
                        ]
                    ]
                ])
            try await cluster.wait("web", for: "Ready") { $0.isTrue("Ready") }
        }
    }

    @Test func `hooks run after the start and before the end`() async throws {
        try await PodCluster.with { cluster in
            let file = "\(cluster.directory)/hooks"
            let post = "until [ -e /shared/up ]; do sleep 0.02; done; echo post >>/shared/hooks"
            try await cluster.pod(
                "hooks",
                [
                    "volumes": [["name": "shared", "hostPath": ["path": .string(cluster.directory)]]],
                    "containers": [
                        PodCluster.shell(
                            "trap 'echo term >>/shared/hooks; exit 0' TERM; touch /shared/up; "
                                + "while :; do sleep 0.02; done",
                            named: "main",
                            [
                                "volumeMounts": [["name": "shared", "mountPath": "/shared"]],
                                "lifecycle": [
                                    "postStart": [
                                        "exec": [
                                            "command": [
                                                "sh", "-c", .string(post),
                                            ]
                                        ]
                                    ],
                                    "preStop": [
                                        "exec": ["command": ["sh", "-c", "echo pre >>/shared/hooks"]]
                                    ],
                                ],
                            ])
                    ],
                ])
            try await cluster.wait("hooks", for: "Ready") { $0.isTrue("Ready") }
            try await cluster.client.delete(.pods, "hooks", namespace: "default")
            try await cluster.waitUntilGone("hooks")
            #expect(Disk.text(file) == "post\npre\nterm")
        }
    }

    @Test func `a program that does not heed its end is killed after the grace period`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "stubborn", ["containers": [PodCluster.shell("trap '' TERM; while :; do sleep 0.1; done")]])
            try await cluster.wait("stubborn", for: "Ready") { $0.isTrue("Ready") }
            var options = DeleteOptions()
            options.gracePeriodSeconds = 600
            try await cluster.client.delete(.pods, "stubborn", namespace: "default", options: options)
            // A second deletion shortens what the first has granted.
            options.gracePeriodSeconds = 1
            try await cluster.client.delete(.pods, "stubborn", namespace: "default", options: options)
            try await cluster.waitUntilGone("stubborn")
        }
    }
}
