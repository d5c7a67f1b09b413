import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// What people do to workloads with kubectl, done with a real one.
@Suite(
    .timeLimit(.minutes(5)), .enabled(if: Program.path("kubectl") != nil, "there is no kubectl on the path"))
struct KubectlWorkloadTests {
    /// Runs kubectl against a cluster.
    struct Kubectl: Sendable {
        let home: String

        @discardableResult
        func callAsFunction(_ arguments: String...) async throws -> String {
            try await HostPrograms.output(
                "kubectl", arguments,
                environment: ["KUBECONFIG": "\(home)/kubeconfig", "HOME": home, "PATH": "/usr/bin:/bin"])
        }
    }

    func withKubectl(
        _ body: @escaping @Sendable (TestCluster, Kubectl) async throws -> Void
    ) async throws {
        try await TestCluster.with { cluster in
            try await withTemporaryDirectory { home in
                let now = Timeline.continuous.date
                let certificate = try ServerCertificate(names: ["127.0.0.1"], now: now)
                let (ports, ready) = AsyncStream<Int>.makeStream()
                let listener = try HTTPListener(
                    cluster.server, tls: certificate.configuration, logger: .silent,
                    onReady: { ready.yield($0) })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await listener.run() }
                    var iterator = ports.makeAsyncIterator()
                    let port = try #require(await iterator.next())
                    let kubeconfig = KubeServer.Kubeconfig(
                        server: "https://127.0.0.1:\(port)", authority: certificate.authority,
                        token: adminToken)
                    try kubeconfig.write(to: "\(home)/kubeconfig")
                    try await body(cluster, Kubectl(home: home))
                    group.cancelAll()
                    try? await group.waitForAll()
                }
            }
        }
    }

    @Test func `rollouts are watched, undone, paused and restarted`() async throws {
        try await withKubectl { cluster, kubectl in
            _ = try await cluster.create(.deployments, Manifests.deployment())
            let status = try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
            #expect(status.contains("deployment \"web\" successfully rolled out"))
            try await kubectl("set", "image", "deployment/web", "main=app:2")
            try await kubectl("annotate", "deployment/web", "kubernetes.io/change-cause=second version")
            try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
            try await cluster.waitForAll(.replicaSets, "the cause is copied") { sets in
                sets.contains { $0.metadata.annotations["kubernetes.io/change-cause"] == "second version" }
            }
            let history = try await kubectl("rollout", "history", "deployment/web")
            #expect(history.contains("1         <none>"))
            #expect(history.contains("2         second version"))
            try await kubectl("rollout", "undo", "deployment/web")
            try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
            let image = try await kubectl(
                "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
            #expect(image == "app:1")
            let revisions = try await kubectl("rollout", "history", "deployment/web")
            #expect(revisions.contains("3 ") && !revisions.contains("\n1 "))
            let set = try await cluster.waitForAll(.replicaSets, "a history") { sets in
                sets.contains { $0.metadata.annotations["deployment.kubernetes.io/revision-history"] == "1" }
            }
            #expect(set.count == 2)

            try await kubectl("rollout", "pause", "deployment/web")
            try await cluster.wait(.deployments, "web", "the pause is noted") {
                $0.conditions["Progressing"]?.reason == "DeploymentPaused"
            }
            try await kubectl("set", "image", "deployment/web", "main=app:4")
            try await cluster.wait(.deployments, "web", "the change is seen") {
                $0["status"]?["observedGeneration"]?.integerValue == $0.metadata.generation
            }
            #expect(try await cluster.client.list(.replicaSets, namespace: "default").items.count == 2)
            try await kubectl("rollout", "resume", "deployment/web")
            try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
            #expect(try await cluster.client.list(.replicaSets, namespace: "default").items.count == 3)
            try await kubectl("rollout", "restart", "deployment/web")
            try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
        }
    }

    @Test func `deployments are scaled and deleted`() async throws {
        try await withKubectl { cluster, kubectl in
            _ = try await cluster.create(.deployments, Manifests.deployment())
            try await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
            try await kubectl("scale", "deployment/web", "--replicas=5")
            try await cluster.wait(.deployments, "web", "five pods", until: DeploymentRollingTests.isDone(5))
            let line = try await kubectl("get", "deployment", "web", "--no-headers")
            #expect(line.split(separator: " ").prefix(4) == ["web", "5/5", "5", "5"])
            try await kubectl("scale", "deployment/web", "--replicas=0")
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
            try await kubectl("scale", "deployment/web", "--replicas=2")
            try await cluster.wait(.deployments, "web", "two pods", until: DeploymentRollingTests.isDone(2))
            let described = try await kubectl("describe", "deployment", "web")
            #expect(described.contains("Scaled up replica set web-"))
            try await kubectl("delete", "deployment", "web", "--timeout=120s")
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
        }
    }

    @Test func `jobs are waited for`() async throws {
        try await withKubectl { cluster, kubectl in
            _ = try await cluster.create(.jobs, Manifests.job(extra: "activeDeadlineSeconds: 1"))
            let failed = try await kubectl("wait", "--for=condition=Failed", "job/work", "--timeout=120s")
            #expect(failed.contains("job.batch/work condition met"))
            try await kubectl("delete", "job", "work", "--timeout=120s")
            try await cluster.waitForAll(.pods, "no pods") { $0.isEmpty }
        }
    }
}
