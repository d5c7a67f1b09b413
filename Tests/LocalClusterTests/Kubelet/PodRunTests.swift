import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodRunTests {
    @Test(arguments: PodCluster.runtimes)
    func `a pod runs, becomes ready, says what it does and is deleted`(_ runtime: String) async throws {
        try await PodCluster.with(runtime) { cluster in
            try await cluster.pod(
                "web", ["containers": [PodCluster.shell("echo hello; exec sleep 1000")]])
            let pod = try await cluster.wait("web", for: "Ready") { $0.isTrue("Ready") }
            #expect(pod["status", "phase"]?.stringValue == "Running")
            let status = try #require(pod.container("main"))
            #expect(status["state", "running", "startedAt"]?.stringValue != nil)
            #expect(status["containerID"]?.stringValue?.hasPrefix("\(runtime)://") == true)
            #expect(status["started"] == true)
            #expect(status["restartCount"] == 0)
            for condition in ["PodScheduled", "Initialized", "ContainersReady", "PodReadyToStartContainers"] {
                #expect(pod.isTrue(condition), "\(condition)")
            }
            var options = KubeClientLogOptions()
            options.follows = true
            options.limitBytes = 6
            #expect(try await cluster.log("web", options) == "hello\n")
            var deletion = DeleteOptions()
            deletion.gracePeriodSeconds = 1
            try await cluster.client.delete(.pods, "web", namespace: "default", options: deletion)
            try await cluster.waitUntilGone("web")
            for text in [
                "Normal Pulled: Container image \"host\" already present on machine",
                "Normal Created: Created container: main", "Normal Started: Started container main",
                "Normal Killing: Stopping container main",
            ] {
                try await cluster.waitForEvent(text, of: "web")
            }
        }
    }

    @Test func `a container that ends well completes a pod that is not restarted`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "job",
                [
                    "restartPolicy": "Never",
                    "containers": [PodCluster.shell("echo done; echo bye >/dev/termination-log")],
                ])
            let pod = try await cluster.waitForPhase("Succeeded", "job")
            let end = try #require(pod.container("main")?["state", "terminated"])
            #expect(end["exitCode"] == 0)
            #expect(end["reason"] == "Completed")
            #expect(end["message"] == "bye\n")
            #expect(try await cluster.log("job") == "done\n")
        }
    }
}
