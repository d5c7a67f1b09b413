import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodOrderTests {
    /// Containers append what they do to a file they share.
    private static func writes(
        _ name: String, _ begin: String, then rest: String, _ more: Value = .emptyObject
    ) -> Value {
        var more = more
        more["volumeMounts"] = [["name": "shared", "mountPath": "/shared"]]
        return PodCluster.shell("echo \(begin) >>/shared/order; \(rest)", named: name, more)
    }

    private static let stays =
        "trap 'echo $0-ended >>/shared/order; exit 0' TERM; while :; do sleep 0.02; done"

    @Test func `init containers run one after another, sidecars beside, and end last in reverse`()
        async throws
    {
        try await PodCluster.with { cluster in
            func sidecar(_ name: String) -> Value {
                Self.writes(
                    name, "\(name)-began",
                    then:
                        "trap 'echo \(name)-ended >>/shared/order; exit 0' TERM; while :; do sleep 0.02; done",
                    [
                        "restartPolicy": "Always",
                        "startupProbe": [
                            "exec": ["command": ["grep", "-q", "\(name)-began", "/shared/order"]],
                            "periodSeconds": 1,
                        ],
                    ])
            }
            try await cluster.pod(
                "order",
                [
                    "restartPolicy": "Never",
                    "volumes": [["name": "shared", "hostPath": ["path": .string(cluster.directory)]]],
                    "initContainers": [
                        Self.writes("first", "first", then: "sleep 0.1"), sidecar("one"),
                        Self.writes("second", "second", then: "true"), sidecar("two"),
                    ],
                    "containers": [
                        Self.writes("main", "main", then: "sleep 0.1; echo main-ended >>/shared/order")
                    ],
                ])
            let pod = try await cluster.waitForPhase("Succeeded", "order")
            let order = Disk.text("\(cluster.directory)/order")?.split(separator: "\n").map(String.init)
            #expect(
                order == [
                    "first", "one-began", "second", "two-began", "main", "main-ended", "two-ended",
                    "one-ended",
                ])
            #expect(pod.isTrue("Initialized"))
            #expect(pod.container("one")?["state", "terminated", "exitCode"] == 0)
        }
    }

    @Test func `an init container that fails fails a pod that is not restarted`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "init",
                [
                    "restartPolicy": "Never",
                    "initContainers": [PodCluster.shell("exit 7", named: "prepare")],
                    "containers": [PodCluster.shell("echo never")],
                ])
            let pod = try await cluster.waitForPhase("Failed", "init")
            #expect(pod.container("prepare")?["state", "terminated", "exitCode"] == 7)
            #expect(pod.container("main")?["state", "waiting", "reason"] == "PodInitializing")
            #expect(!pod.isTrue("Initialized"))
        }
    }

    @Test func `an ephemeral container joins a pod that runs`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod("host", ["containers": [PodCluster.shell("exec sleep 1000")]])
            try await cluster.wait("host", for: "Ready") { $0.isTrue("Ready") }
            let debug = PodCluster.shell("echo from the side", named: "debug")
            try await cluster.client.patch(
                .pods, "host", namespace: "default",
                .strategicMerge(["spec": ["ephemeralContainers": [debug]]]),
                subresource: "ephemeralcontainers")
            let pod = try await cluster.wait("host", for: "the end of debug") {
                $0.container("debug")?["state", "terminated", "exitCode"] == 0
            }
            #expect(pod["status", "phase"]?.stringValue == "Running")
            #expect(pod.container("debug")?["restartCount"] == 0)
            var options = KubeClientLogOptions()
            options.container = "debug"
            #expect(try await cluster.log("host", options) == "from the side\n")
        }
    }
}
