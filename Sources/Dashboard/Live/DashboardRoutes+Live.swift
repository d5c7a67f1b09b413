import Hummingbird
import KubeClient
import KubeModel
import Logging
import Manifest
import NIOCore
import ServiceLifecycle

extension DashboardRoutes {
    /// Changes that come close together are told together: the more there is to tell, the longer they are collected. A
    /// board of hundreds of services is a megabyte, and need not come four times a second.
    static func gathering(after bytes: Int) -> Duration {
        .milliseconds(250) * (1 + Double(bytes) / Double(64 << 10))
    }

    /// After so long without news a sign of life is sent, by which a connection that is gone is noticed.
    private static let heartbeat = Duration.seconds(15)

    /// Answers with a stream of the changed parts of a page.
    func live(_ reference: PageReference, _ session: Session, _ request: Request) async throws -> Response {
        guard reference.isLive else {
            throw DashboardError(.notFound, "the page \(reference.path) has no stream")
        }
        return LiveStream.response(to: request) { writer in
            guard streams.enter(session.user) else {
                try await writer.write(ServerEvent.full.bytes)
                return
            }
            defer { streams.leave(session.user) }
            let client = client(session)
            do {
                try await follow(reference, session, client, &writer)
            } catch let error as APIError where error.code == 401 {
                sessions.end(session.id)
                try await writer.write(ServerEvent.expired.bytes)
            } catch let error as APIError where error.code == 404 {
                try await writer.write(ServerEvent.gone.bytes)
            } catch let error as DashboardError where error.code == .notFound {
                try await writer.write(ServerEvent.gone.bytes)
            } catch let error as APIError {
                // The page itself tells it when it is loaded again.
                settings.logger.debug("a stream ended", metadata: ["error": "\(error)"])
            } catch let error as KubeClientError {
                settings.logger.debug("a stream ended", metadata: ["error": "\(error)"])
            }
        }
    }

    private func follow(
        _ reference: PageReference, _ session: Session, _ client: KubeClient,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        let page = try await resolve(reference, client)
        let first = try await ObjectReader(client: client).read(page.collections)
        let live = LiveObjects(client, page.collections, first, logger: settings.logger)
        var state = StreamState(session)
        state.viewer.abilities = try await Viewer.abilities(client, on: page, namespace: settings.namespace)
        state.checkedAt = settings.timeline.now
        state.spokenAt = state.checkedAt
        // One signal waits at most: however much happens, the page is made once of what is then.
        let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let timeline = settings.timeline
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await live.run { signal.yield() } }
            group.addTask {
                while true {
                    try await timeline.sleep(for: page.pulse)
                    signal.yield()
                }
            }
            group.addTask {
                // A listener that is to end waits for its answers to end.
                try await gracefulShutdown()
                signal.finish()
            }
            defer { group.cancelAll() }
            for await _ in signals {
                guard sessions.find(session.id, isUse: false) != nil else {
                    try await writer.write(ServerEvent.expired.bytes)
                    return
                }
                guard live.isReady else {
                    if timeline.now - state.spokenAt >= Self.heartbeat {
                        state.spokenAt = timeline.now
                        try await writer.write(LiveStream.signOfLife)
                    }
                    continue
                }
                if timeline.now - state.checkedAt >= .seconds(60) {
                    state.viewer.abilities = try await Viewer.abilities(
                        client, on: page, namespace: settings.namespace)
                    state.checkedAt = timeline.now
                }
                var sent = 0
                for event in try await news(of: page, live.objects, client, &state) {
                    let bytes = event.bytes
                    sent += bytes.readableBytes
                    try await writer.write(bytes)
                }
                try await timeline.sleep(for: Self.gathering(after: sent))
            }
        }
    }

    /// What a stream has told so far.
    struct StreamState: Sendable {
        var viewer: Viewer
        /// The digests of the parts, in their order.
        var told: [(name: String, digest: String)] = []
        /// When something was last written.
        var spokenAt = Duration.zero
        /// Whether the page has been told once.
        var isTold = false
        /// When the API was last asked what the user may do.
        var checkedAt = Duration.zero

        init(_ session: Session) {
            viewer = Viewer(user: session.user, groups: session.groups, formToken: session.formToken)
        }
    }

    /// The events that bring a page to its present state.
    ///
    /// - Throws: ``DashboardError`` with code `notFound` where what the page is about is gone.
    private func news(
        of page: any Page, _ objects: ObjectSet, _ client: KubeClient, _ state: inout StreamState
    ) async throws -> [ServerEvent] {
        let parts = try await render(page, objects, state.viewer, client)
        var events: [ServerEvent] = []
        // What the page has from before this stream may be gone since.
        if !state.isTold { events.append(ServerEvent("regions", .array(parts.map { .string($0.name) }))) }
        let known = Dictionary(state.told, uniquingKeysWith: { _, last in last })
        var before: String?
        for part in parts {
            if known[part.name] != part.digest {
                var data: Object = [
                    "region": .string(part.name), "digest": .string(part.digest),
                    "html": .string(part.html.text), "spoken": part.spokenValue,
                ]
                data["after"] = before.map { .string($0) }
                events.append(ServerEvent("region", .object(data)))
            }
            before = part.name
        }
        let present = Set(parts.map(\.name))
        for name in state.told.map(\.name) where !present.contains(name) {
            events.append(ServerEvent("region", ["region": .string(name), "html": .null]))
        }
        state.told = parts.map { ($0.name, $0.digest) }
        let now = settings.timeline.now
        if !state.isTold || now - state.spokenAt >= Self.heartbeat || !events.isEmpty {
            state.spokenAt = now
            state.isTold = true
            events.append(ServerEvent("now", .string(Moments.clock(settings.timeline.date))))
        }
        return events
    }
}
