import Glibc
import KubeModel
import NIOCore
import Synchronization
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized, .enabled(if: Machine.canConnect)) struct LimitedNetworkTests {
        /// Answers each connection with what it was asked and its pod's name.
        private static func server(_ port: Int) -> [String] {
            let script = """
                use IO::Socket::INET; $| = 1;
                my $l = IO::Socket::INET->new(Listen => 5, LocalPort => \(port), ReuseAddr => 1) or die "$!";
                print "listening\\n";
                while (my $c = $l->accept) { my $line = <$c>; chomp $line; print $c "$line at $ENV{HOSTNAME}\\n"; close $c }
                """
            return ["perl", "-e", script]
        }

        /// Asks each place in turn and prints its answer, or that there is none.
        private static func client(_ places: [String]) -> [String] {
            let script = """
                use IO::Socket::INET;
                for my $place (@ARGV) {
                    my $c = IO::Socket::INET->new(PeerAddr => $place, Timeout => 60);
                    my $answer = $c && print($c "hello\\n") ? <$c> : undef;
                    print "$place: ", $answer // "no answer\\n";
                }
                """
            return ["perl", "-e", script] + places
        }

        /// A domain name system of one's own.
        private final class Addresses: Sendable {
            let known = Mutex<[String: String]>([:])

            var resolver: HostResolver {
                HostResolver { name, port in
                    guard let address = self.known.withLock({ $0[name] }) else {
                        throw SandboxError(.network, "there is no host \(name)")
                    }
                    return try SocketAddress(ipAddress: address, port: port)
                }
            }
        }

        private static func start(_ server: ContainerSpec, on machine: Machine) async throws {
            _ = try await machine.sandboxes.start(server)
            try await machine.wait(for: "listening", in: server.id)
        }

        @Test(arguments: Machine.isolating)
        func `a container reaches the listed hosts, its pod's ports, and nobody else`(_ runtime: String)
            async throws
        {
            let addresses = Addresses()
            try await Machine.with(runtime, connected: true, resolver: addresses.resolver) { machine in
                let mirror = try await machine.pod("mirror")
                addresses.known.withLock { $0["mirror.example"] = mirror.address }
                try await Self.start(machine.container(Self.server(8080), pod: "mirror"), on: machine)
                let pod = try await machine.pod { $0.hostAliases = [HostAlias("127.0.0.1", ["db"])] }
                try await Self.start(machine.container(Self.server(5432), named: "db"), on: machine)

                let places = [
                    "mirror.example:8080", "db:5432", "127.0.0.1:5432", "mirror.example:9090",
                    "gone.example:8080",
                    "other.example:8080", "\(mirror.address):8080", "\(pod.address):5432",
                    "\(machine.sandboxes.gateway ?? ""):22",
                ]
                let step = machine.container(Self.client(places), named: "step") { spec in
                    spec.network = LimitedNetwork(
                        hosts: [
                            .init("mirror.example", ports: [8080]), .init("gone.example", ports: [8080]),
                        ], podPorts: [5432])
                }
                _ = try await machine.sandboxes.start(step)
                #expect(try await machine.sandboxes.wait(step.id).code == 0)
                let expected = [
                    "hello at mirror", "hello at pod-1", "hello at pod-1", "no answer", "no answer",
                    "no answer",
                    "no answer", "no answer", "no answer",
                ]
                let text = zip(places, expected).map { "\($0): \($1)\n" }.joined()
                #expect(try await machine.text(step.id) == text)
                // The pod itself goes on as before.
                let beside = machine.container(Self.client(["\(mirror.address):8080"]), named: "beside")
                _ = try await machine.sandboxes.start(beside)
                _ = try await machine.sandboxes.wait(beside.id)
                #expect(try await machine.text(beside.id) == "\(mirror.address):8080: hello at mirror\n")
            }
        }

        @Test(arguments: Machine.isolating)
        func `it has no interface but the loopback, and nothing of it is left`(_ runtime: String) async throws
        {
            try await Machine.with(runtime, connected: true) { machine in
                _ = try await machine.pod()
                let directory = machine.sandboxes.host.run.container(ContainerID(pod: "pod-1", name: "main"))
                let result = try await machine.run(
                    "exec 2>&1; tail -n +3 /proc/net/dev | cut -d: -f1; cat /etc/resolv.conf /etc/hosts; echo x >/etc/hosts"
                ) { $0.network = LimitedNetwork(hosts: [.init("a.example", ports: [443])]) }
                #expect(result.code != 0)
                let lines = result.output.split(separator: "\n").map { $0.filter { $0 != " " } }
                let said = lines.filter { !$0.contains("cannotcreate/etc/hosts") }
                #expect(said.count == lines.count - 1 && said.first == "lo", "\(lines)")
                #expect(said.dropFirst().first?.hasPrefix("#1hosts") == true)
                #expect(
                    said.contains("127.64.0.1\ta.example") && said.contains("127.0.0.1\tlocalhost\tpod-1"))
                #expect(!Disk.exists(directory.network))
                let long = machine.container(["sleep", "1000"], named: "long") {
                    $0.network = LimitedNetwork(hosts: [.init("a.example", ports: [443])])
                }
                _ = try await machine.sandboxes.start(long)
                #expect(Disk.exists(machine.sandboxes.host.run.container(long.id).network))
                try await machine.sandboxes.removePod("pod-1")
                #expect(machine.remains().isEmpty, "\(machine.remains())")
            }
        }

        @Test func `a pod without an address of its own cannot give one of its containers less`() async throws
        {
            try await Machine.with(try #require(Machine.isolating.first)) { machine in
                _ = try await machine.pod()
                let spec = machine.container(["true"]) { $0.network = LimitedNetwork(hosts: []) }
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.sandboxes.start(spec)
                }
                #expect(error?.code == .unsupported, "\(error?.description ?? "")")
            }
        }

        @Test(arguments: Machine.isolating)
        func `its doors open again after the program was killed`(_ runtime: String) async throws {
            let directory = Machine.temporaryDirectory() + "-limited"
            try Disk.makeDirectory(directory)
            let client = Self.client(["mirror.example:8080"])
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [runtime = runtime as String, directory = directory as String, client = client as [String]] in
                let machine = try await Machine(runtime, connected: true, in: directory)
                try Disk.save(machine.configuration.bridge, to: "\(directory)/bridge")
                try Disk.save(machine.configuration.subnet.description, to: "\(directory)/subnet")
                let mirror = try await machine.pod("mirror")
                try Disk.save(mirror.address, to: "\(directory)/mirror")
                try await Self.start(machine.container(Self.server(8080), pod: "mirror"), on: machine)
                _ = try await machine.pod()
                let words = client.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }.joined(
                    separator: " ")
                let script =
                    "trap '\(words.replacing("'", with: #"'\''"#)); exit' TERM; echo ready; while :; do sleep 0.05; done"
                let step = machine.container(["sh", "-c", script], named: "step") {
                    $0.network = LimitedNetwork(hosts: [.init("mirror.example", ports: [8080])])
                }
                _ = try await machine.sandboxes.start(step)
                try await machine.wait(for: "ready", in: step.id)
                kill(getpid(), SIGKILL)
            }
            let mirror = try #require(Disk.load(String.self, from: "\(directory)/mirror"))
            var configuration = SandboxConfiguration(runDirectory: "\(directory)/run")
            configuration.runtimes = [runtime]
            configuration.bridge = try #require(Disk.load(String.self, from: "\(directory)/bridge"))
            configuration.subnet = try #require(
                IPv4Subnet(Disk.load(String.self, from: "\(directory)/subnet") ?? ""))
            configuration.resolver = HostResolver { try SocketAddress(ipAddress: mirror, port: $1) }
            let sandboxes = try await PodSandboxes.open(configuration)
            let id = ContainerID(pod: "pod-1", name: "step")
            _ = try await sandboxes.stop(id, grace: .seconds(120))
            var bytes: [UInt8] = []
            for try await piece in try await sandboxes.logs(id, options: ContainerLogOptions()) {
                bytes += piece
            }
            #expect(String(decoding: bytes, as: UTF8.self) == "ready\nmirror.example:8080: hello at mirror\n")
            try await sandboxes.removeAll()
            try Disk.remove(directory)
        }
    }
}
