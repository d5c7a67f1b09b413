import Git
import HTTPTypes
public import Hummingbird
import KubeClient
import KubeModel
public import Logging
import Manifest
import NIOCore

/// Answers clients: git, the forge's API, and people with a browser.
public struct ForgeResponder: Sendable {
    private static let limit = 1 << 20
    private let forge: EmbeddedForge
    private let access: ForgeAccess
    private let actions: ForgeActions
    private let git: GitHTTPServer

    /// Answers for a forge that is running.
    public init(_ forge: EmbeddedForge, logger: Logger = Logger(label: "slipway.forge")) {
        let access = ForgeAccess(forge.client)
        self.forge = forge
        self.access = access
        actions = ForgeActions(forge, access: access)
        git = GitHTTPServer(logger: logger) { await GitAccess(forge: forge, access: access).decide($0) }
    }

    /// Whether a path is the forge's: a repository of git's, or a place of its API or pages.
    public static func owns(method: String, path: String) -> Bool {
        let parts = path.split(separator: "/")
        if parts.count > 2, parts[1].hasSuffix(".git") { return true }
        let isGit = ["/info/refs", "/git-upload-pack", "/git-receive-pack"].contains(where: path.hasSuffix)
        return isGit || ForgeRoute(method: method, path: path) != nil
    }

    /// The answer to a request; what is nobody's is not found.
    public func respond(to request: Request) async -> Response {
        if let response = await git.respond(to: request) { return response }
        do {
            return try await answer(request)
        } catch let error as ForgeError {
            return Self.failure(error)
        } catch let error as APIError where error.isNotFound {
            return Self.failure(ForgeError(.notFound, error.message))
        } catch {
            forge.logger.error(
                "a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Self.failure(ForgeError(.unavailable, "the forge failed; its log says why"))
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        if request.method == .get, request.uri.path == "/healthz" {
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
        }
        guard let route = ForgeRoute(method: request.method.rawValue, path: request.uri.path) else {
            throw ForgeError(.notFound, "there is nothing at \(request.uri.path)")
        }
        switch route {
        case .page(let repository, let number):
            let pull = try await page(repository, number, request)
            return Self.text(pull)
        case .act(let key, let action):
            let bytes = Array(try await request.body.collect(upTo: Self.limit).readableBytesView)
            let body = bytes.isEmpty ? Value.emptyObject : try Self.parse(bytes)
            return Self.message(try await actions.act(action, key, body, token: Self.token(of: request)))
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(ForgeError) -> Value {
        do { return try JSON.parse(bytes) } catch {
            throw ForgeError(.invalid, "the body of the request is no JSON", cause: error)
        }
    }

    private func page(_ repository: ObjectKey, _ number: Int, _ request: Request) async throws -> String {
        let hosted = try forge.hosted(repository)
        if hosted.spec.anonymousRead != true {
            try await access.require(try await access.owner(of: Self.token(of: request)), [.read], repository)
        }
        let pull = try await forge.freshPullRequest(
            ObjectKey(namespace: repository.namespace, name: "\(repository.name)-\(number)"))
        return PullRequestPage(pull: pull, repository: repository).text
    }

    private static func token(of request: Request) -> String? {
        switch request.headers[.authorization].flatMap(GitHTTPRequest.Credentials.init(header:)) {
        case .bearer(let value): value
        case .basic(_, let password): password
        case nil: nil
        }
    }

    private static func message(_ text: String) -> Response {
        json(["message": .string(text)], .ok)
    }

    private static func failure(_ error: ForgeError) -> Response {
        let status: HTTPResponse.Status =
            switch error.code {
            case .notFound: .notFound
            case .exists, .conflict: .conflict
            case .forbidden: .forbidden
            case .unauthenticated: .unauthorized
            case .invalid, .unsupported: .unprocessableContent
            default: .serviceUnavailable
            }
        var response = json(
            ["code": .string(error.code.description), "message": .string(error.message)], status)
        if status == .unauthorized {
            response.headers[.wwwAuthenticate] = "Basic realm=\"slipway\", charset=\"UTF-8\""
        }
        return response
    }

    private static func json(_ value: Value, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.write(value))))
    }

    private static func text(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
