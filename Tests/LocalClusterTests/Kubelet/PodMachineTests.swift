import ClusterTestSupport
import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest
import TestSupport
import Testing

@testable import LocalCluster

@Suite(.serialized, .enabled(if: PodCluster.canRun)) struct PodMachineTests {
    @Test func `a hundred pods come and go and leave nothing behind`() async throws {
        try await PodCluster.with(connected: PodCluster.isRoot && Program.path("ip") != nil) { cluster in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let name = "pod-\(number)"
                        try await cluster.pod(
                            name,
                            [
                                "restartPolicy": "Never",
                                "volumes": [["name": "e", "emptyDir": .emptyObject]],
                                "containers": [
                                    PodCluster.shell(
                                        "echo \(number) >/e/file", named: "main",
                                        ["volumeMounts": [["name": "e", "mountPath": "/e"]]])
                                ],
                            ])
                        try await cluster.wait(name, for: "its end", within: .seconds(600)) {
                            $0["status", "phase"]?.stringValue == "Succeeded"
                        }
                        try await cluster.client.delete(.pods, name, namespace: "default")
                        try await cluster.waitUntilGone(name, within: .seconds(600))
                    }
                }
                try await group.waitForAll()
            }
            // Pods that have ended go from the API at once, and from the machine just after that.
            let run = "\(cluster.directory)/run"
            let deadline = ContinuousClock.now + TestCluster.timeout
            while !Disk.entries("\(run)/pods").isEmpty, ContinuousClock.now < deadline {
                try await ContinuousClock().sleep(for: .milliseconds(10))
            }
            #expect(Disk.entries("\(run)/pods") == [])
            #expect(Disk.entries("\(run)/mounts") == [])
            #expect(Disk.entries("/sys/class/net/\(cluster.configuration.bridge)/brif") == [])
        }
    }

    @Test func `a port that is taken keeps a pod waiting and says so`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        try #require(bound)
        let port = Int64(UInt16(bigEndian: address.sin_port))
        try await PodCluster.with { cluster in
            try await cluster.pod(
                "taken",
                [
                    "hostNetwork": true,
                    "containers": [
                        PodCluster.shell(
                            "exec sleep 1000", named: "main", ["ports": [["containerPort": .integer(port)]]])
                    ],
                ])
            try await cluster.waitForEvent(
                "Warning FailedCreatePodSandBox: Failed to create pod sandbox", of: "taken")
            let events = try await cluster.events(of: "taken")
            #expect(events.contains { $0.contains("\(port)") }, "\(events)")
            let pod = try await cluster.client.get(.pods, "taken", namespace: "default")
            #expect(pod["status", "phase"]?.stringValue == "Pending")
        }
    }

    @Test func `a data directory that cannot be written is an error that says what to do`() async throws {
        let client = KubeClient(NoTransport())
        var configuration = LocalCluster.Configuration()
        configuration.directory = "/proc/no/such"
        let cluster = LocalCluster(client: client, configuration: configuration, logger: .silent)
        let error = await #expect(throws: SandboxError.self) { try await cluster.run() }
        #expect(
            error?.message
                == "the data directory /proc/no/such cannot be made: make its parent writable or choose another"
        )
    }

    @Test func `a machine without runtimes is an error that says what to install`() async throws {
        let client = KubeClient(NoTransport())
        var configuration = LocalCluster.Configuration()
        configuration.runtimes = ["crun-that-is-not-here"]
        configuration.connectsPods = false
        let cluster = LocalCluster(client: client, configuration: configuration, logger: .silent)
        let error = await #expect(throws: SandboxError.self) { try await cluster.run() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("install runc or bubblewrap") == true)
    }

    @Test func `pods run as plain processes where there is nothing better`() async throws {
        try await PodCluster.with("process") { cluster in
            try await cluster.pod(
                "plain",
                [
                    "restartPolicy": "Never",
                    "containers": [
                        PodCluster.shell(
                            "echo $PORT $PORT_HTTP", named: "main",
                            ["ports": [["name": "http", "containerPort": 8080]]])
                    ],
                ])
            let pod = try await cluster.waitForPhase("Succeeded", "plain")
            let said = try await cluster.log("plain").split { $0 == " " || $0 == "\n" }.map(String.init)
            #expect(said.count == 2 && said.first == said.last)
            #expect(pod.container("main")?["containerID"]?.stringValue?.hasPrefix("process://") == true)
            let annotation = pod.metadata.annotations["slipway.dev/assigned-ports"]
            #expect(annotation == "{\"8080\":\(said.first ?? "")}")
        }
    }

    @Test(
        .enabled(if: Postgres.directory != nil, "there is no PostgreSQL server: apt-get install postgresql"))
    func `PostgreSQL is a sidecar that answers the pod's container`() async throws {
        let programs = try #require(Postgres.directory)
        try await PodCluster.with(connected: PodCluster.isRoot && Program.path("ip") != nil) { cluster in
            let identity: Value =
                PodCluster.isRoot
                ? ["runAsUser": 65534, "runAsGroup": 65534, "fsGroup": 65534] : .emptyObject
            let script = """
                set -e
                \(programs)/initdb -D /db/data -A trust -U postgres --no-sync >/dev/null
                exec \(programs)/postgres -D /db/data -k /db -c fsync=off -c listen_addresses=127.0.0.1
                """
            try await cluster.pod(
                "database",
                [
                    "restartPolicy": "Never", "securityContext": identity,
                    "volumes": [["name": "db", "emptyDir": .emptyObject]],
                    "initContainers": [
                        PodCluster.shell(
                            script, named: "postgres",
                            [
                                "restartPolicy": "Always",
                                "volumeMounts": [["name": "db", "mountPath": "/db"]],
                                "env": [["name": "LC_ALL", "value": "C"]],
                                "startupProbe": [
                                    "exec": [
                                        "command": [.string("\(programs)/pg_isready"), "-h", "127.0.0.1"]
                                    ],
                                    "periodSeconds": 1, "failureThreshold": 600,
                                ],
                            ])
                    ],
                    "containers": [
                        PodCluster.shell(
                            "\(programs)/psql -h 127.0.0.1 -U postgres -Atc 'select 6 * 7'", named: "main")
                    ],
                ])
            let pod = try await cluster.wait("database", for: "its end", within: .seconds(600)) {
                ["Succeeded", "Failed"].contains($0["status", "phase"]?.stringValue ?? "")
            }
            var options = KubeClientLogOptions()
            options.container = "main"
            #expect(try await cluster.log("database", options) == "42\n")
            #expect(pod["status", "phase"]?.stringValue == "Succeeded")
            // It is told to end when nobody needs it any more, and ends in its own way.
            #expect(pod.container("postgres")?["state", "terminated", "exitCode"] == 0)
        }
    }
}

enum Postgres {
    /// Where the programs of the newest server are, nil where the machine has none.
    static let directory: String? = Disk.entries("/usr/lib/postgresql").compactMap { Int($0) }.max()
        .map { "/usr/lib/postgresql/\($0)/bin" }
}

/// A server that is never asked.
private struct NoTransport: APITransport {
    func send(_ request: APIRequest) async throws -> APIResponse { APIResponse(status: 503) }
}
