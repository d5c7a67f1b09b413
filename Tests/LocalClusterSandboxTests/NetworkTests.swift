import Glibc
import Synchronization
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct NetworkTests {
        /// Answers each connection with its pod's name; perl is on every Debian.
        private static let server = """
            use IO::Socket::INET; $| = 1;
            my $l = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1) or die "$!";
            print "listening\\n"; while (my $c = $l->accept) { print $c "$ENV{HOSTNAME}\\n"; close $c }
            """
        private static func client(_ address: String) -> [String] {
            let script =
                "use IO::Socket::INET; my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 5)"
                + " or die qq($!); print <$c>"
            return ["perl", "-e", script, address]
        }

        @Test(.enabled(if: Machine.canConnect), arguments: Machine.runtimes)
        func `pods reach each other and the machine reaches them`(_ runtime: String) async throws {
            try await Machine.with(runtime, connected: true) { machine in
                var addresses: [String] = []
                for uid in ["pod-1", "pod-2"] {
                    let status = try await machine.pod(uid) { $0.ports = [PodPort(name: "http", 8080)] }
                    #expect(status.network == .bridge)
                    #expect(status.ports.map(\.number) == [8080] && status.portVariables.isEmpty)
                    addresses.append(status.address)
                    let spec = machine.container(["perl", "-e", Self.server], pod: uid)
                    _ = try await machine.sandboxes.start(spec)
                    try await machine.wait(for: "listening", in: spec.id)
                }
                let first = ContainerID(pod: "pod-1", name: "main")
                for (address, answer) in [
                    (addresses[1], "pod-2\n"), (addresses[0], "pod-1\n"), ("127.0.0.1", "pod-1\n"),
                ] {
                    let result = try await machine.sandboxes.exec(
                        first, Self.client("\(address):8080"), timeout: .seconds(120))
                    #expect(String(decoding: result.output, as: UTF8.self) == answer)
                }
                let perl = try #require(HostCommand(named: "perl"))
                for (address, answer) in zip(addresses, ["pod-1\n", "pod-2\n"]) {
                    #expect(try await perl.run(Array(Self.client("\(address):8080").dropFirst())) == answer)
                }
                // A second container of the pod is on the same network.
                let beside = machine.container(Self.client("127.0.0.1:8080"), named: "beside", pod: "pod-2")
                _ = try await machine.sandboxes.start(beside)
                _ = try await machine.sandboxes.wait(beside.id)
                #expect(try await machine.text(beside.id) == "pod-2\n")
            }
        }

        private static func canTranslate() async -> Bool {
            if let iptables = HostCommand(named: "iptables") {
                return (try? await iptables.run(["-w", "-t", "nat", "-S"])) != nil
            }
            guard let nft = HostCommand(named: "nft") else { return false }
            return (try? await nft.run(["list", "tables"])) != nil
        }

        /// Two bridges of one machine: to the pods of the one, those of the other are beyond it.
        @Test(
            .enabled(if: Machine.canConnect),
            .enabled("needs iptables or nftables, and a kernel that lets them translate addresses") {
                await canTranslate()
            })
        func `pods leave the machine by its address, and no rule is left behind`() async throws {
            let runtime = try #require(Machine.runtimes.first)
            let server = """
                use IO::Socket::INET; $| = 1;
                my $l = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1) or die "$!";
                print "listening\\n"; while (my $c = $l->accept) { print $c $c->peerhost; close $c }
                """
            try await Machine.with(runtime, connected: true) { outside in
                let beyond = try await outside.pod()
                let spec = outside.container(["perl", "-e", server])
                _ = try await outside.sandboxes.start(spec)
                try await outside.wait(for: "listening", in: spec.id)
                try await Machine.with(runtime, connected: true) { machine in
                    #expect(machine.sandboxes.egressFailure == nil)
                    _ = try await machine.pod()
                    let client = machine.container(Self.client("\(beyond.address):8080"))
                    _ = try await machine.sandboxes.start(client)
                    #expect(try await machine.sandboxes.wait(client.id).code == 0)
                    let gateway = try #require(outside.sandboxes.gateway)
                    #expect(try await machine.text(client.id) == gateway)
                }
            }
            guard let iptables = HostCommand(named: "iptables") else { return }
            let rules = try await iptables.run(["-w", "-t", "nat", "-S"])
            #expect(!rules.contains("swt"), "\(rules)")
        }

        @Test func `rules name the bridge and its addresses alone`() throws {
            let subnet = try #require(IPv4Subnet("10.244.0.0/24"))
            let words = AddressTranslation.rules(bridge: "slipway0", subnet: subnet).map {
                $0.words("-A").joined(separator: " ")
            }
            #expect(
                words == [
                    "-w -t nat -A POSTROUTING -s 10.244.0.0/24 ! -d 10.244.0.0/24 ! -o slipway0 -j MASQUERADE",
                    "-w -t filter -A FORWARD -i slipway0 -j ACCEPT",
                    "-w -t filter -A FORWARD -o slipway0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                ])
            let table = AddressTranslation.table(bridge: "slip-0", subnet: subnet)
            #expect(table.contains("table ip slipway_slip_0 {"))
            #expect(
                table.contains(
                    #"ip saddr 10.244.0.0/24 ip daddr != 10.244.0.0/24 oifname != "slip-0" masquerade"#))
        }

        @Test(.enabled(if: Machine.canConnect))
        func `a pod may ask for the machine's network`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first), connected: true) { machine in
                let status = try await machine.pod { $0.usesHostNetwork = true }
                #expect(status.network == .host && status.address == "127.0.0.1")
                let ours = try await machine.run("ls /sys/class/net | tr '\\n' ' '")
                #expect(ours.output.contains(machine.configuration.bridge))
            }
        }

        @Test(.enabled(if: Machine.canConnect))
        func `a subnet that the machine uses already is refused`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first), connected: true) { machine in
                var configuration = machine.configuration
                configuration.runDirectory += "-other"
                configuration.bridge += "x"
                let error = await #expect(throws: SandboxError.self) {
                    try await PodSandboxes.open(configuration)
                }
                #expect(error?.code == .network)
                #expect(
                    error?.message.contains("overlaps a route through \(machine.configuration.bridge)")
                        == true)
                #expect(!Disk.exists(configuration.runDirectory))
            }
        }

        @Test func `without addresses of their own pods get ports`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first)) { machine in
                let status = try await machine.pod {
                    $0.ports = [PodPort(name: "http", 80), PodPort(name: "my-metrics", 80)]
                }
                let numbers = status.ports.map(\.number)
                #expect(Set(numbers).count == 2 && numbers.allSatisfy { (20000...29999).contains($0) })
                #expect(
                    status.portVariables == [
                        EnvironmentVariable("PORT", "\(numbers[0])"),
                        EnvironmentVariable("PORT_HTTP", "\(numbers[0])"),
                        EnvironmentVariable("PORT_MY_METRICS", "\(numbers[1])"),
                    ])
                #expect(try await machine.pod { $0.ports = [] } == status)
            }
        }

        @Test func `a port that the pod insists on must be free`() {
            var pool = PortPool(range: 20000...20003) { $0 != 20001 && $0 != 80 }
            let busy = #expect(throws: SandboxError.self) {
                try pool.assign(
                    [PodPort(8080, hostPort: 80)], to: "a", named: "default/a", keepsNumbers: false)
            }
            #expect(busy?.code == .portInUse)
            #expect(
                busy?.message
                    == "port 80 that pod default/a asks for is in use on this machine: stop what listens there"
                    + " or choose another port")
            #expect(
                (try? pool.assign([PodPort(81)], to: "a", named: "a", keepsNumbers: true))?.first?.number
                    == 81)
            let taken = #expect(throws: SandboxError.self) {
                try pool.assign([PodPort(81)], to: "b", named: "b", keepsNumbers: true)
            }
            #expect(taken?.message.contains("by pod a") == true)
            let free =
                (try? pool.assign(
                    [PodPort(1), PodPort(2), PodPort(3)], to: "c", named: "c", keepsNumbers: false))
            #expect(free?.map(\.number) == [20000, 20002, 20003])
            let full = #expect(throws: SandboxError.self) {
                try pool.assign([PodPort(1)], to: "d", named: "d", keepsNumbers: false)
            }
            #expect(full?.code == .portInUse)
            pool.release("c")
            #expect((try? pool.assign([PodPort(1)], to: "d", named: "d", keepsNumbers: false))?.count == 1)
        }

        @Test func `a port that is listened on is not free`() throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, length)
                    _ = listen(descriptor, 1)
                    _ = getsockname(descriptor, $0, &length)
                }
            }
            #expect(!PortPool.canListen(UInt16(bigEndian: address.sin_port)))
        }

        @Test func `addresses are used in turn`() throws {
            var pool = AddressPool(try #require(IPv4Subnet("10.9.8.77/29")))
            #expect(
                ["a", "b", "c"].map { pool.assign(to: $0)?.description } == [
                    "10.9.8.74", "10.9.8.75", "10.9.8.76",
                ])
            #expect(pool.assign(to: "b")?.description == "10.9.8.75")
            pool.release("a")
            #expect(
                ["d", "e", "f"].map { pool.assign(to: $0)?.description } == [
                    "10.9.8.77", "10.9.8.78", "10.9.8.74",
                ])
            #expect(pool.assign(to: "g") == nil)
            pool.release("e")
            pool.adopt(try #require(IPv4Address("10.9.8.78")), for: "h")
            #expect(pool.assign(to: "i") == nil)
        }

        @Test(arguments: ["10.0.0.0/16", "1.2.3.4/29", "0.0.0.0/1"])
        func `subnets are read`(_ text: String) throws {
            let subnet = try #require(IPv4Subnet(text))
            #expect(subnet.podAddresses.contains(subnet.gateway.bits + 1))
        }

        @Test(arguments: [
            "", "10.0.0.0", "10.0.0.0/30", "10.0.0/16", "10.0.0.256/16", "10.0.0.0/0", "a.b.c.d/8",
        ])
        func `what is no subnet is refused`(_ text: String) { #expect(IPv4Subnet(text) == nil) }

        @Test func `interfaces have short names of their own`() {
            let names = (0..<10_000).map {
                BridgeNetwork.interface(of: "pod-\($0 / 2)", on: "bridge\($0 % 2)")
            }
            #expect(Set(names).count == 10_000)
            #expect(names.allSatisfy { $0.utf8.count == 15 })
            #expect(IPv4Address("10.244.0.2")?.hardwareAddress == "02:42:0a:f4:00:02")
        }
    }
}
