public import KubeModel
import Manifest

/// Talks to a Kubernetes API, be it a cluster's or the one embedded in this process.
///
///     let client = KubeClient(transport)
///     let web = try await client.get(.deployments, "web", namespace: "shop")
///     try await client.apply(.deployments, object, fieldManager: "slipway", force: true)
///
/// Objects are trees; nothing in them is lost on the way. A failure that the server reports is thrown as
/// `APIError`, one on the way to it as ``KubeClientError``. Requests are repeated by ``Settings/retry`` where
/// that is safe. A client is a value of few words: pass it on, keep copies, share it between tasks.
public struct KubeClient: Sendable {
    /// What a client does beyond the request itself.
    public struct Settings: Sendable {
        /// What the client calls itself in the server's logs and, where none is set, as field manager.
        public var userAgent = "slipway"
        /// How often requests are sent again.
        public var retry = RetryPolicy()
        /// A limit on requests, shared by all who should share it; nil for none.
        public var rateLimiter: RateLimiter?
        /// How long a request may take, its answer included; nil for as long as it takes. Watches and logs only
        /// have to begin in time.
        public var requestTimeout: Duration? = .seconds(60)
        /// The largest answer that is collected in memory.
        public var maximumAnswerSize = 512 << 20
        /// The largest event of a watch.
        public var maximumEventSize = 32 << 20
        /// Receives what the server warns of, such as unknown fields. Called during the request.
        public var onWarning: @Sendable (String) -> Void = { _ in }

        /// The settings of a client where nobody says otherwise.
        public init() {}
    }

    /// What carries requests to the server.
    public let transport: any APITransport
    /// What all requests of the client have in common.
    public var settings: Settings
    /// The clock by which the client waits and gives up.
    public let timeline: Timeline
    let jitter: Jitter

    /// A client over a transport; nothing is sent yet.
    public init(
        _ transport: any APITransport, settings: Settings = Settings(), timeline: Timeline = .continuous,
        jitter: Jitter = Jitter()
    ) {
        self.transport = transport
        self.settings = settings
        self.timeline = timeline
        self.jitter = jitter
    }

    /// Sends a call until it succeeds or its failure counts, and answers the body as a tree.
    func value(_ call: Call) async throws -> Value {
        let bytes = try await bytes(call)
        do {
            return try JSON.parse(bytes)
        } catch {
            throw KubeClientError(
                .malformedAnswer,
                "the answer to \(call.request.method.rawValue) \(call.request.path) is no JSON",
                cause: error)
        }
    }

    /// Sends a call until it succeeds or its failure counts, and answers the body.
    func bytes(_ call: Call) async throws -> [UInt8] {
        try await retrying(call) { call in
            let response = try await transport.send(call.request)
            return (response, try await collect(response.body))
        }.body
    }

    /// Sends a call until an answer begins, which then arrives in chunks. Failures after that are the reader's.
    func stream(_ call: Call) async throws -> any AsyncSequence<[UInt8], any Error> & Sendable {
        let response = try await retrying(call) { call in
            let response = try await transport.send(call.request)
            let isFailure = response.status >= 300
            return (response, isFailure ? try await collect(response.body) : [])
        }.response
        switch response.body {
        case .stream(let chunks): return chunks
        case .bytes(let bytes): return SingleChunk(bytes: bytes)
        }
    }

    private typealias Answer = (response: APIResponse, body: [UInt8])

    private func retrying(
        _ call: Call, _ send: @escaping @Sendable (Call) async throws -> Answer
    ) async throws -> Answer {
        var call = call
        call.request.headers["user-agent"] = settings.userAgent
        var attempts = 0
        while true {
            attempts += 1
            do {
                return try await attempt(call, send)
            } catch {
                guard
                    let delay = settings.retry.delay(
                        after: error, attempts: attempts, isRepeatable: call.isRepeatable,
                        random: jitter.next())
                else { throw error }
                try await timeline.sleep(for: delay)
            }
        }
    }

    private func attempt(
        _ call: Call, _ send: @escaping @Sendable (Call) async throws -> Answer
    ) async throws -> Answer {
        try await settings.rateLimiter?.wait()
        let answer = try await withinLimit(call, send)
        for warning in answer.response.headers.values("warning") {
            if let text = Warning.text(warning) { settings.onWarning(text) }
        }
        guard (200..<300).contains(answer.response.status) else {
            throw failure(answer, of: call)
        }
        return answer
    }

    private func withinLimit(
        _ call: Call, _ send: @escaping @Sendable (Call) async throws -> Answer
    ) async throws -> Answer {
        guard let limit = settings.requestTimeout else { return try await send(call) }
        if let answer = try await timeline.withTimeout(limit, { try await send(call) }) { return answer }
        throw KubeClientError(
            .timeout, "no answer to \(call.request.method.rawValue) \(call.request.path) within \(limit)")
    }

    private func failure(_ answer: Answer, of call: Call) -> APIError {
        // What is no JSON is no Status either; its text is kept.
        let tree = try? JSON.parse(answer.body)
        let retryAfter = answer.response.headers["retry-after"].flatMap { Int($0) } ?? 0
        var error = APIError.response(
            code: answer.response.status, body: tree,
            text: String(decoding: answer.body.prefix(2048), as: UTF8.self),
            verb: call.request.method.rawValue, resource: call.resource, name: call.name,
            retryAfterSeconds: retryAfter)
        if retryAfter > 0, error.status.details == nil {
            error.status.details = APIStatus.Details(retryAfterSeconds: retryAfter)
        }
        return error
    }

    private func collect(_ body: APIResponse.Body) async throws -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .stream(let chunks):
            var collected: [UInt8] = []
            for try await chunk in chunks {
                guard collected.count + chunk.count <= settings.maximumAnswerSize else {
                    throw KubeClientError(
                        .tooLarge, "the answer exceeds \(settings.maximumAnswerSize) bytes; list in pages")
                }
                if collected.isEmpty { collected = chunk } else { collected += chunk }
            }
            return collected
        }
    }
}

/// A body that came at once, where a stream is expected.
private struct SingleChunk: AsyncSequence, Sendable {
    let bytes: [UInt8]

    struct AsyncIterator: AsyncIteratorProtocol {
        var bytes: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            defer { bytes = nil }
            return bytes
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes.isEmpty ? nil : bytes) }
}
