import KubeModel
import Manifest
import Testing

/// The rules of gitops-engine's `pkg/health`.
@Suite struct HealthTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let object: Value
        let status: Health.Status?
    }

    private static func object(
        _ apiVersion: String, _ kind: String, spec: Value = [:], status: Value? = nil, generation: Int64 = 0
    ) -> Value {
        var object: Value = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": "x"], "spec": spec,
        ]
        object["status"] = status
        if generation > 0 { object.metadata.generation = generation }
        return object
    }

    private static func deployment(
        _ name: String, _ status: Value, spec: Value = ["replicas": 2], _ health: Health.Status
    ) -> Case {
        Case(
            testDescription: "Deployment: \(name)",
            object: object("apps/v1", "Deployment", spec: spec, status: status, generation: 2), status: health
        )
    }

    private static func pod(
        _ name: String, restart: String = "Always", _ status: Value, _ health: Health.Status
    ) -> Case {
        Case(
            testDescription: "Pod: \(name)",
            object: object("v1", "Pod", spec: ["restartPolicy": .string(restart)], status: status),
            status: health)
    }

    private static func condition(_ type: String, _ status: String = "True", reason: String = "") -> Value {
        ["type": .string(type), "status": .string(status), "reason": .string(reason)]
    }

    static let workloads: [Case] = [
        deployment(
            "paused before anything else", ["observedGeneration": 1], spec: ["paused": true], .suspended),
        deployment("not observed", ["observedGeneration": 1], .progressing),
        deployment(
            "deadline exceeded",
            [
                "observedGeneration": 2,
                "conditions": [condition("Progressing", "False", reason: "ProgressDeadlineExceeded")],
            ], .degraded),
        deployment("not updated", ["observedGeneration": 2, "updatedReplicas": 1], .progressing),
        deployment(
            "old pods left",
            ["observedGeneration": 2, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 2],
            .progressing),
        deployment(
            "not available",
            ["observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 1],
            .progressing),
        deployment(
            "available",
            ["observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2], .healthy),
        Case(
            testDescription: "StatefulSet: never observed",
            object: object("apps/v1", "StatefulSet", status: [:]), status: .progressing),
        Case(
            testDescription: "StatefulSet: a partition is not reached",
            object: object(
                "apps/v1", "StatefulSet",
                spec: ["replicas": 3, "updateStrategy": ["rollingUpdate": ["partition": 1]]],
                status: ["observedGeneration": 1, "readyReplicas": 3, "updatedReplicas": 1]),
            status: .progressing),
        Case(
            testDescription: "StatefulSet: with a rollingUpdate revisions do not count",
            object: object(
                "apps/v1", "StatefulSet", spec: ["replicas": 1, "updateStrategy": ["rollingUpdate": [:]]],
                status: [
                    "observedGeneration": 1, "readyReplicas": 1, "updateRevision": "b",
                    "currentRevision": "a",
                ]),
            status: .healthy),
        Case(
            testDescription: "StatefulSet: without one they do",
            object: object(
                "apps/v1", "StatefulSet", spec: ["replicas": 1],
                status: [
                    "observedGeneration": 1, "readyReplicas": 1, "updateRevision": "b",
                    "currentRevision": "a",
                ]),
            status: .progressing),
        Case(
            testDescription: "DaemonSet: on delete",
            object: object(
                "apps/v1", "DaemonSet", spec: ["updateStrategy": ["type": "OnDelete"]],
                status: ["desiredNumberScheduled": 3]), status: .healthy),
        Case(
            testDescription: "DaemonSet: not available",
            object: object(
                "apps/v1", "DaemonSet",
                status: ["desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 1]),
            status: .progressing),
        Case(
            testDescription: "ReplicaSet: cannot make pods",
            object: object("apps/v1", "ReplicaSet", status: ["conditions": [condition("ReplicaFailure")]]),
            status: .degraded),
        pod(
            "cannot pull",
            [
                "phase": "Pending",
                "containerStatuses": [["state": ["waiting": ["reason": "ImagePullBackOff"]]]],
            ], .degraded),
        pod(
            "an init container that cannot pull is not looked at",
            [
                "phase": "Pending",
                "initContainerStatuses": [["state": ["waiting": ["reason": "ImagePullBackOff"]]]],
            ], .progressing),
        pod("ready", ["phase": "Running", "conditions": [condition("Ready")]], .healthy),
        pod(
            "restarted and not ready",
            ["phase": "Running", "containerStatuses": [["lastState": ["terminated": ["exitCode": 1]]]]],
            .degraded),
        pod(
            "a task that runs", restart: "Never", ["phase": "Running", "conditions": [condition("Ready")]],
            .progressing),
        pod("failed", restart: "Never", ["phase": "Failed"], .degraded),
        Case(
            testDescription: "Job: failed",
            object: object("batch/v1", "Job", status: ["conditions": [condition("Failed")]]),
            status: .degraded),
        Case(
            testDescription: "Job: complete",
            object: object("batch/v1", "Job", status: ["conditions": [condition("Complete")]]),
            status: .healthy),
        Case(
            testDescription: "Job: suspended",
            object: object("batch/v1", "Job", status: ["conditions": [condition("Suspended")]]),
            status: .suspended),
        Case(
            testDescription: "Job: resumed, unlike upstream not complete",
            object: object("batch/v1", "Job", status: ["conditions": [condition("Suspended", "False")]]),
            status: .progressing),
    ]

    static let others: [Case] = [
        Case(
            testDescription: "PVC: pending",
            object: object("v1", "PersistentVolumeClaim", status: ["phase": "Pending"]), status: .progressing),
        Case(
            testDescription: "PVC: lost",
            object: object("v1", "PersistentVolumeClaim", status: ["phase": "Lost"]), status: .degraded),
        Case(testDescription: "Service: cluster address", object: object("v1", "Service"), status: .healthy),
        Case(
            testDescription: "Service: balancer without address",
            object: object("v1", "Service", spec: ["type": "LoadBalancer"], status: ["loadBalancer": [:]]),
            status: .progressing),
        Case(
            testDescription: "Ingress: with an address",
            object: object("networking.k8s.io/v1", "Ingress", status: ["loadBalancer": ["ingress": [[:]]]]),
            status: .healthy),
        Case(
            testDescription: "HPA: a fault counts whatever its status",
            object: object(
                "autoscaling/v2", "HorizontalPodAutoscaler",
                status: [
                    "conditions": [
                        condition("ScalingActive", reason: "FailedGetPodsMetric"), condition("AbleToScale"),
                    ]
                ]), status: .degraded),
        Case(
            testDescription: "HPA: able to scale",
            object: object(
                "autoscaling/v2", "HorizontalPodAutoscaler",
                status: ["conditions": [condition("AbleToScale")]]), status: .healthy),
        Case(
            testDescription: "HPA: old versions",
            object: object("autoscaling/v2beta2", "HorizontalPodAutoscaler"), status: .unknown),
        Case(
            testDescription: "APIService: available",
            object: object(
                "apiregistration.k8s.io/v1", "APIService", status: ["conditions": [condition("Available")]]),
            status: .healthy),
        Case(
            testDescription: "CRD: not established",
            object: object("apiextensions.k8s.io/v1", "CustomResourceDefinition"), status: .progressing),
        Case(
            testDescription: "Rollout: paused",
            object: object(
                "argoproj.io/v1alpha1", "Rollout", status: ["observedGeneration": "2", "phase": "Paused"],
                generation: 2), status: .suspended),
        Case(
            testDescription: "Rollout: an old number is not observed",
            object: object(
                "argoproj.io/v1alpha1", "Rollout", status: ["observedGeneration": "1", "phase": "Healthy"],
                generation: 2), status: .progressing),
        Case(
            testDescription: "Rollout: a hash counts as observed",
            object: object(
                "argoproj.io/v1alpha1", "Rollout",
                status: ["observedGeneration": "6f5d8c", "phase": "Degraded"], generation: 2),
            status: .degraded),
        Case(
            testDescription: "Application: never looked at",
            object: object("argoproj.io/v1alpha1", "Application"), status: .progressing),
        Case(
            testDescription: "Application: a verdict about an older spec",
            object: object(
                "argoproj.io/v1alpha1", "Application",
                status: ["observedGeneration": 1, "health": ["status": "Healthy"]], generation: 2),
            status: .progressing),
        Case(
            testDescription: "Application: healthy",
            object: object(
                "argoproj.io/v1alpha1", "Application",
                status: [
                    "observedGeneration": 2, "health": ["status": "Healthy"], "sync": ["status": "Synced"],
                ], generation: 2), status: .healthy),
        Case(testDescription: "ConfigMap has no health", object: object("v1", "ConfigMap"), status: nil),
        Case(
            testDescription: "any kind: stalled",
            object: object("example.com/v1", "Widget", status: ["conditions": [condition("Stalled")]]),
            status: .degraded),
        Case(
            testDescription: "any kind: not ready",
            object: object("example.com/v1", "Widget", status: ["conditions": [condition("Ready", "False")]]),
            status: .progressing),
        Case(
            testDescription: "any kind: not observed",
            object: object(
                "example.com/v1", "Widget",
                status: ["observedGeneration": 1, "conditions": [condition("Ready")]], generation: 2),
            status: .progressing),
        Case(
            testDescription: "own kind: a phase",
            object: object("slipway.dev/v1alpha1", "Release", status: ["phase": "Failed"]), status: .degraded),
    ]

    @Test(arguments: workloads + others)
    func `health is judged by kind`(_ item: Case) {
        #expect(Health.assess(item.object)?.status == item.status)
    }

    @Test func `what is being deleted is on its way, whatever its status`() {
        var object = Self.object("v1", "ConfigMap")
        object.metadata.fields["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(Health.assess(object) == Health(.progressing, "Pending deletion"))
        object.metadata.finalizers = [Health.hookFinalizer]
        #expect(Health.assess(object) == nil)
    }

    @Test func `the worst one counts`() {
        #expect(Health.worst(of: [.healthy, Health(.missing), Health(.suspended)]).status == .missing)
        #expect(Health.worst(of: []).status == .healthy)
        #expect(
            Health.Status.allCases.sorted() == [
                .healthy, .suspended, .progressing, .missing, .degraded, .unknown,
            ])
    }
}
