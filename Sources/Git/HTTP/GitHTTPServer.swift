import HTTPTypes
public import Hummingbird
public import Logging
import Manifest
import NIOCore
import Synchronization

/// Serves repositories over git's smart HTTP protocol: clones, fetches (shallow and partial ones too) and pushes.
///
/// A host puts it in front of its own routes: ``respond(to:)`` answers nil for what is no request of a git client.
/// Data flows at the pace of the slower side, and nothing is held in memory or on disk on the way.
public struct GitHTTPServer: Sendable {
    /// What a request may cost.
    public struct Limits: Sendable {
        /// The largest body of a request, after unpacking.
        public var requestBytes = 2 << 30
        /// How long an exchange may take.
        public var timeout = Duration.seconds(3600)
        /// The exchanges that run at once; more are told to come again.
        public var exchanges = 64

        /// Limits for a server of one team.
        public init() {}
    }

    /// Decides about a request before any program runs.
    public typealias Authorize = @Sendable (GitHTTPRequest) async -> GitHTTPDecision

    private let limits: Limits
    private let authorize: Authorize
    private let running = RunningCount()
    private let logger: Logger

    /// Serves what `locate` finds.
    public init(
        limits: Limits = Limits(), logger: Logger = Logger(label: "slipway.git"),
        authorize: @escaping Authorize
    ) {
        self.limits = limits
        self.logger = logger
        self.authorize = authorize
    }

    /// Answers a git client's request; nil for any other request.
    public func respond(to request: Request) async -> Response? {
        let target = request.head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = String(target[..<(mark ?? target.endIndex)])
        let query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
        guard let route = GitHTTPRoute(method: request.method.rawValue, path: path, query: query) else {
            return nil
        }
        let wish = GitHTTPRequest(
            repository: route.repository, service: route.service,
            credentials: request.headers[.authorization].flatMap(GitHTTPRequest.Credentials.init(header:)))
        switch await authorize(wish) {
        case .allow(let access): return await serve(route, access, request)
        case .unauthorized(let realm, let message):
            var response = Self.plain(.unauthorized, message)
            response.headers[.wwwAuthenticate] =
                "Basic realm=\"\(realm.filter { $0 != "\"" })\", charset=\"UTF-8\""
            return response
        case .forbidden(let message): return Self.plain(.forbidden, message)
        case .notFound(let message): return Self.plain(.notFound, message)
        case .unavailable(let message): return Self.busy(message)
        }
    }

    private func serve(_ route: GitHTTPRoute, _ access: GitHTTPAccess, _ request: Request) async -> Response {
        guard access.repository.exists else {
            return Self.plain(.notFound, "repository \(route.repository) is not there")
        }
        var invocation = GitInvocation([route.service.command, "--stateless-rpc"])
        invocation.timeout = limits.timeout
        invocation.environment = access.environment
        if let version = request.headers[.gitProtocol], version.utf8.count < 256 {
            invocation.environment["GIT_PROTOCOL"] = version
        }
        invocation.settings = [
            ("uploadpack.allowFilter", "true"), ("uploadpack.allowAnySHA1InWant", "true"),
            ("receive.fsckObjects", "true"), ("receive.autogc", "false"),
            ("receive.advertisePushOptions", "true"),
            ("receive.advertiseAtomic", "true"), ("transfer.advertiseSID", "false"),
        ]
        if let hooks = access.hooks { invocation.settings.append(("core.hooksPath", hooks)) }
        invocation.settings += access.settings
        switch route.action {
        case .advertise: return await advertise(route, access, invocation)
        case .exchange: return exchange(route, access, invocation, request)
        }
    }

    private func advertise(
        _ route: GitHTTPRoute, _ access: GitHTTPAccess, _ invocation: GitInvocation
    ) async -> Response {
        var invocation = invocation
        invocation.arguments += ["--http-backend-info-refs", access.repository.path]
        invocation.outputLimit = 1 << 30
        do {
            let output = try await access.repository.program.run(invocation)
            var bytes: [UInt8] = []
            // A client of version 2 does not expect the announcement (http-backend.c).
            if invocation.environment["GIT_PROTOCOL"]?.contains("version=2") != true {
                bytes +=
                    PacketLine.text("# service=\(route.service.rawValue)\n").bytes + PacketLine.flush.bytes
            }
            bytes += output.bytes
            return Response(
                status: .ok, headers: Self.headers("application/x-\(route.service.rawValue)-advertisement"),
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        } catch {
            logger.warning("references could not be advertised", metadata: ["error": "\(error)"])
            return Self.busy("the references of \(route.repository) cannot be read at the moment")
        }
    }

    private func exchange(
        _ route: GitHTTPRoute, _ access: GitHTTPAccess, _ invocation: GitInvocation, _ request: Request
    ) -> Response {
        guard request.headers[.contentType] == "application/x-\(route.service.rawValue)-request" else {
            return Self.plain(
                .unsupportedMediaType, "expected application/x-\(route.service.rawValue)-request")
        }
        let encoding = request.headers[.contentEncoding] ?? "identity"
        guard ["identity", "gzip", "x-gzip"].contains(encoding) else {
            return Self.plain(.unsupportedMediaType, "content-encoding \(encoding) is not known; use gzip")
        }
        guard let slot = running.enter(limit: limits.exchanges) else {
            return Self.busy("too many git clients at once; try again in a moment")
        }
        var invocation = invocation
        invocation.arguments.append(access.repository.path)
        let exchange = GitHTTPExchange(
            program: access.repository.program, invocation: invocation, isCompressed: encoding != "identity",
            limit: limits.requestBytes, logger: logger)
        let body = request.body
        return Response(
            status: .ok, headers: Self.headers("application/x-\(route.service.rawValue)-result"),
            body: ResponseBody { writer in
                defer { slot.leave() }
                try await exchange.run(body, writer: &writer)
                try await writer.finish(nil)
            })
    }

    private static func headers(_ type: String) -> HTTPFields {
        [.contentType: type, .cacheControl: "no-cache, max-age=0, must-revalidate", .pragma: "no-cache"]
    }

    /// Git shows the text of a plain answer to its user.
    private static func plain(_ status: HTTPResponse.Status, _ message: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: message + "\n")))
    }

    private static func busy(_ message: String) -> Response {
        var response = plain(.serviceUnavailable, message)
        response.headers[.retryAfter] = "2"
        return response
    }
}

