import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct StopTests {
        @Test(arguments: Machine.runtimes)
        func `a program that heeds the signal ends in its own way`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container([
                    "sh", "-c", "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
                ])
                _ = try await machine.sandboxes.start(spec)
                try await machine.wait(for: "ready", in: spec.id)
                let exit = try await machine.sandboxes.stop(spec.id, grace: .seconds(30))
                #expect(exit.code == 3)
                #expect(try await machine.text(spec.id) == "ready\nbye\n")
            }
        }

        @Test(arguments: Machine.runtimes)
        func `a program that does not is killed with all it has started`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container([
                    "sh", "-c",
                    "trap '' TERM; setsid sleep 1234567 & setsid -f sh -c 'setsid sleep 1234567'; echo ready; wait",
                ])
                _ = try await machine.sandboxes.start(spec)
                try await machine.wait(for: "ready", in: spec.id)
                let exit = try await machine.sandboxes.stop(spec.id, grace: .milliseconds(50))
                #expect(exit.code == 137)
                let left = ProcessStatus.allProcessIDs().filter {
                    ProcessStatus.arguments(of: $0) == ["sleep", "1234567"]
                        && ProcessStatus.environment(of: $0).contains { $0.contains(machine.directory) }
                }
                #expect(left.isEmpty)
                #expect(!machine.remains().contains { $0.hasPrefix("process") })
            }
        }

        @Test(arguments: Machine.runtimes)
        func `an image's own stop signal is sent`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container([
                    "sh", "-c", "trap 'exit 9' QUIT; echo ready; while :; do sleep 0.05; done",
                ])
                _ = try await machine.sandboxes.start(spec)
                try await machine.wait(for: "ready", in: spec.id)
                #expect(
                    try await machine.sandboxes.stop(spec.id, grace: .seconds(30), signal: SIGQUIT).code == 9)
            }
        }

        @Test(arguments: Machine.runtimes)
        func `stopping what has ended says how it ended`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                _ = try await machine.run("exit 5")
                let id = ContainerID(pod: "pod-1", name: "main")
                #expect(try await machine.sandboxes.stop(id, grace: .seconds(1)).code == 5)
                guard case .exited(let exit) = await machine.sandboxes.state(of: id) else {
                    Issue.record("not exited")
                    return
                }
                #expect(exit.code == 5)
                try await machine.sandboxes.removeContainer(id)
                try await machine.sandboxes.removeContainer(id)
                #expect(await machine.sandboxes.state(of: id) == nil)
            }
        }

        @Test(arguments: Machine.runtimes)
        func `waiting may be given up and taken up again`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"])
                _ = try await machine.sandboxes.start(spec)
                await withThrowingTaskGroup { group in
                    group.addTask { _ = try await machine.sandboxes.wait(spec.id) }
                    group.cancelAll()
                    await #expect(throws: CancellationError.self) { try await group.waitForAll() }
                }
                async let first = machine.sandboxes.wait(spec.id)
                async let second = machine.sandboxes.wait(spec.id)
                _ = try await machine.sandboxes.stop(spec.id, grace: .zero)
                #expect(try await [first.code, second.code] == [137, 137])
            }
        }
    }
}
