import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct ExecTests {
        private static func withRunning(
            _ runtime: String, _ change: (inout ContainerSpec) -> Void = { _ in },
            _ body: (Machine, ContainerID) async throws -> Void
        ) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"], change)
                _ = try await machine.sandboxes.start(spec)
                try await body(machine, spec.id)
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a command runs beside the program, as it would`(_ runtime: String) async throws {
            try await Self.withRunning(runtime) {
                $0.environment = [EnvironmentVariable("COLOUR", "blue")]
                $0.workingDirectory = "/usr"
            } _: { machine, id in
                let result = try await machine.sandboxes.exec(
                    id, ["sh", "-c", "echo $COLOUR; pwd; echo oops >&2; exit 4"], timeout: .seconds(120))
                #expect(result.exitCode == 4)
                #expect(String(decoding: result.output, as: UTF8.self) == "blue\n/usr\noops\n")
            }
        }

        @Test(arguments: Machine.isolating)
        func `a command sees the container's processes and files`(_ runtime: String) async throws {
            try await Self.withRunning(runtime) { _ in
            } _: { machine, id in
                _ = try await machine.sandboxes.exec(
                    id, ["sh", "-c", "echo x >/tmp/mark"], timeout: .seconds(120))
                let result = try await machine.sandboxes.exec(
                    id, ["sh", "-c", "cat /tmp/mark /proc/1/comm; hostname"], timeout: .seconds(120))
                #expect(String(decoding: result.output, as: UTF8.self) == "x\nsleep\npod-1\n")
            }
        }

        @Test(.enabled(if: Machine.isRoot), arguments: Machine.runtimes)
        func `a command has the container's user and capabilities`(_ runtime: String) async throws {
            try await Self.withRunning(runtime) {
                $0.user = ContainerUser(user: 1234, group: 55, groups: [77])
            } _: { machine, id in
                let result = try await machine.sandboxes.exec(
                    id, ["sh", "-c", "id; grep -E 'CapEff|CapBnd' /proc/self/status"], timeout: .seconds(120))
                let output = String(decoding: result.output, as: UTF8.self)
                #expect(output.contains("uid=1234 gid=55 groups=55,77"))
                #expect(output.contains("CapEff:\t0000000000000000"))
                #expect(output.contains("CapBnd:\t00000000a80425fb"))
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a command that takes too long is killed with what it has started`(_ runtime: String)
            async throws
        {
            try await Self.withRunning(runtime) { _ in
            } _: { machine, id in
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.exec(
                        id, ["sh", "-c", "sleep 7654321.\(getpid()) & sleep 7654321.\(getpid())"],
                        timeout: .milliseconds(200))
                }
                #expect(error?.code == .timeout)
                // The kernel takes a moment to end them.
                try await Machine.eventually {
                    !ProcessStatus.allProcessIDs().contains {
                        ProcessStatus.arguments(of: $0) == ["sleep", "7654321.\(getpid())"]
                    }
                }
            }
        }

        @Test(arguments: Machine.runtimes)
        func `much output is cut and stalls nothing`(_ runtime: String) async throws {
            try await Self.withRunning(runtime) { _ in
            } _: { machine, id in
                let result = try await machine.sandboxes.exec(
                    id, ["sh", "-c", "head -c 3000000 /dev/zero; exit 2"], timeout: .seconds(120))
                #expect(result.exitCode == 2)
                #expect(result.output.count == 10 << 10)
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a command that is not there and a container that is not are told apart`(_ runtime: String)
            async throws
        {
            try await Self.withRunning(runtime) { _ in
            } _: { machine, id in
                let missing = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.exec(id, ["no-such-program"], timeout: .seconds(120))
                }
                #expect(missing?.code == .startFailed)
                #expect(missing?.message.contains("executable file not found in $PATH") == true)
                _ = try await machine.sandboxes.stop(id, grace: .zero)
                let ended = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.exec(id, ["true"], timeout: .seconds(120))
                }
                #expect(ended?.code == .notFound)
            }
        }
    }
}
