import AsyncHTTPClient
import ClusterTestSupport
import Dashboard
import KubeClient
import KubeModel
import KubeServer
import Manifest
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Testing

/// A dashboard on a port of its own in front of an API server in this process, and users of every role.
struct DashboardFixture: Sendable {
    let server: APIServer
    /// The client of an administrator.
    let client: KubeClient
    let port: Int
    /// Carries the requests of browsers without scripts; it leads nowhere by itself.
    let http: HTTPClient

    /// Users by their tokens.
    static let users = [
        "viewer-token": User(name: "vera", groups: ["slipway:viewers"]),
        "developer-token": User(name: "dora", groups: ["slipway:developers"]),
        "approver-token": User(name: "anna", groups: ["slipway:approvers"]),
        "nobody-token": User(name: "nemo", groups: []),
    ]

    var address: String { "http://127.0.0.1:\(port)" }

    /// Runs a body with a dashboard.
    ///
    /// - Parameter change: changes the dashboard's settings before it starts.
    static func with<Result: Sendable>(
        admission: [any AdmissionPlugin] = [ApprovingUser()],
        change: @Sendable (inout DashboardSettings, KubeClient) -> Void = { _, _ in },
        _ body: @escaping @Sendable (DashboardFixture) async throws -> Result
    ) async throws -> Result {
        var configuration = APIServer.Configuration.testing
        for (token, user) in users { configuration.tokens.add(token, user) }
        configuration.admission = admission
        return try await withServer(configuration) { server in
            let client = KubeClient(InProcessTransport(server))
            try await client.install(DeliveryWorld.definitions)
            _ = try? await client.create(
                .namespaces,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "slipway"]], namespace: nil)
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: .init(redirectConfiguration: .disallow, timeout: .init(connect: .minutes(2))))
            var settings = DashboardSettings(
                transport: InProcessTransport(server, as: nil), logger: .silent)
            change(&settings, client)
            let (ports, ready) = AsyncStream<Int>.makeStream()
            let listener = DashboardListener(
                try DashboardRoutes(settings), host: "127.0.0.1", port: 0, logger: .silent
            ) { ready.yield($0) }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                var iterator = ports.makeAsyncIterator()
                let port = await iterator.next() ?? 0
                let fixture = DashboardFixture(server: server, client: client, port: port, http: http)
                let result: Swift.Result<Result, any Error>
                do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
                // Streams that a test has left open end here, before the listener waits for its connections.
                try? await http.shutdown()
                group.cancelAll()
                try? await group.waitForAll()
                return try result.get()
            }
        }
    }

    /// A browser without a session.
    func visitor() -> Visitor { Visitor(address: address, http: http) }

    /// A browser that has logged in.
    func visitor(_ token: String) async throws -> Visitor {
        let visitor = visitor()
        let answer = try await visitor.login(token)
        try #require(answer.status == 303, "\(answer.text)")
        return visitor
    }
}

/// Writes down who approves, as the whole's API server does.
struct ApprovingUser: AdmissionPlugin {
    var name: String { "ApprovingUser" }

    func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        guard request.resource.resource == "approvals" else { return }
        request.object?["spec", "user"] = .string(request.user.name)
    }
}

/// A browser without scripts: it keeps cookies and fills in forms.
final class Visitor: Sendable {
    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var text: String

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
    }

    let address: String
    private let cookies = Mutex<[String: String]>([:])

    private let http: HTTPClient

    init(address: String, http: HTTPClient) {
        self.address = address
        self.http = http
    }

    /// The value of a cookie.
    func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    /// Asks for a page.
    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers)
    }

    /// Sends a form.
    func post(_ path: String, _ fields: [String: String], headers: [String: String] = [:]) async throws
        -> Answer
    {
        let body = fields.sorted { $0.key < $1.key }
            .map { "\(Self.escaped($0.key))=\(Self.escaped($0.value))" }.joined(separator: "&")
        var headers = headers
        if headers["content-type"] == nil { headers["content-type"] = "application/x-www-form-urlencoded" }
        return try await send(.post, path, headers: headers, body: body)
    }

    /// Fills in the login form.
    func login(_ token: String, next: String = "/") async throws -> Answer {
        let form = try await get("/login")
        return try await post("/login", ["token": token, "csrf": Self.formToken(form.text), "next": next])
    }

    /// Fills in a form of a page.
    func submit(_ path: String, from page: String, _ fields: [String: String]) async throws -> Answer {
        let form = Self.form(to: path, in: try await get(page).text)
        return try await post(path, form.merging(fields) { _, own in own })
    }

    /// The hidden fields of the first form of a page that leads to a path; the token alone where there is none.
    static func form(to path: String, in html: String) -> [String: String] {
        var fields = ["csrf": formToken(html)]
        guard let start = html.firstRange(of: "action=\"\(path)\">") else { return fields }
        let form = html[start.upperBound...].split(separator: "</form>", maxSplits: 1).first ?? ""
        for match in form.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/) {
            fields[String(match.1)] = String(match.2)
        }
        return fields
    }

    /// The token of the forms of a page.
    static func formToken(_ html: String) -> String {
        guard let start = html.firstRange(of: "name=\"csrf\" value=\"") else { return "" }
        return String(html[start.upperBound...].prefix { $0 != "\"" })
    }

    /// Opens a stream and answers its events until the body has had enough.
    func stream<Result: Sendable>(
        _ path: String, headers: [String: String] = [:],
        _ body: (StreamEvents) async throws -> Result
    ) async throws -> Result {
        let request = request(.get, path, headers: headers)
        let response = try await http.execute(request, timeout: .minutes(5))
        return try await body(StreamEvents(body: response.body))
    }

    private func request(_ method: String, _ path: String, headers: [String: String]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let pairs = cookies.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
        if !pairs.isEmpty { request.headers.add(name: "cookie", value: pairs.joined(separator: "; ")) }
        return request
    }

    private enum Method: String {
        case get = "GET"
        case post = "POST"
    }

    private func request(_ method: Method, _ path: String, headers: [String: String]) -> HTTPClientRequest {
        request(method.rawValue, path, headers: headers)
    }

    private func send(
        _ method: Method, _ path: String, headers: [String: String], body: String? = nil
    ) async throws -> Answer {
        var request = request(method, path, headers: headers)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .minutes(2))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        for line in response.headers["set-cookie"] {
            let pair = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            let (name, value) = (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
            cookies.withLock { $0[name] = value.isEmpty ? nil : value }
        }
        return Answer(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            text: String(buffer: bytes))
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// An event of a stream, as browsers read it.
struct StreamEvent: Sendable {
    var name = ""
    var data = ""
    var id = ""
}

/// The events of a stream as they arrive.
struct StreamEvents: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        var rest = ""

        mutating func next() async throws -> StreamEvent? {
            while true {
                while let end = rest.firstRange(of: "\n\n") {
                    let block = rest[..<end.lowerBound]
                    rest = String(rest[end.upperBound...])
                    var event = StreamEvent()
                    for line in block.split(separator: "\n") {
                        if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                        if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                        if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    }
                    if !event.name.isEmpty { return event }
                }
                guard let buffer = try await chunks.next() else { return nil }
                rest += String(buffer: buffer)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: body.makeAsyncIterator()) }
}
