import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct MountTests {
        @Test(arguments: Machine.isolating)
        func `directories and files are shown where they are mounted`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let source = "\(machine.directory)/volume"
                try Disk.makeDirectory(source, mode: 0o755)
                try Disk.overwrite(Array("from the machine\n".utf8), to: "\(source)/file")
                _ = try await machine.pod()
                let script = """
                    cat /data/file /settings
                    echo back >/data/answer
                    (echo no >/fixed/answer) 2>/dev/null || echo refused
                    (echo no >/settings) 2>/dev/null || echo refused
                    """
                let result = try await machine.run(script) {
                    $0.mounts = [
                        ContainerMount(.path(source), at: "/data"),
                        ContainerMount(.path(source), at: "/fixed", isReadOnly: true),
                        ContainerMount(.path("\(source)/file"), at: "/settings", isReadOnly: true),
                    ]
                }
                #expect(result.output == "from the machine\nfrom the machine\nrefused\nrefused\n")
                #expect(Disk.text("\(source)/answer") == "back")
            }
        }

        @Test(arguments: Machine.isolating)
        func `mounts nest, whatever their order`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let source = "\(machine.directory)/volume"
                for name in ["outer", "inner"] {
                    try Disk.makeDirectory("\(source)/\(name)", mode: 0o755)
                    try Disk.overwrite(Array("\(name)\n".utf8), to: "\(source)/\(name)/name")
                }
                _ = try await machine.pod()
                let result = try await machine.run("cat /data/name /data/inner/name; cat /run/secrets/name") {
                    $0.mounts = [
                        ContainerMount(.path("\(source)/inner"), at: "/data/inner"),
                        ContainerMount(.path("\(source)/outer"), at: "/data"),
                        // Through the link /var/run, as service account tokens are.
                        ContainerMount(.path("\(source)/inner"), at: "/var/run/secrets"),
                    ]
                }
                #expect(result.output == "outer\ninner\ninner\n")
            }
        }

        @Test(arguments: Machine.isolating)
        func `a volume in memory ends at its limit`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let result = try await machine.run(
                    "head -c 2000000 /dev/zero >/cache/big 2>/dev/null || wc -c </cache/big"
                ) {
                    $0.mounts = [ContainerMount(.memory(sizeLimit: 1 << 20), at: "/cache")]
                }
                #expect(result.output == "1048576\n")
            }
        }

        @Test(.enabled(if: Machine.isRoot), arguments: Machine.isolating)
        func `containers of a pod share its volumes in memory`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod { $0.memoryVolumes = [MemoryVolume("shared", sizeLimit: 1 << 20)] }
                let path = try machine.sandboxes.memoryVolume("shared", ofPod: "pod-1")
                let mounts = [ContainerMount(.path(path), at: "/shared")]
                _ = try await machine.run("echo hello >/shared/x", named: "writer") { $0.mounts = mounts }
                #expect(
                    try await machine.run("cat /shared/x", named: "reader") { $0.mounts = mounts }.output
                        == "hello\n")
            }
        }

        @Test func `a mount of nothing is refused`() async throws {
            try await Machine.with(try #require(Machine.isolating.first)) { machine in
                _ = try await machine.pod()
                let missing = await #expect(throws: SandboxError.self) {
                    try await machine.run("true") {
                        $0.mounts = [ContainerMount(.path("/no/such/source"), at: "/data")]
                    }
                }
                #expect(missing?.code == .rootMissing)
                #expect(
                    missing?.message
                        == "container main cannot mount /no/such/source at /data: there is no such path")
                let place = await #expect(throws: SandboxError.self) {
                    try await machine.run("true") {
                        $0.mounts = [ContainerMount(.path("/usr"), at: "/var/no/such")]
                    }
                }
                #expect(place?.code == .unsupported)
                #expect(place?.message.contains("mount at a path that exists, or directly below /") == true)
            }
        }

        @Test func `plain processes mount nothing`() async throws {
            try await Machine.with("process") { machine in
                _ = try await machine.pod()
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.run("true") { $0.mounts = [ContainerMount(.path("/usr"), at: "/data")] }
                }
                #expect(error?.code == .unsupported)
                // Where the machine has it already, there is nothing to do.
                let same = try await machine.run("ls -d /usr", named: "same") {
                    $0.mounts = [ContainerMount(.path("/usr"), at: "/usr")]
                }
                #expect(same.output == "/usr\n")
            }
        }
    }
}
