import Foundation
import HTTPTypes
public import Hummingbird
import KubeModel
import NIOCore
import ServiceLifecycle

/// The logs of runs over HTTP: `GET /ci/runs/RUN/logs/GATE.STEP`, as they are or, with `?follow=true`, as they come.
///
/// `Range: bytes=N-` takes up a log where a reader has stopped, so that a lost connection repeats nothing.
public struct LogRoutes: Sendable {
    private let logs: LogStore
    private let records: RunRecordStore

    /// Routes to the logs below a directory of runs.
    public init(_ logs: LogStore) {
        self.logs = logs
        records = RunRecordStore(logs.files)
    }

    /// Adds the routes.
    ///
    /// - Parameter authorize: whether a request may read a run's logs.
    public func addRoutes(
        to router: Router<some RequestContext>,
        authorize: @escaping @Sendable (Request, RunRecord) async -> Bool
    ) {
        router.get("/ci/runs/{run}/logs/{step}") { request, context -> Response in
            let name = try context.parameters.require("run")
            guard let step = StepID(try context.parameters.require("step")) else {
                throw HTTPError(.badRequest, message: "a step is called GATE.STEP")
            }
            guard let record = records.read(name) else {
                throw HTTPError(.notFound, message: "there is no run \(name)")
            }
            guard await authorize(request, record) else {
                throw HTTPError(.forbidden, message: "a token must allow get on pipelineruns/log")
            }
            let start = request.headers[.range].flatMap(Self.start) ?? 0
            let follows = request.uri.queryParameters["follow"] == "true"
            let body = ResponseBody { writer in
                if follows {
                    // A step can be silent for long: that the reader is gone must be noticed without a write.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await send(record, step, from: start, follows: true, to: &writer)
                    }
                } else {
                    try await send(record, step, from: start, follows: false, to: &writer)
                }
                try await writer.finish(nil)
            }
            var headers: HTTPFields = [
                .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
            ]
            // Looking out for the client takes the connection from the requests that could follow.
            if follows { headers[.connection] = "close" }
            return Response(status: .ok, headers: headers, body: body)
        }
    }

    /// Writes a log from an offset on; where it is followed, until the step or the server has ended.
    private func send(
        _ record: RunRecord, _ step: StepID, from start: Int, follows: Bool,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        var (record, offset) = (record, start)
        while true {
            let isOver = record.isOver(step)
            let bytes = try await logs.read(step, of: record, from: offset) ?? []
            if !bytes.isEmpty {
                offset += bytes.count
                try await writer.write(ByteBuffer(bytes: bytes))
                continue
            }
            // A listener that is to end waits for its answers to end; who follows takes up the log again by `Range`.
            if isOver || !follows || Task.isShuttingDownGracefully { return }
            try await Task.sleep(for: .milliseconds(100))
            record = records.read(record.name) ?? record
        }
    }

    /// The offset that a header names; nil where it names none or an end.
    private static func start(_ range: String) -> Int? {
        guard range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
        return Int(range.dropFirst(6).dropLast()).flatMap { $0 < 0 ? nil : $0 }
    }
}

extension RunRecord {
    /// Whether nothing will be added to the log of a step.
    fileprivate func isOver(_ step: StepID) -> Bool {
        if RunPhase(rawValue: status.phase)?.isFinal ?? false { return true }
        let gate = status.gates?.first { $0.name == step.gate.rawValue }
        let phase = gate?.steps.first { $0.name == step.name }?.phase
        return phase.flatMap { RunPhase(rawValue: $0) }?.isFinal ?? false
    }
}
