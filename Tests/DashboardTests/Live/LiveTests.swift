import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import Testing

@testable import Dashboard

/// A log that a test writes.
final class ScriptedLog: StepLogs {
    private struct State {
        var bytes: [UInt8] = []
        var isComplete = false
    }

    private let state = Mutex(State())

    func write(_ text: String) { state.withLock { $0.bytes += Array(text.utf8) } }
    func finish() { state.withLock { $0.isComplete = true } }

    func read(run: String, step: String, from offset: Int) async throws -> StepLogPart? {
        guard run == "orders-run-12", step == "test.with-postgresql" else { return nil }
        return state.withLock { state in
            StepLogPart(
                bytes: Array(state.bytes.dropFirst(offset)), isComplete: state.isComplete)
        }
    }
}

extension ServedPages {
    @Suite struct LiveTests {
        @Test func `what changes arrives, and only that`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("/live?page=/rollouts/orders-production/orders") { events in
                    var regions: [String] = []
                    var hasChanged = false
                    for try await event in events {
                        guard event.name == "region" else {
                            // All parts have come once; now the rollout goes on.
                            if event.name == "now", !hasChanged {
                                #expect(Set(regions) == ["steer", "canary", "rollout"])
                                regions = []
                                hasChanged = true
                                try await fixture.client.patch(
                                    Rollout.resource, "orders", namespace: "orders-production",
                                    .merge(["status": ["canary": ["weights": ["canary": ["weight": 50]]]]]),
                                    subresource: "status")
                            }
                            continue
                        }
                        let data = try JSON.parse(Array(event.data.utf8))
                        regions.append(data["region"]?.stringValue ?? "")
                        if hasChanged,
                            data["html"]?.stringValue?.contains("canary <strong>50 %</strong>") == true
                        {
                            break
                        }
                    }
                    #expect(hasChanged)
                    #expect(regions.contains("canary") && !regions.contains("rollout"))
                }
            }
        }

        @Test func `a part that is gone is told, and one that comes has its place`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("/live?page=/pulls/orders-7") { events in
                    var hasGone = false
                    for try await event in events where event.name == "region" || event.name == "now" {
                        if event.name == "now" {
                            guard !hasGone else { continue }
                            hasGone = true
                            try await fixture.client.delete(
                                .pipelineRuns, "orders-run-12", namespace: "slipway")
                            continue
                        }
                        let data = try JSON.parse(Array(event.data.utf8))
                        if hasGone, data["region"] == "run-orders-run-12", data["html"] == .null { break }
                    }
                    #expect(hasGone)
                }
            }
        }

        @Test func `a stream ends with its session`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("/live?page=/pulls") { events in
                    var last = ""
                    for try await event in events {
                        if event.name == "now", last != "now" {
                            _ = try await visitor.submit("/logout", from: "/", [:])
                            try await fixture.client.delete(.pullRequests, "orders-8", namespace: "slipway")
                        }
                        last = event.name
                        if last == "expired" { break }
                    }
                    #expect(last == "expired")
                }
                // Without a session a browser is told once and does not ask again.
                try await fixture.visitor().stream("/live?page=/pulls") { events in
                    var names: [String] = []
                    for try await event in events { names.append(event.name) }
                    #expect(names == ["expired"])
                }
            }
        }

        @Test func `there are so many streams and no more`() async throws {
            try await DashboardFixture.with(change: { settings, _ in settings.maximumStreamsPerUser = 1 }) {
                fixture in
                let visitor = try await fixture.visitor("viewer-token")
                // Who logs in once more has no more of them; others have theirs.
                let (again, other) = (
                    try await fixture.visitor("viewer-token"), try await fixture.visitor("approver-token")
                )
                try await visitor.stream("/live?page=/pulls") { events in
                    var iterator = events.makeAsyncIterator()
                    _ = try await iterator.next()
                    for one in [visitor, again] {
                        #expect(try await one.eventNames("/live?page=/queue") == ["full"])
                    }
                    try await other.stream("/live?page=/queue") { events in
                        var iterator = events.makeAsyncIterator()
                        let first = try await iterator.next()
                        #expect(first?.name == "regions")
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(5)))
        func `the place of a stream is free again when its client is gone, though nothing happens`()
            async throws
        {
            // Time stands still, so that no sign of life is written by which it could be noticed.
            let clock = ManualClock()
            let log = ScriptedLog()
            log.write("one\n")
            try await DashboardFixture.with(change: { settings, _ in
                settings.maximumStreamsPerUser = 1
                settings.timeline = clock.timeline
                settings.logs = log
            }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                for path in ["/live?page=/pulls", "/runs/orders-run-12/logs/test.with-postgresql/stream"] {
                    try await visitor.stream(path) { events in
                        var iterator = events.makeAsyncIterator()
                        _ = try await iterator.next()
                    }
                    var name: String?
                    repeat {
                        name = try await visitor.stream("/live?page=/queue") { events in
                            var iterator = events.makeAsyncIterator()
                            return try await iterator.next()?.name
                        }
                    } while name == "full"
                    #expect(name == "regions")
                    // This one's place is to be free as well before the next is looked at.
                    while fixture.routes.streams.count > 0 { await Task.yield() }
                }
            }
        }

        @Test func `a page whose object is gone is told so, and its stream ends`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("/live?page=/pulls/orders-8") { events in
                    var last = ""
                    for try await event in events {
                        if event.name == "now", last != "now" {
                            try await fixture.client.delete(.pullRequests, "orders-8", namespace: "slipway")
                        }
                        last = event.name
                    }
                    #expect(last == "gone")
                }
                for path in ["/pulls/none", "/apps/none", "/rollouts/a/b"] {
                    #expect(try await visitor.eventNames("/live?page=\(path)") == ["gone"], "\(path)")
                }
            }
        }

        @Test func `a kind that the server does not know keeps no page from being live`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let definitions = GroupVersionResource(
                    group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions")
                try await fixture.client.delete(definitions, "rollouts.argoproj.io", namespace: nil)
                while (try? await fixture.client.listAll(Rollout.resource, namespace: nil)) != nil {
                    await Task.yield()
                }
                let visitor = try await fixture.visitor("viewer-token")
                try await visitor.stream("/live?page=/") { events in
                    var hasCome = false
                    for try await event in events where event.name == "now" {
                        hasCome = true
                        break
                    }
                    #expect(hasCome)
                }
            }
        }

        @Test(arguments: [(0, 250), (64 << 10, 500), (1 << 20, 4250)])
        func `much is told less often`(bytes: Int, milliseconds: Int) {
            #expect(DashboardRoutes.gathering(after: bytes) == .milliseconds(milliseconds))
        }

        @Test func `streams are counted`() {
            let limit = StreamLimit(whole: 3, each: 2)
            let (one, two) = ("vera", "anna")
            #expect(limit.enter(one) && limit.enter(one))
            #expect(!limit.enter(one))
            #expect(limit.enter(two))
            #expect(!limit.enter(two))
            limit.leave(one)
            #expect(limit.enter(two))
            #expect(limit.count == 3)
        }

        @Test func `a log is followed to its end, and taken up where a reader stopped`() async throws {
            let log = ScriptedLog()
            log.write("one\ntwo\n")
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                let path = "/runs/orders-run-12/logs/test.with-postgresql"
                let page = try await visitor.get(path)
                #expect(page.status == 200)
                #expect(page.text.contains(">one\ntwo\n</pre>"))
                #expect(page.text.contains("/stream?from=8"))
                try await visitor.stream("\(path)/stream?from=8") { events in
                    log.write("three <b>\npart")
                    var text = ""
                    var ids: [String] = []
                    for try await event in events {
                        if event.name == "end" { break }
                        text += try JSON.parse(Array(event.data.utf8)).stringValue ?? ""
                        ids.append(event.id)
                        if text == "three <b>\n" {
                            log.write(" done\n")
                            log.finish()
                        }
                    }
                    #expect(text == "three <b>\npart done\n")
                    #expect(ids == ["18", "28"])
                }
                try await visitor.stream("\(path)/stream?from=0", headers: ["last-event-id": "18"]) {
                    events in
                    var text = ""
                    for try await event in events where event.name == "text" {
                        text += try JSON.parse(Array(event.data.utf8)).stringValue ?? ""
                    }
                    #expect(text == "part done\n")
                }
                let raw = try await visitor.get("\(path)/raw")
                #expect(raw.header("content-type") == "text/plain; charset=utf-8")
                #expect(raw.text == "one\ntwo\nthree <b>\npart done\n")
                // Whoever may not read the run may not read its log.
                let nobody = try await fixture.visitor("nobody-token")
                for path in [path, "\(path)/raw", "\(path)/stream"] {
                    #expect(try await nobody.get(path).status == 403, "\(path)")
                }
            }
        }

        @Test func `a running step shows its last lines on the commit's page`() async throws {
            let log = ScriptedLog()
            log.write("starting PostgreSQL\ncollected 41 items\n")
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                let path = "/commits/orders/\(DeliveryWorld.commit)"
                #expect(try await visitor.get(path).text.contains("collected 41 items"))
                try await visitor.stream("/live?page=\(path)") { events in
                    var isWritten = false
                    for try await event in events {
                        if event.name == "now", !isWritten {
                            isWritten = true
                            log.write("test_total PASSED\n")
                        }
                        if event.data.contains("test_total PASSED") { break }
                    }
                    #expect(isWritten)
                }
            }
        }
    }
}
