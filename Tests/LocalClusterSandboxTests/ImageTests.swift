import CSandbox
import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized, .enabled(if: Machine.isRoot)) struct ImageTests {
        /// Two layers: a shell with some files, and one that adds, replaces and deletes.
        private static func layers(in directory: String) async throws -> [String] {
            let (base, top) = ("\(directory)/layers/base: 1,2", "\(directory)/layers/top")
            try await ShellImage.write(to: base)
            for name in ["kept", "replaced", "deleted"] {
                try Disk.overwrite(Array("base \(name)\n".utf8), to: "\(base)/etc/\(name)")
            }
            try Disk.makeDirectory("\(top)/etc", mode: 0o755)
            try Disk.overwrite(Array("top replaced\n".utf8), to: "\(top)/etc/replaced")
            #expect(mknod("\(top)/etc/deleted", S_IFCHR, 0) == 0)
            try Disk.makeDirectory("\(base)/etc/emptied/below", mode: 0o755)
            try Disk.makeDirectory("\(top)/etc/emptied", mode: 0o755)
            #expect(lsetxattr("\(top)/etc/emptied", "trusted.overlay.opaque", "y", 1, 0) == 0)
            return [base, top]
        }

        private static let show =
            "for f in kept replaced deleted; do [ -e /etc/$f ] && read line </etc/$f && echo $line; done"

        @Test(arguments: Machine.isolating)
        func `layers lie over one another and stay as they are`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let layers = try await Self.layers(in: machine.directory)
                _ = try await machine.pod()
                let first = try await machine.run(Self.show + "; echo new >/etc/kept; echo /etc/emptied/*") {
                    $0.root = .layers(layers)
                }
                #expect(first.output == "base kept\ntop replaced\n/etc/emptied/*\n")
                let second = try await machine.run(Self.show, named: "second") { $0.root = .layers(layers) }
                #expect(second.output == "base kept\ntop replaced\n")
            }
        }

        @Test func `without overlayfs layers are copied`() async throws {
            let directory = Machine.temporaryDirectory()
            let layers = try await Self.layers(in: directory)
            let run = RunDirectory(path: "\(directory)/run")
            let container = run.container(ContainerID(pod: "p", name: "c"))
            let roots = RootFileSystems(usesOverlay: false, trash: run.trash)
            let root = try await roots.prepare(layers, for: container)
            #expect(Disk.text("\(root)/etc/replaced") == "top replaced")
            #expect(Disk.text("\(root)/etc/kept") == "base kept")
            #expect(!Disk.exists("\(root)/etc/deleted"))
            #expect(Disk.isDirectory("\(root)/etc/emptied") && Disk.entries("\(root)/etc/emptied").isEmpty)
            #expect(access("\(root)/bin/sh", X_OK) == 0)
            try roots.release(container)
            #expect(!Disk.exists(root))
            try Disk.remove(directory)
        }

        @Test(arguments: Machine.isolating)
        func `a read-only root cannot be written, its mounts can`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let layers = try await Self.layers(in: machine.directory)
                _ = try await machine.pod()
                let result = try await machine.run(
                    "(echo x >/etc/new) 2>/dev/null || echo refused; echo y >/data/deep/file && read l </data/deep/file && echo $l"
                ) {
                    $0.root = .layers(layers)
                    $0.isRootReadOnly = true
                    $0.mounts = [ContainerMount(.memory(sizeLimit: 1 << 20), at: "/data/deep")]
                }
                #expect(result.output == "refused\ny\n")
            }
        }

        @Test(arguments: Machine.isolating)
        func `an image's users run in it`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let layers = try await Self.layers(in: machine.directory)
                _ = try await machine.pod()
                let user = try UserDatabase(of: .layers(layers)).user("app")
                #expect(user == ContainerUser(user: 1000, group: 1000, groups: [2000]))
                let result = try await machine.run(
                    "while read k v; do [ $k = Uid: ] && echo $v; [ $k = Groups: ] && echo $v; done </proc/self/status; echo $HOME; pwd"
                ) {
                    $0.root = .layers(layers)
                    $0.user = user
                    $0.workingDirectory = "/home/app"
                }
                #expect(result.output == "1000 1000 1000 1000\n2000\n/home/app\n/home/app\n")
            }
        }

        @Test(arguments: Machine.isolating)
        func `programs come from mounts as well`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                let layers = try await Self.layers(in: machine.directory)
                try Disk.makeDirectory("\(machine.directory)/tools", mode: 0o755)
                try Disk.overwrite(
                    Array("#!/bin/sh\necho tool\n".utf8), to: "\(machine.directory)/tools/tool", mode: 0o755)
                _ = try await machine.pod()
                let spec = machine.container(["tool"]) {
                    $0.root = .layers(layers)
                    $0.environment = [EnvironmentVariable("PATH", "/bin:/tools")]
                    $0.mounts = [
                        ContainerMount(.path("\(machine.directory)/tools"), at: "/tools", isReadOnly: true)
                    ]
                }
                _ = try await machine.sandboxes.start(spec)
                _ = try await machine.sandboxes.wait(spec.id)
                #expect(try await machine.text(spec.id) == "tool\n")
            }
        }

        @Test func `an image that is gone is to be pulled again`() async throws {
            try await Machine.with(try #require(Machine.isolating.first)) { machine in
                _ = try await machine.pod()
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.run("true") { $0.root = .layers(["\(machine.directory)/gone"]) }
                }
                #expect(error?.code == .rootMissing)
                #expect(error?.message == "the image of container main is not on this machine: pull it again")
            }
        }

        @Test func `plain processes run no images`() async throws {
            try await Machine.with("process") { machine in
                _ = try await machine.pod()
                let error = await #expect(throws: SandboxError.self) {
                    try await machine.run("true") { $0.root = .layers(["/usr"]) }
                }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains("install runc or bubblewrap") == true)
            }
        }
    }
}