/// Counts what is running.
private final class RunningCount: Sendable {
    private let count = Mutex(0)

    /// A place among those that run.
    ///
    /// The body of an answer is not asked for where the client has gone before it began, so a place that nobody has
    /// left is given back with the answer that holds it.
    final class Slot: Sendable {
        private let counter: RunningCount
        private let isTaken = Mutex(true)

        fileprivate init(_ counter: RunningCount) { self.counter = counter }

        deinit { leave() }

        func leave() {
            let wasTaken = isTaken.withLock { isTaken in
                defer { isTaken = false }
                return isTaken
            }
            if wasTaken { counter.count.withLock { $0 -= 1 } }
        }
    }

    func enter(limit: Int) -> Slot? {
        count.withLock { count in
            guard count < limit else { return nil }
            count += 1
            return Slot(self)
        }
    }
}

extension HTTPField.Name {
    static var gitProtocol: HTTPField.Name { HTTPField.Name("Git-Protocol") ?? .accept }
    static var pragma: HTTPField.Name { HTTPField.Name("Pragma") ?? .cacheControl }
}

extension GitHTTPRequest.Credentials {
    /// Reads an `Authorization` header; nil for schemes that are not known.
    public init?(header: String) {
        guard let space = header.firstIndex(of: " ") else { return nil }
        let value = header[header.index(after: space)...].trimmed
        switch header[..<space].lowercased() {
        case "bearer": self = .bearer(value)
        case "basic":
            guard let bytes = Base64.decode(value, padding: .optional) else { return nil }
            let pair = String(decoding: bytes, as: UTF8.self)
            let colon = pair.firstIndex(of: ":") ?? pair.endIndex
            let password = colon < pair.endIndex ? String(pair[pair.index(after: colon)...]) : ""
            self = .basic(user: String(pair[..<colon]), password: password)
        default: return nil
        }
    }
}
