import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Manifest
import NIOCore
import ServiceLifecycle

extension DashboardRoutes {
    /// How often a log that is being written is looked at.
    private static let logInterval = Duration.milliseconds(250)
    /// The most bytes of an event.
    private static let chunk = 64 << 10

    /// Answers with a log as it is, once it is known that the user may read logs of its run.
    func rawLog(_ run: String, _ step: String, _ session: Session) async throws -> Response {
        let logs = try await logs(of: run, session)
        guard let first = try await logs.read(run: run, step: step, from: 0) else {
            throw DashboardError(.notFound, "nothing has been written of \(step) of \(run)")
        }
        // As text and never as what a log says it is.
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody { writer in
                var (part, offset) = (first, 0)
                while !part.bytes.isEmpty {
                    offset += part.bytes.count
                    try await writer.write(ByteBuffer(bytes: part.bytes))
                    guard let next = try await logs.read(run: run, step: step, from: offset) else { break }
                    part = next
                }
                try await writer.finish(nil)
            })
    }

    /// Answers with a stream of what is added to a log.
    func logStream(
        _ run: String, _ step: String, _ session: Session, _ request: Request
    ) async throws -> Response {
        let logs = try await logs(of: run, session)
        let from = request.uri.queryParameters["from"].flatMap { Int($0) } ?? 0
        // After a lost connection browsers say what they have seen.
        let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap { Int($0) }
        let start = max(0, last ?? from)
        return LiveStream.response(to: request) { writer in
            guard streams.enter(session.user) else {
                try await writer.write(ServerEvent.full.bytes)
                return
            }
            defer { streams.leave(session.user) }
            try await follow(logs, run, step, from: start, session, &writer)
        }
    }

    private func logs(of run: String, _ session: Session) async throws -> any StepLogs {
        let client = client(session)
        _ = try await client.get(.pipelineRuns, run, namespace: settings.namespace)
        try await Permission.readLogs(of: run, in: settings.namespace).require(of: client, user: session.user)
        guard let logs = settings.logs else {
            throw DashboardError(.unavailable, "this dashboard has no access to the logs of runs")
        }
        return logs
    }

    private func follow(
        _ logs: any StepLogs, _ run: String, _ step: String, from start: Int, _ session: Session,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var offset = start
        // What was read and not yet sent: reading is dear, so nothing is read twice.
        var rest: ArraySlice<UInt8> = []
        var isAtEnd = false
        var silence = Duration.zero
        let timeline = settings.timeline
        var checkedAt = timeline.now
        while !Task.isShuttingDownGracefully {
            guard sessions.find(session.id, isUse: false) != nil else {
                try await writer.write(ServerEvent.expired.bytes)
                return
            }
            if timeline.now - checkedAt >= .seconds(60) {
                checkedAt = timeline.now
                let permission = Permission.readLogs(of: run, in: settings.namespace)
                guard try await permission.isHeld(by: client(session)) else { return }
            }
            let ready = Self.ready(rest, isComplete: isAtEnd)
            if !ready.isEmpty {
                offset += ready.count
                rest = rest.dropFirst(ready.count)
                silence = .zero
                let event = ServerEvent("text", .string(LogText.plain(ready)), id: String(offset))
                try await writer.write(event.bytes)
                continue
            }
            if isAtEnd {
                try await writer.write(ServerEvent("end", .null, id: String(offset)).bytes)
                return
            }
            if let part = try await logs.read(run: run, step: step, from: offset + rest.count) {
                rest += part.bytes
                isAtEnd = part.isComplete && part.bytes.isEmpty
                if isAtEnd || !part.bytes.isEmpty { continue }
            }
            try await timeline.sleep(for: Self.logInterval)
            silence += Self.logInterval
            if silence >= .seconds(15) {
                silence = .zero
                try await writer.write(LiveStream.signOfLife)
            }
        }
    }

    /// What of a log can be sent: whole lines, or all of it where nothing more comes or the line is long.
    static func ready(_ bytes: ArraySlice<UInt8>, isComplete: Bool) -> ArraySlice<UInt8> {
        let bytes = bytes.prefix(chunk)
        if let end = bytes.lastIndex(of: 0x0a) { return bytes[...end] }
        return isComplete || bytes.count >= 4096 ? bytes : []
    }
}
