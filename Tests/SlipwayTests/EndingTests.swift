import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import LocalCluster
import Manifest
import TestSupport
import Testing

/// How `slipway up` ends, and what `status` and `down` say about it.
@Suite(.serialized)
struct EndingTests {
    @Test func `a terminal that goes away ends it in order`() async throws {
        let installation = try RunningInstallation()
        try await installation.start()
        try installation.signal(SIGHUP)
        #expect(try installation.ended() == 0)
        try await installation.said("has ended.")
    }

    @Test func `the first Ctrl-C says that it ends, the second ends it at once`() async throws {
        let installation = try RunningInstallation()
        try await installation.start()
        // Holds the end up for as long as pods are given: ten seconds.
        let pod: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "stubborn"],
            "spec": [
                "terminationGracePeriodSeconds": 600,
                "containers": [
                    [
                        "name": "main", "image": "host",
                        "command": ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
                    ]
                ],
            ],
        ]
        try await installation.withClient { client in
            try await client.create(.pods, pod, namespace: "default")
            _ = try await client.wait(for: .pods, "stubborn") {
                $0["status", "phase"]?.stringValue == "Running"
            }
        }
        try installation.signal(SIGINT)
        try await installation.said("Ending Slipway in \(installation.data) on SIGINT")
        try installation.signal(SIGINT)
        #expect(try installation.ended() == 130)
        let down = try await installation.process.run("down", "--data", "data")
        #expect(down.code == 0 && down.output.contains("what it had left is removed"), "\(down)")
    }

    @Test func `one that is starting is not said to be absent`() async throws {
        let process = try SlipwayProcess()
        // A colon, which separates paths in KUBECONFIG.
        let data = process.directory.appending(path: "da:ta").standardizedFileURL.path
        let claim = try ClusterProcess.claim(directory: data)
        defer { claim.release() }
        let starting = try await process.run("status", "--data", "da:ta")
        #expect(starting.code == 1)
        #expect(starting.error.contains("is starting in \(data), process \(getpid())"), "\(starting)")
        // Ready, but nothing answers: it is asked at the path with the colon.
        let kubeconfig = "\(data)/kubeconfig"
        try Data(
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: a, cluster: {server: "http://127.0.0.1:1"}}]
            users: [{name: a, user: {token: a}}]
            contexts: [{name: a, context: {cluster: a, user: a}}]
            current-context: a

            """.utf8
        ).write(to: URL(filePath: kubeconfig))
        try claim.announce(kubeconfig: kubeconfig)
        let silent = try await process.run("status", "--data", "da:ta")
        #expect(silent.code == 2 && silent.error.contains("127.0.0.1:1"), "\(silent)")
    }

    @Test(.enabled(if: geteuid() == 0 && Program.path("setpriv") != nil, "needs root and setpriv"))
    func `what may not be seen is not said to be absent`() async throws {
        let process = try SlipwayProcess()
        let data = process.directory.appending(path: "data").path
        let claim = try ClusterProcess.claim(directory: data)
        defer { claim.release() }
        // Where others may run it: the program that was built may lie in a home.
        let program = process.directory.appending(path: "slipway").path
        try FileManager.default.copyItem(atPath: try #require(Program.built("slipway")), toPath: program)
        for command in ["down", "status"] {
            let outcome = try await Program.run(
                try #require(Program.path("setpriv")),
                ["--reuid=65534", "--regid=65534", "--clear-groups", program, command, "--data", data],
                in: process.directory.path)
            #expect(outcome.code == 2, "\(outcome)")
            #expect(outcome.error.contains("cannot be seen: ask as the user who started it"), "\(outcome)")
        }
    }
}
