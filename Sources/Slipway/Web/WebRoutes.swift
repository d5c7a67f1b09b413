import Forge
import HTTPTypes
import Hummingbird
import NIOCore

/// Which part answers which path of the one port.
struct WebRoutes: Sendable {
    typealias Responder = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// Git, and the forge's own API and pages.
    let forge: ForgeResponder
    /// What is told by a router: identity of runs, signing, logs, webhooks.
    let machines: Responder
    /// All else: pages for people, who are told apart by where their connections come from.
    let people: @Sendable (Request, SocketAddress?) async -> Response

    func respond(to request: Request, context: WebRequestContext) async throws -> Response {
        let path = request.uri.path
        if path == "/healthz" {
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
        }
        if Self.isForMachines(path) { return try await machines(request, context.basic) }
        if ForgeResponder.owns(method: request.method.rawValue, path: path) {
            return await forge.respond(to: request)
        }
        return await people(request, context.remoteAddress)
    }

    /// The paths of OpenID Connect, Fulcio 2, Rekor 1, the logs of runs and the webhooks of other forges.
    private static func isForMachines(_ path: String) -> Bool {
        ["/.well-known/", "/api/v2/", "/api/v1/log", "/api/v1/index/", "/ci/", "/webhooks/"].contains {
            path.hasPrefix($0)
        }
    }
}

/// What is known of a request beside it: what routers ask for, and where its connection comes from.
struct WebRequestContext: RequestContext, RemoteAddressRequestContext {
    var basic: BasicRequestContext
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        basic = BasicRequestContext(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    var coreContext: CoreRequestContextStorage {
        get { basic.coreContext }
        set { basic.coreContext = newValue }
    }
}
