import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodRestartTests {
    @Test func `a container that crashes is restarted, later and later`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "crash", ["containers": [PodCluster.shell("echo run; exit 3")]])
            let held = try await cluster.wait("crash", for: "CrashLoopBackOff") {
                $0.container("main")?["state", "waiting", "reason"]?.stringValue == "CrashLoopBackOff"
                    && ($0.container("main")?["restartCount"]?.integerValue ?? 0) >= 2
            }
            let status = try #require(held.container("main"))
            #expect(status["lastState", "terminated", "exitCode"] == 3)
            #expect(status["lastState", "terminated", "reason"] == "Error")
            #expect(status["ready"] == false)
            let message = status["state", "waiting", "message"]?.stringValue ?? ""
            let uid = held.metadata.uid
            // Each restart doubles what the first has waited; a status may be written when some are over.
            let restarts = Int(status["restartCount"]?.integerValue ?? 0)
            let delay = GoDuration.text(.milliseconds(200 << (restarts - 1)))
            #expect(message == "back-off \(delay) restarting failed container=main pod=crash_default(\(uid))")
            #expect(held["status", "phase"]?.stringValue == "Running")
            try await cluster.waitForEvent(
                "Warning BackOff: Back-off restarting failed container main in pod crash_default(\(uid))",
                of: "crash")
            var previous = KubeClientLogOptions()
            previous.previous = true
            #expect(try await cluster.log("crash", previous) == "run\n")
        }
    }

    @Test func `the log of a run that is forgotten is the log of the run after it`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod("crash", ["containers": [PodCluster.shell("echo run; exit 3")]])
            // What a server may still have when the node is some runs ahead of it.
            let stale = try await cluster.wait("crash", for: "its first end") {
                $0.container("main")?["lastState", "terminated"] != nil
            }
            let first = Int(stale.container("main")?["restartCount"]?.integerValue ?? 0)
            try await cluster.wait("crash", for: "runs that made it forget the first") {
                let status = $0.container("main")
                return Int(status?["restartCount"]?.integerValue ?? 0) >= first + 2
                    && status?["state", "waiting"] != nil
            }
            let request = PodLogRequest(
                pod: stale, container: "main", query: [.init("previous", "true")])
            guard case .stream(let pieces) = try cluster.logs.log(request).body else {
                Issue.record("a log is a stream")
                return
            }
            var text: [UInt8] = []
            for try await piece in pieces { text += piece }
            #expect(String(decoding: text, as: UTF8.self) == "run\n")
        }
    }

    @Test func `a program that is not there ends with StartError`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "lost",
                [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "host", "command": ["no-such-program"]]],
                ])
            let pod = try await cluster.waitForPhase("Failed", "lost")
            let end = try #require(pod.container("main")?["state", "terminated"])
            #expect(end["exitCode"] == 128)
            #expect(end["reason"] == "StartError")
            #expect(
                end["message"]?.stringValue?.contains(
                    "exec: \"no-such-program\": executable file not found in $PATH") == true)
        }
    }

    @Test func `an image that does not exist is waited for, ever longer`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod("none", ["containers": [["name": "main", "image": "no/such:1"]]])
            let pod = try await cluster.wait("none", for: "ImagePullBackOff") {
                $0.container("main")?["state", "waiting", "reason"]?.stringValue == "ImagePullBackOff"
            }
            #expect(pod["status", "phase"]?.stringValue == "Pending")
            for text in [
                "Normal Pulling: Pulling image \"no/such:1\"",
                "Warning Failed: Failed to pull image \"no/such:1\"",
                "Warning Failed: Error: ErrImagePull", "Normal BackOff: Back-off pulling image \"no/such:1\"",
                "Warning Failed: Error: ImagePullBackOff",
            ] {
                try await cluster.waitForEvent(text, of: "none")
            }
            await #expect(throws: APIError.self) { try await cluster.log("none") }
            try await cluster.pod(
                "never",
                ["containers": [["name": "main", "image": "no/such:1", "imagePullPolicy": "Never"]]])
            try await cluster.wait("never") {
                $0.container("main")?["state", "waiting", "reason"]?.stringValue == "ErrImageNeverPull"
            }
            try await cluster.pod("odd", ["containers": [["name": "main", "image": "No Such"]]])
            try await cluster.wait("odd") {
                $0.container("main")?["state", "waiting", "reason"]?.stringValue == "InvalidImageName"
            }
        }
    }

    @Test func `a pod that takes too long fails with DeadlineExceeded`() async throws {
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "late",
                [
                    "terminationGracePeriodSeconds": 1,
                    "containers": [PodCluster.shell("exec sleep 1000")],
                ])
            // A deadline from the start could be over before there is anything to end.
            try await cluster.wait("late", for: "running") {
                $0.container("main")?["state", "running"] != nil
            }
            try await cluster.client.patch(
                .pods, "late", namespace: "default", .merge(["spec": ["activeDeadlineSeconds": 1]]))
            let pod = try await cluster.waitForPhase("Failed", "late")
            #expect(pod["status", "reason"] == "DeadlineExceeded")
            #expect(pod.container("main")?["state", "terminated", "exitCode"]?.integerValue ?? 0 > 128)
        }
    }
}
