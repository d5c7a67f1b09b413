import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5))) struct SchedulerTests {
    @Test func `pods for which the node has no room wait and are told why`() async throws {
        try await TestCluster.with(allocatable: ["cpu": "2", "memory": "4Gi", "pods": "10"]) { cluster in
            _ = try await cluster.create(
                .deployments, Manifests.deployment(replicas: 3, resources: "{requests: {cpu: 900m}}"))
            let pods = try await cluster.waitForAll(.pods, "two pods run and one waits") { pods in
                pods.count == 3 && pods.count { $0.conditions.isTrue("Ready") } == 2
                    && pods.contains { $0.conditions["PodScheduled"]?.reason == "Unschedulable" }
            }
            let waiting = try #require(pods.first { !$0.conditions.isTrue("Ready") })
            #expect(waiting["status"]?["phase"]?.stringValue == "Pending")
            #expect(
                waiting.conditions["PodScheduled"]?.message
                    == "0/1 nodes are available: 1 Insufficient cpu.")
            try await cluster.waitForAll(.events, "an event tells") { events in
                events.contains {
                    $0["reason"]?.stringValue == "FailedScheduling"
                        && $0["involvedObject"]?["name"]?.stringValue == waiting.metadata.name
                        && $0["type"]?.stringValue == "Warning"
                }
            }
            // Room comes free when another pod goes.
            try await cluster.client.patch(
                .deployments, "web", namespace: "default", .merge(["spec": ["replicas": 2]]))
            try await cluster.waitForAll(.pods, "two pods run") { pods in
                pods.count == 2 && pods.allSatisfy { $0.conditions.isTrue("Ready") }
            }
        }
    }

    @Test func `pods wait for a node to come`() async throws {
        try await TestCluster.with(allocatable: nil) { cluster in
            _ = try await cluster.create(.deployments, Manifests.deployment(replicas: 1))
            try await cluster.waitForAll(.pods, "a pod waits") { pods in
                pods.contains {
                    $0.conditions["PodScheduled"]?.message == "no nodes available to schedule pods"
                }
            }
            try await cluster.addNode(["cpu": "1", "memory": "1Gi", "pods": "10"])
            try await cluster.waitForAll(.pods, "the pod runs") {
                $0.contains { $0.conditions.isTrue("Ready") }
            }
        }
    }

    struct Fit: Sendable, CustomTestStringConvertible {
        var name: String
        var pod: Value
        var verdict: SchedulingCase
        var testDescription: String { name }
    }

    enum SchedulingCase: Sendable, Equatable { case fits, waits(String) }

    static func pod(_ fields: Object) -> Value {
        var spec = fields
        if spec["containers"] == nil { spec["containers"] = [["name": "main"]] }
        return ["metadata": ["name": "new", "namespace": "default", "uid": "new"], "spec": .object(spec)]
    }

    static func container(cpu: String, sidecar: Bool = false) -> Value {
        var container: Object = ["name": "c", "resources": ["requests": ["cpu": .string(cpu)]]]
        if sidecar { container["restartPolicy"] = "Always" }
        return .object(container)
    }

    static let cases: [Fit] = [
        Fit(name: "no requests", pod: pod([:]), verdict: .fits),
        Fit(
            name: "exactly what is left", pod: pod(["containers": [container(cpu: "1500m")]]), verdict: .fits),
        Fit(
            name: "a millicore too much", pod: pod(["containers": [container(cpu: "1501m")]]),
            verdict: .waits("1 Insufficient cpu")),
        Fit(
            name: "initial containers count by their largest",
            pod: pod([
                "initContainers": [container(cpu: "1500m"), container(cpu: "1")],
                "containers": [container(cpu: "1")],
            ]), verdict: .fits),
        Fit(
            name: "sidecars count with the containers",
            pod: pod([
                "initContainers": [container(cpu: "1", sidecar: true)], "containers": [container(cpu: "1")],
            ]), verdict: .waits("1 Insufficient cpu")),
        Fit(
            name: "sidecars count with later initial containers",
            pod: pod(["initContainers": [container(cpu: "1", sidecar: true), container(cpu: "1")]]),
            verdict: .waits("1 Insufficient cpu")),
        Fit(
            name: "sidecars do not count with earlier ones",
            pod: pod(["initContainers": [container(cpu: "1"), container(cpu: "1", sidecar: true)]]),
            verdict: .fits),
        Fit(
            name: "overhead counts",
            pod: pod(["containers": [container(cpu: "1")], "overhead": ["cpu": "1"]]),
            verdict: .waits("1 Insufficient cpu")),
        Fit(
            name: "two things at once",
            pod: pod([
                "containers": [["name": "c", "resources": ["requests": ["cpu": "9", "memory": "99Gi"]]]]
            ]), verdict: .waits("1 Insufficient cpu, 1 Insufficient memory")),
        Fit(
            name: "an unknown resource",
            pod: pod(["containers": [["name": "c", "resources": ["requests": ["example.com/gpu": "1"]]]]]),
            verdict: .waits("1 Insufficient example.com/gpu")),
        Fit(
            name: "a port that a pod has",
            pod: pod(["containers": [["name": "c", "ports": [["containerPort": 1, "hostPort": 80]]]]]),
            verdict: .waits("1 node(s) didn't have free ports for the requested pod ports")),
        Fit(
            name: "the same port of another protocol",
            pod: pod([
                "containers": [
                    ["name": "c", "ports": [["containerPort": 1, "hostPort": 80, "protocol": "UDP"]]]
                ]
            ]), verdict: .fits),
        Fit(name: "a label that fits", pod: pod(["nodeSelector": ["disk": "ssd"]]), verdict: .fits),
        Fit(
            name: "a label that does not", pod: pod(["nodeSelector": ["disk": "tape"]]),
            verdict: .waits("1 node(s) didn't match Pod's node affinity/selector")),
    ]

    @Test(arguments: cases) func `a pod goes where it fits`(fit: Fit) {
        let node: Value = [
            "metadata": ["name": "n", "labels": ["disk": "ssd"]],
            "status": ["allocatable": ["cpu": "2", "memory": "1Gi", "pods": "2"]],
        ]
        let present: Value = [
            "metadata": ["name": "old", "uid": "old"],
            "spec": [
                "nodeName": "n",
                "containers": [
                    [
                        "name": "c", "resources": ["requests": ["cpu": "0.5"]],
                        "ports": [["containerPort": 80, "hostPort": 80, "protocol": "TCP"]],
                    ]
                ],
            ], "status": ["phase": "Running"],
        ]
        var plan = SchedulingPlan(nodes: [node], assigned: [present])
        let verdict = plan.schedule(fit.pod)
        switch fit.verdict {
        case .fits: #expect(verdict == .node("n"))
        case .waits(let reason): #expect(verdict == .unschedulable("0/1 nodes are available: \(reason)."))
        }
    }

    @Test func `a node takes only so many pods, and tainted ones only those that tolerate it`() {
        let full: Value = [
            "metadata": ["name": "n"], "status": ["allocatable": ["cpu": "2", "memory": "1Gi", "pods": "1"]],
        ]
        var plan = SchedulingPlan(nodes: [full], assigned: [])
        #expect(plan.schedule(Self.pod([:])) == .node("n"))
        #expect(
            plan.schedule(Self.pod([:])) == .unschedulable("0/1 nodes are available: 1 Too many pods."))
        var tainted = full
        tainted["spec"] = ["taints": [["key": "dedicated", "value": "ci", "effect": "NoSchedule"]]]
        var second = SchedulingPlan(nodes: [tainted], assigned: [])
        #expect(
            second.schedule(Self.pod([:]))
                == .unschedulable("0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: ci}.")
        )
        let tolerant = Self.pod(["tolerations": [["key": "dedicated", "operator": "Exists"]]])
        #expect(second.schedule(tolerant) == .node("n"))
    }
}
