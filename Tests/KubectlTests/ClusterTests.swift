import Foundation
import TestSupport
import Testing

/// `slipway cluster up` as people use it: the real program, real pods, kubectl.
@Suite(.serialized, .enabled(if: Kubectl.executable != nil, "there is no kubectl on the path"))
struct ClusterTests {
    private static let canRun = Program.path("runc") != nil || Program.path("bwrap") != nil

    /// The program with a directory of its own, started and ended by the test.
    private final class Cluster {
        let directory: URL
        private let network: TestNetwork
        private(set) var process = Process()

        init() throws {
            network = try TestNetwork("swu")
            directory = FileManager.default.temporaryDirectory.appending(
                path: "slipway-up-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        }

        var kubectl: Kubectl {
            Kubectl(kubeconfig: directory.appending(path: "data/kubeconfig"), home: directory)
        }

        /// Starts the program and returns when it says that it runs.
        func start() async throws {
            process = Process()
            process.executableURL = URL(filePath: try #require(Program.built("slipway")))
            process.arguments = [
                "cluster", "up", "--data", directory.appending(path: "data").path, "--listen", "127.0.0.1:0",
                "--bridge", network.bridge, "--pod-subnet", network.subnet,
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let line = try await Self.line(of: output.fileHandleForReading)
            #expect(line.hasPrefix("export KUBECONFIG="), "\(line)")
        }

        private static func line(of handle: FileHandle) async throws -> String {
            let chunks = AsyncStream<Data> { continuation in
                handle.readabilityHandler = { handle in
                    let data = handle.availableData
                    continuation.yield(data)
                    if data.isEmpty { continuation.finish() }
                }
            }
            var text = ""
            for await chunk in chunks {
                text += String(decoding: chunk, as: UTF8.self)
                if text.contains("\n") { break }
            }
            handle.readabilityHandler = nil
            return text
        }

        func kill() {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// Runs another `slipway cluster` command on the directory and answers what it prints.
        func run(_ verb: String) async throws -> Program.Outcome {
            try await Program.run(
                try #require(Program.built("slipway")),
                ["cluster", verb, "--data", directory.appending(path: "data").path])
        }

        /// The processes of the machine whose arguments name the directory.
        func processes() -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return names.filter { Int($0) != nil }.compactMap { number in
                guard let data = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else {
                    return nil
                }
                let words = String(decoding: data.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
                return words.contains("\(directory.path)/data/run/") ? words : nil
            }
        }

        /// Runs a body with a program of its own, of which nothing is left afterwards.
        static func with(_ body: (Cluster) async throws -> Void) async throws {
            let cluster = try Cluster()
            let result: Result<Void, any Error>
            do { result = .success(try await body(cluster)) } catch { result = .failure(error) }
            if cluster.process.isRunning {
                cluster.process.terminate()
                cluster.process.waitUntilExit()
            }
            _ = try? await cluster.run("down")
            try? FileManager.default.removeItem(at: cluster.directory)
            try result.get()
        }
    }

    @Test(.enabled(if: canRun, "there is neither runc nor bubblewrap"))
    func `pods survive a kill of the program and go on under the next`() async throws {
        try await Cluster.with { cluster in
            try await cluster.start()
            let kubectl = cluster.kubectl
            try await kubectl(
                "create", "deployment", "web", "--image=host", "--replicas=20", "--", "sh", "-c",
                "echo hello from $HOSTNAME; trap 'exit 0' TERM; while :; do sleep 0.2; done")
            try await kubectl("rollout", "status", "deployment/web", "--timeout=300s")
            let before = try await kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].containerID}")
            cluster.kill()
            #expect(!cluster.processes().isEmpty)
            #expect(try await cluster.run("status").code == 1)

            let begun = ContinuousClock.now
            try await cluster.start()
            try await kubectl("rollout", "status", "deployment/web", "--timeout=300s")
            print("converged in \(ContinuousClock.now - begun)")
            let after = try await kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].containerID}")
            #expect(after == before)
            #expect(before.split(separator: " ").count == 20)
            let status = try await cluster.run("status")
            #expect(status.code == 0)
            #expect(status.output.contains("Pods:        20 running"))

            let pod = try await kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}")
            async let followed = kubectl("logs", "-f", pod)
            try await kubectl(
                "delete", "deployment", "web", "--wait=true", "--cascade=foreground", "--timeout=300s")
            #expect(try await followed == "hello from \(pod)\n")
            let down = try await cluster.run("down")
            #expect(down.code == 0)
            #expect(cluster.processes() == [])
            #expect(try await cluster.run("down").output.contains("does not run"))
        }
    }

    @Test(.enabled(if: canRun, "there is neither runc nor bubblewrap"))
    func `what a killed program has left is removed by down`() async throws {
        try await Cluster.with { cluster in
            try await cluster.start()
            try await cluster.kubectl("run", "one", "--image=host", "--", "sleep", "1000")
            try await cluster.kubectl("wait", "pod/one", "--for=condition=Ready", "--timeout=300s")
            cluster.kill()
            #expect(!cluster.processes().isEmpty)
            let down = try await cluster.run("down")
            #expect(down.code == 0)
            #expect(down.output.contains("what it had left is removed"), "\(down.output)")
            #expect(cluster.processes() == [])
        }
    }
}
