import Glibc
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import LocalCluster

/// What `hostPath` volumes name, checked as their type asks.
@Suite struct HostPathTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var type: String
        var path: String
        /// What upstream calls the thing that it is not; nil where the check passes.
        var refusal: String?
        var testDescription: String { "\(type) at \(path)" }
    }

    static let cases = [
        Case(type: "", path: "no-such"), Case(type: "Directory", path: "directory"),
        Case(type: "Directory", path: "file", refusal: "directory"),
        Case(type: "Directory", path: "no-such", refusal: "directory"),
        Case(type: "DirectoryOrCreate", path: "directory"), Case(type: "DirectoryOrCreate", path: "new/er"),
        Case(type: "DirectoryOrCreate", path: "file", refusal: "directory"),
        Case(type: "File", path: "file"), Case(type: "File", path: "link"),
        Case(type: "File", path: "directory", refusal: "file"),
        Case(type: "File", path: "no-such", refusal: "file"),
        Case(type: "FileOrCreate", path: "file"), Case(type: "FileOrCreate", path: "new"),
        Case(type: "FileOrCreate", path: "directory", refusal: "file"),
        Case(type: "Socket", path: "file", refusal: "socket"),
        Case(type: "CharDevice", path: "/dev/null"),
        Case(type: "CharDevice", path: "file", refusal: "character device"),
        Case(type: "BlockDevice", path: "/dev/null", refusal: "block device"),
    ]

    @Test(arguments: cases) func `a path is what its type says, or is refused`(_ item: Case) async throws {
        try await withTemporaryDirectory { root in
            try Disk.makeDirectory("\(root)/directory")
            try Disk.write([], to: "\(root)/file")
            #expect(symlink("file", "\(root)/link") == 0)
            let path = item.path.hasPrefix("/") ? item.path : "\(root)/\(item.path)"
            guard let refusal = item.refusal else {
                try HostPath.prepare(path, type: item.type)
                #expect(item.type.isEmpty || Disk.exists(path))
                return
            }
            let error = #expect(throws: ConfigurationFault.self) {
                try HostPath.prepare(path, type: item.type)
            }
            #expect(error?.description == "hostPath type check failed: \(path) is not a \(refusal)")
        }
    }

    @Test func `an unknown type is refused`() {
        let error = #expect(throws: ConfigurationFault.self) { try HostPath.prepare("/", type: "Pipe") }
        #expect(error?.description == "Pipe is an invalid volume type")
    }

    @Test(.enabled(if: PodCluster.canRun))
    func `a pod whose path is missing waits, and runs when it comes`() async throws {
        try await PodCluster.with { cluster in
            let path = "\(cluster.directory)/later"
            try await cluster.pod(
                "patient",
                [
                    "restartPolicy": "Never",
                    "volumes": [["name": "data", "hostPath": ["path": .string(path), "type": "Directory"]]],
                    "containers": [
                        PodCluster.shell(
                            "echo seen >/data/mark", named: "main",
                            ["volumeMounts": [["name": "data", "mountPath": "/data"]]])
                    ],
                ])
            try await cluster.waitForEvent(
                "hostPath type check failed: \(path) is not a directory", of: "patient")
            try Disk.makeDirectory(path, mode: 0o777)
            _ = try await cluster.waitForPhase("Succeeded", "patient")
            #expect(Disk.text("\(path)/mark") == "seen")
        }
    }
}
