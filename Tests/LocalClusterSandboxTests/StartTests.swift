import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct StartTests {
        @Test(arguments: Machine.runtimes)
        func `a container's output and exit code are those of its program`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let status = try await machine.pod()
                #expect(status.runtime == runtime)
                let result = try await machine.run("echo out; echo err >&2; exit 7")
                #expect(result.code == 7)
                // Between the two streams a runtime need not keep the order.
                #expect(result.output.split(separator: "\n").sorted() == ["err", "out"])
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a program that ends by a signal has its number and 128`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                // From without: the first process of a PID namespace cannot kill itself.
                let spec = machine.container(["sleep", "1000"])
                _ = try await machine.sandboxes.start(spec)
                let exit = try await machine.sandboxes.stop(spec.id, grace: .zero)
                #expect(exit.code == 137)
                #expect(try await machine.text(spec.id) == "")
                #expect(exit.finishedAt >= (try #require(exit.startedAt)))
            }
        }

        @Test(arguments: Machine.runtimes)
        func `arguments and variables arrive as they are`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let odd = "a b'c\"d$HOME`e`\\n\n*;|&"
                let spec = machine.container(["printf", "%s|", odd, "", "--"]) {
                    $0.environment = [EnvironmentVariable("ODD", odd)]
                }
                _ = try await machine.sandboxes.start(spec)
                _ = try await machine.sandboxes.wait(spec.id)
                #expect(try await machine.text(spec.id) == "\(odd)||--|")
                let environment = try await machine.run("printf %s \"$ODD\"", named: "env") {
                    $0.environment = [
                        EnvironmentVariable("ODD", "old"), EnvironmentVariable("dotted.name", "1"),
                        EnvironmentVariable("ODD", odd),
                    ]
                }
                #expect(environment.output == odd)
                // A shell drops it, but the program itself has it.
                let direct = machine.container(["env"], named: "direct") {
                    $0.environment = [EnvironmentVariable("dotted.name", "1")]
                }
                _ = try await machine.sandboxes.start(direct)
                _ = try await machine.sandboxes.wait(direct.id)
                let lines = try await machine.text(direct.id).split(separator: "\n")
                #expect(lines.contains("dotted.name=1"))
                #expect(lines.contains("HOSTNAME=pod-1"))
                #expect(lines.contains { $0.hasPrefix("HOME=/") })
            }
        }

        @Test(arguments: Machine.runtimes)
        func `signals are not ignored from the start`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let result = try await machine.run("grep SigIgn /proc/self/status")
                #expect(result.output.contains("0000000000000000"))
            }
        }

        struct Fault: Sendable {
            let arguments: [String]
            let words: String
        }

        @Test(arguments: [
            Fault(
                arguments: ["no-such-program"],
                words: "exec: \"no-such-program\": executable file not found in $PATH"),
            Fault(
                arguments: ["/no/such"], words: "exec: \"/no/such\": stat /no/such: no such file or directory"
            ),
            Fault(arguments: ["/etc/passwd"], words: "exec: \"/etc/passwd\": permission denied"),
            Fault(arguments: ["/etc"], words: "exec: \"/etc\": is a directory"),
            Fault(arguments: [], words: "has no command"),
        ])
        func `a program that cannot be executed fails the start`(_ fault: Fault) async throws {
            for runtime in Machine.runtimes {
                try await Machine.with(runtime) { machine in
                    _ = try await machine.pod()
                    let spec = machine.container(fault.arguments)
                    let error = await #expect(throws: SandboxError.self) {
                        try await machine.sandboxes.start(spec)
                    }
                    #expect(error?.code == .startFailed)
                    #expect(
                        error?.message.contains(fault.words) == true, "\(runtime): \(error?.message ?? "")")
                    #expect(await machine.sandboxes.state(of: spec.id) == nil)
                }
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a script without its interpreter does not go unnoticed`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let script = "/var/tmp/slipway-script-\(getpid())"
                try Disk.overwrite(Array("#!/no/such\n".utf8), to: script, mode: 0o755)
                defer { try? Disk.remove(script) }
                _ = try await machine.pod()
                let spec = machine.container([script])
                // Only the kernel can tell, and it tells some runtimes when the container counts as started.
                do {
                    _ = try await machine.sandboxes.start(spec)
                    let exit = try await machine.sandboxes.wait(spec.id)
                    #expect(exit.code != 0)
                    #expect(try await machine.text(spec.id).contains("no such file or directory"))
                } catch let error as SandboxError {
                    #expect(error.code == .startFailed)
                    #expect(error.message.contains("No such file or directory"))
                }
            }
        }

        @Test func `starting again what runs is no second start`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first)) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"])
                let first = try await machine.sandboxes.start(spec)
                #expect(try await machine.sandboxes.start(spec) == first)
                _ = try await machine.sandboxes.stop(spec.id, grace: .zero)
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.start(spec)
                }
                #expect(error?.code == .invalid)
            }
        }

        @Test func `a pod that is not there has no containers`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first)) { machine in
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.start(machine.container(["true"]))
                }
                #expect(error?.code == .notFound)
                let escaping = await #expect(throws: SandboxError.self) { try await machine.pod("../../etc") }
                #expect(escaping?.code == .invalid)
            }
        }

        @Test func `where nothing works the error says what to install`() async throws {
            let directory = Machine.temporaryDirectory()
            defer { try? Disk.remove(directory) }
            var configuration = SandboxConfiguration(runDirectory: directory)
            configuration.connectsPods = false
            configuration.runtimes = ["no-such-runtime"]
            let error = await #expect(throws: SandboxError.self) {
                try await PodSandboxes.open(configuration)
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("install runc or bubblewrap") == true)
            #expect(Mounts.below(directory).isEmpty)
        }
    }
}
