import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct IsolationTests {
        @Test(arguments: Machine.isolating)
        func `the machine's root is read-only, but for private directories`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let result = try await machine.run(
                    """
                    for place in / /usr /etc /var /opt; do touch $place/slipway-test 2>/dev/null && echo wrote $place; done
                    for place in /tmp /run "$HOME"; do touch $place/slipway-test && ls -A $place; done
                    """)
                let lines = result.output.split(separator: "\n").filter { $0 != "secrets" }
                #expect(lines == ["slipway-test", "slipway-test", "slipway-test"])
                #expect(!Disk.exists("/tmp/slipway-test") && !Disk.exists("/run/slipway-test"))
            }
        }

        @Test(arguments: Machine.isolating)
        func `secrets of the machine and other pods are hidden`(_ runtime: String) async throws {
            // Below /tmp everything is private in any case.
            let directory = "/var/tmp/" + (Machine.temporaryDirectory().split(separator: "/").last ?? "")
            try Disk.makeDirectory("\(directory)/data/keys", mode: 0o755)
            try Disk.overwrite([1], to: "\(directory)/data/keys/secret")
            var configuration = SandboxConfiguration(runDirectory: "\(directory)/data/run")
            configuration.runtimes = [runtime]
            configuration.connectsPods = false
            configuration.hiddenDirectories = ["\(directory)/data"]
            let sandboxes = try await PodSandboxes.open(configuration)
            _ = try await sandboxes.createPod(
                PodSandboxSpec(uid: "pod-1", namespace: "default", name: "pod-1"))
            try Disk.overwrite([1], to: "\(directory)/volume")
            var spec = ContainerSpec(
                id: ContainerID(pod: "pod-1", name: "main"), root: .host,
                arguments: [
                    "sh", "-c",
                    "find \(directory)/data; ls /root; cat /etc/shadow; touch \(directory)/data/x; ls /mnt/volume",
                ])
            // What is mounted is shown, wherever it lies.
            spec.mounts = [ContainerMount(.path("\(directory)/data/run/pods/pod-1/etc"), at: "/mnt")]
            _ = try await sandboxes.start(spec)
            _ = try await sandboxes.wait(spec.id)
            var output = ""
            for try await piece in try await sandboxes.logs(spec.id, options: ContainerLogOptions()) {
                output += String(decoding: piece, as: UTF8.self)
            }
            let lines = output.split(separator: "\n")
            #expect(lines.filter { $0.hasPrefix("\(directory)") } == ["\(directory)/data"])
            #expect(lines.contains { $0.contains("Read-only file system") })
            try await sandboxes.removeAll()
            try Disk.remove(directory)
        }

        @Test(arguments: Machine.isolating)
        func `containers have processes and a name of their own`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod { $0.hostname = "web-0" }
                let result = try await machine.run(
                    "hostname; echo $$; ls -d /proc/[0-9]* | wc -l; ls /proc/self/fd | wc -l")
                let lines = result.output.split(separator: "\n")
                #expect(lines.prefix(2) == ["web-0", "1"])
                #expect((Int(lines[2]) ?? 99) <= 4)
                #expect(lines[3] == "4")
            }
        }

        @Test(arguments: Machine.isolating)
        func `names are resolved by the pod's files`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod {
                    $0.hostAliases = [HostAlias("10.1.2.3", ["db", "db.local"])]
                    var resolver = ResolverConfiguration()
                    resolver.nameservers = ["10.0.0.10"]
                    resolver.searches = ["default.svc.cluster.local", "cluster.local"]
                    resolver.options = ["ndots:5"]
                    $0.resolver = resolver
                }
                let spec = machine.container(["sleep", "1000"])
                _ = try await machine.sandboxes.start(spec)
                try await machine.sandboxes.setHosts([HostAlias("10.9.9.9", ["api"])], ofPod: "pod-1")
                let result = try await machine.sandboxes.exec(
                    spec.id, ["cat", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"],
                    timeout: .seconds(120)
                )
                #expect(
                    String(decoding: result.output, as: UTF8.self) == """
                        127.0.0.1\tlocalhost
                        ::1\tlocalhost\tip6-localhost
                        127.0.0.1\tpod-1
                        10.1.2.3\tdb\tdb.local
                        10.9.9.9\tapi
                        nameserver 10.0.0.10
                        search default.svc.cluster.local cluster.local
                        options ndots:5
                        pod-1

                        """)
            }
        }

        @Test(.enabled(if: Machine.isRoot), arguments: Machine.runtimes)
        func `identity and capabilities are those asked for`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let script = "id -u; id -G; grep -E 'CapEff|CapPrm|NoNewPrivs' /proc/self/status"
                let root = try await machine.run(script, named: "root")
                #expect(root.output.hasPrefix("0\n0\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n"))
                let user = try await machine.run(script, named: "user") {
                    $0.user = ContainerUser(user: 1234, group: 55, groups: [77, 88])
                    $0.allowsNewPrivileges = false
                }
                #expect(
                    user.output
                        == "1234\n55 77 88\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n"
                )
                let few = try LinuxCapabilities.standard.changed(adding: ["NET_ADMIN"], dropping: ["ALL"])
                let bare = try await machine.run(script, named: "bare") { $0.capabilities = few }
                #expect(bare.output.contains("CapEff:\t0000000000001000"))
            }
        }

        @Test func `capabilities are added and dropped by name`() throws {
            let standard = LinuxCapabilities.standard
            #expect(standard.names.count == 14 && standard.bits == 0xa804_25fb)
            #expect(try standard.changed(adding: ["sys_time"], dropping: []).names.contains("CAP_SYS_TIME"))
            #expect(
                try standard.changed(adding: [], dropping: ["CAP_KILL"]).names.contains("CAP_KILL") == false)
            #expect(try standard.changed(adding: ["ALL"], dropping: []) == .all)
            #expect(try standard.changed(adding: ["CHOWN"], dropping: ["all"]).names == ["CAP_CHOWN"])
            #expect(try standard.changed(adding: ["ALL"], dropping: ["BPF"]).names.count == 40)
            let error = #expect(throws: SandboxError.self) {
                try standard.changed(adding: ["FLY"], dropping: [])
            }
            #expect(error?.code == .invalid)
        }
    }
}
