import KubeModel
import Manifest
import Testing

@testable import LocalCluster

/// The annotation by which a pod gives one of its containers a network of its own.
struct LimitedNetworkReadingTests {
    @Test func `every host has an address of its own on the loopback`() {
        let hosts = (0..<AllowedHost.limit).map {
            AllowedHost("h\($0).example", ports: [80, 443])
        }
        let network = LimitedNetwork(hosts: hosts, podPorts: [443, 5432])
        #expect(Set(network.doors.map { "\($0.address):\($0.port)" }).count == 2 * AllowedHost.limit + 2)
        #expect(network.names.map(\.address).allSatisfy { $0.hasPrefix("127.64.0.") })
        #expect(network.names.map(\.hostnames) == hosts.map { [$0.name] })
    }

    private static let pod: Value = [
        "metadata": [
            "name": "p", "namespace": "d", "uid": "u",
            "annotations": [
                "network.slipway.dev/step": "a.example:443", "network.slipway.dev/bad": "a.example",
            ],
        ],
        "spec": [
            "initContainers": [
                ["name": "db", "restartPolicy": "Always", "ports": [["containerPort": 5432]]],
                ["name": "setup", "ports": [["containerPort": 1]]],
            ],
            "containers": [
                [
                    "name": "cell",
                    "ports": [["containerPort": 80], ["containerPort": 53, "protocol": "UDP"]],
                ]
            ],
            "ephemeralContainers": [["name": "step", "ports": [["containerPort": 80]]], ["name": "bad"]],
        ],
    ]

    @Test func `a container with the annotation reaches its pod's ports too`() throws {
        #expect(try ContainerAssembly.limitedNetwork(of: "cell", in: Self.pod) == nil)
        let network = try #require(try ContainerAssembly.limitedNetwork(of: "step", in: Self.pod))
        #expect(network == LimitedNetwork(hosts: [.init("a.example", ports: [443])], podPorts: [5432]))
        #expect(throws: ConfigurationFault.self) {
            try ContainerAssembly.limitedNetwork(of: "bad", in: Self.pod)
        }
    }

    @Test(arguments: [
        "127.0.0.1", "127.64.0.9", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::1", "::",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "febf::1", "ff02::1",
    ])
    func `an address of the machine alone is no way out`(_ address: String) {
        #expect(HostResolver.isLocal(address))
    }

    @Test(arguments: [
        "10.0.0.1", "192.168.1.1", "93.184.216.34", "169.253.1.1", "2001:db8::1", "fd00::1", "fec0::1",
        "::ffff:10.0.0.1",
    ])
    func `other addresses are`(_ address: String) {
        #expect(!HostResolver.isLocal(address))
    }

    @Test func `a name of the machine itself is not resolved`() {
        #expect(throws: SandboxError.self) { try HostResolver.system.address(of: "localhost", port: 80) }
    }
}
