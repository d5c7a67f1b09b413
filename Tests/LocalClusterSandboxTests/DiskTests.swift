import Glibc
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite struct DiskTests {
        @Test func `trees of any depth are removed, and nothing beyond them`() throws {
            let directory = Machine.temporaryDirectory()
            try Disk.makeDirectory("\(directory)/kept")
            try Disk.overwrite([1], to: "\(directory)/kept/file")
            try Disk.makeDirectory("\(directory)/tree/closed/within")
            chmod("\(directory)/tree/closed", 0)
            symlink("../kept", "\(directory)/tree/link")
            // Deeper than any path can say.
            let start = open(".", O_RDONLY)
            var place = open("\(directory)/tree", O_RDONLY | O_DIRECTORY)
            for _ in 0..<2000 {
                mkdirat(place, "deeper-and-deeper", 0o755)
                let next = openat(place, "deeper-and-deeper", O_RDONLY | O_DIRECTORY)
                close(place)
                place = next
            }
            close(place)
            close(start)
            try Disk.remove("\(directory)/tree")
            #expect(Disk.entries(directory) == ["kept"])
            #expect(Disk.entries("\(directory)/kept") == ["file"])
            try Disk.remove("\(directory)/tree")
            try Disk.remove(directory)
        }

        @Test(.enabled(if: Machine.isRoot)) func `what is mounted in a tree is not touched`() throws {
            let directory = Machine.temporaryDirectory()
            try Disk.makeDirectory("\(directory)/tree/a/b")
            try Mounts.mount("tmpfs", at: "\(directory)/tree/a/b", type: "tmpfs")
            try Disk.overwrite([1], to: "\(directory)/tree/a/b/file")
            let failure = #expect(throws: SystemCallFailure.self) { try Disk.remove("\(directory)/tree") }
            #expect(failure?.number == EBUSY)
            let mounts = Mounts.below(directory)
            #expect(mounts.count == 1)
            for mount in mounts {
                #expect(Disk.exists("\(mount)/file"))
                try Mounts.unmount(mount)
            }
            try Disk.remove(directory)
        }

        @Test func `a file is replaced as a whole`() throws {
            let directory = Machine.temporaryDirectory()
            try Disk.makeDirectory(directory)
            let path = "\(directory)/file"
            #expect(try Disk.read(path) == nil)
            try Disk.write([1, 2, 3], to: path)
            try Disk.write([4], to: path)
            #expect(try Disk.read(path) == [4])
            #expect(Disk.entries(directory) == ["file"])
            let failure = #expect(throws: SystemCallFailure.self) {
                try Disk.write([1], to: "\(directory)/no/file")
            }
            #expect(failure?.description == "open \(directory)/no/file.new: No such file or directory")
            try Disk.remove(directory)
        }

        @Test func `a container's paths are followed through links and mounts`() throws {
            let directory = Machine.temporaryDirectory()
            let root = "\(directory)/root"
            for name in ["usr/bin", "etc", "var"] { try Disk.makeDirectory("\(root)/\(name)") }
            try Disk.makeDirectory("\(directory)/volume/inner")
            symlink("usr/bin", "\(root)/bin")
            symlink("/run", "\(root)/var/run")
            symlink("../../../../../etc", "\(root)/usr/up")
            symlink("/loop", "\(root)/loop")
            symlink("/data/inner", "\(directory)/volume/absolute")
            let view = ContainerView(
                root: root, mounts: [("/data", "\(directory)/volume"), ("/data/memory", nil)])
            let expected: [(String, String, String?)] = [
                ("/bin/sh", "/usr/bin/sh", "\(root)/usr/bin/sh"),
                ("/var/run/x", "/run/x", "\(root)/run/x"),
                ("/usr/up/passwd", "/etc/passwd", "\(root)/etc/passwd"),
                ("/data/absolute/./y", "/data/inner/y", "\(directory)/volume/inner/y"),
                ("/data/memory/z", "/data/memory/z", nil),
                ("/../..", "/", "\(root)/"),
            ]
            for (path, place, hostPath) in expected {
                #expect(view.resolve(path) == ContainerView.Place(path: place, hostPath: hostPath))
            }
            #expect(view.resolve("/loop") == nil)
            try Disk.remove(directory)
        }

        @Test func `users are known by name and number`() throws {
            let database = UserDatabase(
                passwd: "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:\nbroken\nbad:x:a:b::/:\n",
                group: "root:x:0:\napp:x:1001:\nlogs:x:5:app,other\nextra:x:6:root,app\n")
            #expect(try database.user("") == .root.with(groups: [6]))
            #expect(try database.user("app") == ContainerUser(user: 1000, group: 1001, groups: [5, 6]))
            #expect(try database.user("1000") == database.user("app"))
            #expect(try database.user("app:logs") == ContainerUser(user: 1000, group: 5))
            #expect(try database.user("77:88") == ContainerUser(user: 77, group: 88))
            #expect(database.user(99) == ContainerUser(user: 99, group: 0))
            #expect(database.home(of: 1000) == "/home/app" && database.home(of: 99) == "/")
            for unknown in ["nobody", "app:nobody", "bad"] {
                let error = #expect(throws: SandboxError.self) { try database.user(unknown) }
                #expect(error?.code == .invalid)
            }
        }

        @Test(arguments: [
            (
                "42 (a) b) S 7 1 1 0 -1 4 0 0 0 0 1 2 3 4 20 0 1 0 98765 1 2", 42 as Int32, 7 as Int32,
                98765 as UInt64
            )
        ])
        func `a process' status is read whatever its name`(
            _ line: String, _ id: Int32, _ parent: Int32, _ start: UInt64
        ) {
            let status = ProcessStatus(line: line)
            #expect(status?.processID == id && status?.parent == parent && status?.startTime == start)
            #expect(ProcessStatus(line: "") == nil && ProcessStatus(line: "1 (x) S") == nil)
            #expect(ProcessStatus(of: getpid())?.parent == getppid())
        }
    }
}

extension ContainerUser {
    fileprivate func with(groups: [UInt32]) -> ContainerUser {
        ContainerUser(user: user, group: group, groups: groups)
    }
}
