import ClusterTestSupport
import KubeServer
import Manifest
import Synchronization
import Testing

@testable import Dashboard

/// A log that can only be read in parts, and counts how often that is done.
private final class PartedLog: StepLogs {
    let text: String
    private let bytes: [UInt8]
    private let part: Int
    private let isComplete: Bool
    private let count = Mutex(0)

    init(_ text: String, part: Int, isComplete: Bool) {
        self.text = text
        bytes = Array(text.utf8)
        self.part = part
        self.isComplete = isComplete
    }

    var reads: Int { count.withLock { $0 } }
    var parts: Int { (bytes.count + part - 1) / part }

    func read(run: String, step: String, from offset: Int) async throws -> StepLogPart? {
        count.withLock { $0 += 1 }
        return StepLogPart(bytes: Array(bytes.dropFirst(offset).prefix(part)), isComplete: isComplete)
    }
}

extension ServedPages {
    @Suite struct LongLogTests {
        private static let path = "/runs/orders-run-12/logs/test.with-postgresql"

        private static func lines(_ count: Int) -> String {
            (0..<count).map { "line \($0) of a log\n" }.joined()
        }

        @Test(arguments: [true, false])
        func `the page shows the end of a long log, and the raw text is whole`(_ isComplete: Bool)
            async throws
        {
            let log = PartedLog(Self.lines(60_000), part: 1 << 18, isComplete: isComplete)
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                let page = try await visitor.get(Self.path)
                #expect(page.text.contains("\nline 59999 of a log\n</pre>"))
                #expect(page.text.contains("Only the end is shown"))
                #expect(page.text.contains("/stream?from=\(log.text.utf8.count)\""))
                #expect(!page.text.contains("line 0 of a log"))
                // It begins with a whole line.
                let start = try #require(page.text.firstRange(of: "line "))
                let shown = page.text[start.lowerBound...].prefix { $0 != "<" }
                #expect(log.text.hasSuffix("\n" + shown))
                #expect(try await visitor.get("\(Self.path)/raw").text == log.text)
                let commit = try await visitor.get("/commits/orders/\(DeliveryWorld.commit)")
                #expect(commit.text.contains("line 59999 of a log"))
            }
        }

        @Test func `of a finished log each part is read once, however slowly it is sent`() async throws {
            let log = PartedLog(Self.lines(40_000), part: 1 << 19, isComplete: true)
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("\(Self.path)/stream?from=0") { events in
                    var text = ""
                    for try await event in events where event.name == "text" {
                        text += try JSON.parse(Array(event.data.utf8)).stringValue ?? ""
                        #expect(event.id == String(text.utf8.count))
                    }
                    #expect(text == log.text)
                }
                #expect(log.reads == log.parts + 1)
            }
        }
    }
}
