import Glibc
import KubeModel
import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct LogTests {
        /// A container whose output came in known portions at known seconds.
        private struct Log {
            let directory: ContainerDirectory
            let root = Machine.temporaryDirectory()

            init(_ portions: [(second: Int64, text: String)]) throws {
                directory = RunDirectory(path: root).container(ContainerID(pod: "p", name: "c"))
                try Disk.makeDirectory(directory.path)
                var end = 0
                var index: [UInt8] = []
                for portion in portions {
                    end += portion.text.utf8.count
                    index += LogIndex.bytes(.init(end: end, time: Timestamp(seconds: portion.second)))
                }
                try Disk.write(Array(portions.map(\.text).joined().utf8), to: directory.log)
                try Disk.write(index, to: directory.logIndex)
                try Disk.write(Array("0\n".utf8), to: directory.exit)
            }

            func text(_ change: (inout ContainerLogOptions) -> Void) async throws -> String {
                var options = ContainerLogOptions()
                change(&options)
                let reader = try ContainerLogReader(
                    directory, options: options, events: try FileEvents.shared(),
                    queue: BlockingQueue(label: "test"),
                    now: PodSandboxes.systemTime)
                var bytes: [UInt8] = []
                while let piece = try await reader.next() { bytes += piece }
                return String(decoding: bytes, as: UTF8.self)
            }
        }

        struct Case: Sendable {
            let name: String
            let change: @Sendable (inout ContainerLogOptions) -> Void
            let text: String
        }

        @Test(arguments: [
            Case(name: "all", change: { _ in }, text: "one\ntwo\nthree\nfour"),
            Case(name: "tail 0", change: { $0.tailLines = 0 }, text: ""),
            Case(name: "tail 1", change: { $0.tailLines = 1 }, text: "four"),
            Case(name: "tail 2", change: { $0.tailLines = 2 }, text: "three\nfour"),
            Case(name: "tail 9", change: { $0.tailLines = 9 }, text: "one\ntwo\nthree\nfour"),
            Case(name: "limit", change: { $0.limitBytes = 5 }, text: "one\nt"),
            Case(
                name: "since all", change: { $0.since = Timestamp(seconds: 5) }, text: "one\ntwo\nthree\nfour"
            ),
            // "thr" was there at 20, the rest of its line at 30.
            Case(name: "since 15", change: { $0.since = Timestamp(seconds: 15) }, text: "two\nthree\nfour"),
            Case(name: "since 21", change: { $0.since = Timestamp(seconds: 21) }, text: "four"),
            Case(name: "since 31", change: { $0.since = Timestamp(seconds: 31) }, text: ""),
            Case(
                name: "since and tail",
                change: {
                    $0.since = Timestamp(seconds: 15)
                    $0.tailLines = 1
                }, text: "four"),
            Case(
                name: "times", change: { $0.timestamps = true },
                text: """
                    1970-01-01T00:00:10.000000000Z one
                    1970-01-01T00:00:20.000000000Z two
                    1970-01-01T00:00:20.000000000Z three
                    1970-01-01T00:00:30.000000000Z four
                    """),
            Case(
                name: "times and limit",
                change: {
                    $0.timestamps = true
                    $0.limitBytes = 10
                }, text: "1970-01-01"),
            Case(name: "follow what has ended", change: { $0.follow = true }, text: "one\ntwo\nthree\nfour"),
        ])
        func `a log is read as asked`(_ item: Case) async throws {
            let log = try Log([(10, "one\n"), (20, "two\nthr"), (30, "ee\nfour")])
            #expect(try await log.text(item.change) == item.text, "\(item.name)")
            try Disk.remove(log.root)
        }

        @Test func `lines longer than a read are whole`() async throws {
            let long = String(repeating: "x", count: 200_000)
            let log = try Log([(1, "a\n\(long)\n\(long)\nb\n")])
            #expect(try await log.text { $0.tailLines = 2 } == "\(long)\nb\n")
            #expect(try await log.text { $0.tailLines = 3 }.utf8.count == 400_004)
            #expect(try await log.text { $0.timestamps = true }.utf8.count == 400_006 + 4 * 31)
            try Disk.remove(log.root)
        }

        @Test func `an index with half an entry at its end is read without it`() {
            let entries = [(3, 7), (9, 8)].map {
                LogIndex.Entry(end: $0, time: Timestamp(seconds: Int64($1), nanoseconds: 5))
            }
            let bytes = entries.flatMap(LogIndex.bytes)
            let index = LogIndex(bytes: bytes + bytes.prefix(11))
            #expect(index.entries == entries)
            #expect(
                index.time(of: 2)?.seconds == 7 && index.time(of: 3)?.seconds == 8 && index.time(of: 9) == nil
            )
            #expect(index.start(of: Timestamp(seconds: 8)) == 3)
            #expect(index.start(of: Timestamp(seconds: 9)) == nil)
        }

        @Test(arguments: Machine.runtimes)
        func `a followed log goes on until the container ends`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                let spec = machine.container([
                    "sh", "-c", "echo one; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo two",
                ])
                _ = try await machine.sandboxes.start(spec)
                async let followed = machine.text(
                    spec.id,
                    {
                        var options = ContainerLogOptions()
                        options.follow = true
                        return options
                    }())
                try await machine.wait(for: "one", in: spec.id)
                if runtime == "process" {
                    _ = try await machine.sandboxes.stop(spec.id, grace: .zero)
                    #expect(try await followed == "one\n")
                } else {
                    _ = try await machine.sandboxes.exec(
                        spec.id, ["touch", "/tmp/go"], timeout: .seconds(120))
                    _ = try await machine.sandboxes.wait(spec.id)
                    #expect(try await followed == "one\ntwo\n")
                }
            }
        }

        @Test(arguments: Machine.runtimes)
        func `what is written again and again is kept up to a limit`(_ runtime: String) async throws {
            try await Machine.with(runtime) { machine in
                _ = try await machine.pod()
                // Half a megabyte at a time, so that there is something to notice between.
                let script = """
                    line=0123456789012345678901234567890123456789012345678901234567890
                    for i in 1 2 3 4 5 6 7 8 9 10; do
                        yes "$i $line" | head -n 8000
                        sleep 0.05
                    done
                    echo last
                    """
                let spec = machine.container(["sh", "-c", script]) { $0.logLimit = 1 << 20 }
                _ = try await machine.sandboxes.start(spec)
                _ = try await machine.sandboxes.wait(spec.id)
                let text = try await machine.text(spec.id)
                #expect(text.utf8.count >= 1 << 20)
                #expect(text.utf8.count <= 2 << 20 + 1 << 19)
                #expect(text.hasSuffix("67890\nlast\n"))
                let lines = text.split(separator: "\n")
                #expect(lines.dropLast().allSatisfy { $0.split(separator: " ").count == 2 })
                let log = machine.sandboxes.host.run.container(spec.id).log
                let blocks = try #require(Disk.status(log)).blocks * 512
                #expect(blocks <= 3 << 20)
            }
        }

        @Test func `an earlier attempt keeps its log`() async throws {
            try await Machine.with(try #require(Machine.runtimes.first)) { machine in
                _ = try await machine.pod()
                for attempt in 0...1 {
                    let spec = machine.container(["echo", "attempt \(attempt)"], attempt: attempt)
                    _ = try await machine.sandboxes.start(spec)
                    _ = try await machine.sandboxes.wait(spec.id)
                }
                #expect(
                    try await machine.text(ContainerID(pod: "pod-1", name: "main", attempt: 0))
                        == "attempt 0\n")
                #expect(
                    try await machine.text(ContainerID(pod: "pod-1", name: "main", attempt: 1))
                        == "attempt 1\n")
                let none = await #expect(throws: SandboxError.self) {
                    try await machine.text(ContainerID(pod: "pod-1", name: "main", attempt: 2))
                }
                #expect(none?.code == .notFound)
            }
        }
    }
}
