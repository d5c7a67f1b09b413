import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct RecoveryTests {
        /// Opens the directory of a machine again, as a program would after the one before it was killed.
        private static func reopen(_ machine: Machine) async throws -> PodSandboxes {
            try await PodSandboxes.open(machine.configuration)
        }

        @Test(.enabled(if: Machine.canConnect), arguments: Machine.runtimes)
        func `containers outlive a killed program and are adopted`(_ runtime: String) async throws {
            let directory = "/tmp/slipway-adoption-\(getpid())-\(runtime)"
            try Disk.makeDirectory(directory)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [runtime = runtime as String, directory = directory as String] in
                let machine = try await Machine(runtime, connected: true, in: directory)
                try Disk.save(machine.configuration.bridge, to: "\(machine.directory)/bridge")
                try Disk.save(machine.configuration.subnet.description, to: "\(machine.directory)/subnet")
                for uid in ["pod-1", "pod-2"] {
                    _ = try await machine.pod(uid)
                    let script = "trap 'echo bye; exit 6' TERM; echo started; while :; do sleep 0.05; done"
                    let spec = machine.container(["sh", "-c", script], pod: uid)
                    _ = try await machine.sandboxes.start(spec)
                    try await machine.wait(for: "started", in: spec.id)
                }
                let short = machine.container(["sh", "-c", "sleep 0.2; exit 8"], named: "short")
                _ = try await machine.sandboxes.start(short)
                kill(getpid(), SIGKILL)
            }
            let bridge = try #require(Disk.load(String.self, from: "\(directory)/bridge"))
            var configuration = SandboxConfiguration(runDirectory: "\(directory)/run")
            configuration.runtimes = [runtime]
            configuration.bridge = bridge
            configuration.subnet = try #require(
                IPv4Subnet(Disk.load(String.self, from: "\(directory)/subnet") ?? ""))
            let begun = ContinuousClock.now
            let sandboxes = try await PodSandboxes.open(configuration)
            print("\(runtime): adopted in \(ContinuousClock.now - begun)")
            #expect(sandboxes.recovered.map(\.spec.uid) == ["pod-1", "pod-2"])
            #expect(sandboxes.recovered.allSatisfy { $0.status?.network == .bridge })
            let id = ContainerID(pod: "pod-1", name: "main")
            guard case .running(let run) = await sandboxes.state(of: id) else {
                Issue.record("not running")
                return
            }
            #expect(run.processID != nil)
            #expect(try await sandboxes.wait(ContainerID(pod: "pod-1", name: "short")).code == 8)
            #expect(try await sandboxes.exec(id, ["true"], timeout: .seconds(120)).exitCode == 0)
            #expect(try await sandboxes.stop(id, grace: .seconds(30)).code == 6)
            // New pods do not get the address of one that was there before.
            let third = try await sandboxes.createPod(PodSandboxSpec(uid: "pod-3", namespace: "d", name: "c"))
            #expect(!sandboxes.recovered.contains { $0.status?.address == third.address })
            try await sandboxes.removeAll()
            #expect(!BridgeNetwork.isThere(bridge))
            #expect(Disk.entries("\(directory)/run/pods").isEmpty)
            try Disk.remove(directory)
        }

        @Test(arguments: Machine.runtimes)
        func `a container whose monitor was killed is ended`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"])
                let run = try await machine.sandboxes.start(spec)
                let directory = machine.sandboxes.host.run.container(spec.id)
                let processID = try #require(run.processID)
                let first = try #require(ProcessHandle(processID))
                let monitor = try #require(directory.monitorHandle())
                try monitor.signal(SIGKILL)
                await monitor.ended()
                let sandboxes = try await Self.reopen(machine)
                guard case .exited(let exit) = sandboxes.recovered.first?.containers[spec.id] else {
                    Issue.record("not exited: \(sandboxes.recovered)")
                    return
                }
                #expect(exit.code == 137)
                #expect(first.hasEnded)
            }
        }

        @Test(arguments: Machine.runtimes)
        func `waiting for a container ends with its monitor`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"])
                _ = try await machine.sandboxes.start(spec)
                async let exit = machine.sandboxes.wait(spec.id)
                let directory = machine.sandboxes.host.run.container(spec.id)
                try #require(directory.monitorHandle()).signal(SIGKILL)
                #expect(try await exit.code == 137)
                // What the monitor had beside it ends by itself.
                try await Machine.eventually { !machine.remains().contains { $0.hasPrefix("process") } }
            }
        }

        @Test(.enabled(if: Machine.canConnect))
        func `after a restart of the machine logs are kept and all else is made anew`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first), connected: true) { machine in
                _ = try await machine.pod()
                _ = try await machine.run("echo before; exit 2", named: "done")
                let spec = machine.container(["sleep", "1000"])
                _ = try await machine.sandboxes.start(spec)
                // As if the machine had gone down: everything that lives in its memory is gone.
                let pod = machine.sandboxes.host.run.pod("pod-1")
                let directory = machine.sandboxes.host.run.container(spec.id)
                let monitor = try #require(directory.monitorHandle())
                try monitor.signal(SIGKILL)
                await monitor.ended()
                try await ContainerLifecycle(
                    host: machine.sandboxes.host, runtime: machine.sandboxes.runtime, directory: directory
                ).runtime.sweep(directory)
                try await PodRemoval(host: machine.sandboxes.host, pod: pod).disconnect()
                var record = try #require(Disk.load(PodRecord.self, from: pod.record))
                record.boot = "another"
                try Disk.save(record, to: pod.record)

                let sandboxes = try await Self.reopen(machine)
                let recovered = try #require(sandboxes.recovered.first)
                #expect(recovered.status == nil)
                guard case .exited(let exit) = recovered.containers[spec.id] else {
                    Issue.record("not exited: \(recovered)")
                    return
                }
                #expect(exit.code == 255)
                _ = try await sandboxes.createPod(recovered.spec)
                let done = ContainerID(pod: "pod-1", name: "done")
                #expect(try await sandboxes.wait(done).code == 2)
                #expect(try await machine.text(done) == "before\n")
                _ = try await sandboxes.start(machine.container(["true"], attempt: 1))
            }
        }

        @Test(.enabled(if: Machine.canConnect))
        func `what was half made is removed`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first), connected: true) { machine in
                let host = machine.sandboxes.host
                // A pod of which nothing but its interface and namespaces is known.
                let stray = host.run.pod("pod-stray")
                try PodNamespaces(pod: stray).create([.net, .ipc, .uts], hostname: "stray")
                try await host.network?.attach(
                    stray, address: IPv4Address(bits: machine.configuration.subnet.base.bits + 99))
                // A container that was prepared and not started, and one whose monitor is all there is.
                _ = try await machine.pod()
                let spec = machine.container(["sleep", "1000"], named: "prepared")
                let directory = host.run.container(spec.id)
                _ = try await ContainerPreparation(host: host, runtime: machine.sandboxes.runtime).prepare(
                    spec, in: directory, pod: host.run.pod("pod-1"),
                    record: try machine.sandboxes.record(of: host.run.pod("pod-1")))
                let started = machine.container(["sleep", "1000"], named: "started")
                _ = try await machine.sandboxes.start(started)
                let monitor = try #require(host.run.container(started.id).monitorHandle())
                try Disk.remove(host.run.container(started.id).spec)
                try Disk.makeDirectory("\(host.run.path)/trash/1/2/3")

                let sandboxes = try await Self.reopen(machine)
                #expect(sandboxes.recovered.map(\.spec.uid) == ["pod-1"])
                #expect(sandboxes.recovered.first?.containers.isEmpty == true)
                _ = await monitor.ended(within: .seconds(120), clock: .continuous)
                try await sandboxes.removePod("pod-1")
                #expect(machine.remains() == [])
            }
        }
    }
}
