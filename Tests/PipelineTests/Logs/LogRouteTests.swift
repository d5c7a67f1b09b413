import AsyncHTTPClient
import ClusterTestSupport
import Hummingbird
import KubeModel
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import TestSupport
import Testing

@testable import Pipeline

/// Logs over HTTP, with a listener and connections of its own.
@Suite(.timeLimit(.minutes(5))) struct LogRouteTests {
    @Test func `a log is followed from an offset on until its step has ended`() async throws {
        try await LogServer.with { server in
            let writer = try await server.begin(phase: "Running")
            writer.append("one\ntwo\n")
            try await server.get("?follow=true", range: "bytes=4-") { body in
                try await body.comes("two\n")
                writer.append("three\n")
                try await body.comes("three\n")
                try await server.end(writer)
                try await body.ends(with: "")
            }
        }
    }

    @Test func `a log of more than a part comes whole, and ranges that make no sense are none`() async throws
    {
        try await LogServer.with { server in
            let writer = try await server.begin(phase: "Running")
            let text = String(repeating: "0123456789abcde\n", count: 200_000)
            writer.append(text)
            for range in [nil, "bytes=-5-", "bytes=-", "bytes=x-", "bytes=0-"] as [String?] {
                try await server.get(range: range) { body in
                    try await body.ends(with: text)
                }
            }
            for range in ["bytes=3200000-", "bytes=9223372036854775807-"] {
                try await server.get(range: range) { body in try await body.ends(with: "") }
            }
            try await server.end(writer)
            try await server.get(range: "bytes=3199984-") { body in
                try await body.ends(with: "0123456789abcde\n")
            }
        }
    }

    @Test func `a server that is told to stop does not wait for who follows a log`() async throws {
        try await LogServer.with { server in
            let writer = try await server.begin(phase: "Running")
            writer.append("one\n")
            try await server.get("?follow=true") { body in
                try await body.comes("one\n")
                await server.stop()
                // The answer ends in order, though the step goes on.
                try await body.ends(with: "")
            }
        }
    }

    @Test func `who goes away while a step is silent is noticed`() async throws {
        try await LogServer.with { server in
            let writer = try await server.begin(phase: "Running")
            writer.append("one\n")
            try await server.get("?follow=true") { body in
                try await body.comes("one\n")
            }
            // Left with the rest unread, the client has closed the connection.
            await server.answerEnded()
        }
    }
}

/// A run with one step, `test.unit`, and a listener that serves its log.
private struct LogServer: Sendable {
    let files: RunFiles
    let port: Int
    let http: HTTPClient
    let group: ServiceGroup
    let answers: AsyncStream<Void>

    static func with(_ body: @escaping @Sendable (LogServer) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let files = RunFiles(root: directory)
            let router = Hummingbird.Router()
            LogRoutes(LogStore(files)).addRoutes(to: router) { _, _ in true }
            let responder = router.buildResponder()
            let (answers, answered) = AsyncStream<Void>.makeStream()
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let application = Application(
                responder: CallbackResponder { (request: Request, context: BasicRequestContext) in
                    var response = try await responder.respond(to: request, context: context)
                    let body = response.body
                    response.body = ResponseBody { writer in
                        defer { answered.yield() }
                        try await body.write(writer)
                    }
                    return response
                },
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in ready.yield(channel.localAddress?.port ?? 0) }, logger: .silent)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [application], logger: .silent))
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: .init(timeout: .init(connect: .minutes(2))))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var iterator = ports.makeAsyncIterator()
                let port = await iterator.next() ?? 0
                let result: Result<Void, any Error>
                do {
                    result = .success(
                        try await body(
                            LogServer(files: files, port: port, http: http, group: group, answers: answers)))
                } catch {
                    result = .failure(error)
                }
                try? await http.shutdown()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                try result.get()
            }
        }
    }

    private static let step = StepID(.test, "unit")

    func begin(phase: String) async throws -> LogWriter {
        try write(phase: phase, log: nil)
        return try await LogStore(files).begin(LogStore.Key(uid: "run-uid", step: Self.step, attempt: 1))
    }

    func end(_ writer: LogWriter) async throws {
        let key = LogStore.Key(uid: "run-uid", step: Self.step, attempt: 1)
        try write(phase: "Passed", log: try await LogStore(files).finish(key, writer))
    }

    private func write(phase: String, log: String?) throws {
        var step = PipelineRunStatus.Step(name: "unit", phase: phase)
        (step.attempts, step.log) = (1, log)
        var status = PipelineRunStatus(phase: "Running")
        status.gates = [PipelineRunStatus.Gate(name: "test", phase: phase, steps: [step])]
        let spec = PipelineRunSpec(
            repository: "orders", commit: String(repeating: "a", count: 40), trust: "candidate")
        try RunRecordStore(files).write(
            RunRecord(name: "run-1", uid: "run-uid", spec: spec, status: status))
    }

    func stop() async { await group.triggerGracefulShutdown() }

    /// Returns when an answer has been written, or given up.
    func answerEnded() async {
        for await _ in answers { return }
    }

    func get(
        _ query: String = "", range: String? = nil, _ body: (LogBody) async throws -> Void
    ) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/ci/runs/run-1/logs/test.unit\(query)")
        if let range { request.headers.add(name: "range", value: range) }
        let response = try await http.execute(request, timeout: .minutes(5))
        try #require(response.status == .ok)
        try await body(LogBody(response.body))
    }
}

/// The body of an answer as it comes.
private final class LogBody {
    private var chunks: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { chunks = body.makeAsyncIterator() }

    /// Waits for as much as a text, which it is to be.
    func comes(_ text: String) async throws {
        var come = ""
        while come.utf8.count < text.utf8.count, let chunk = try await chunks.next() {
            come += String(buffer: chunk)
        }
        #expect(come == text)
    }

    /// Waits for the end; what is left is to be a text.
    func ends(with text: String) async throws {
        var rest = ByteBuffer()
        while let chunk = try await chunks.next() { rest.writeImmutableBuffer(chunk) }
        let isSame = String(buffer: rest) == text
        #expect(isSame, "\(rest.readableBytes) bytes came instead of \(text.utf8.count)")
    }
}
