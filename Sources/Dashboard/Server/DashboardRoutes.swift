import HTTPTypes
public import Hummingbird
import KubeClient
import KubeModel
import Logging
import Manifest
public import NIOCore

/// The dashboard as something that answers requests, for whoever has a web listener.
///
///     let dashboard = try DashboardRoutes(DashboardSettings(transport: transport))
///     if let response = await dashboard.respond(to: request) { return response }
///
/// What it shows it reads from the API with the token of the user who looks, and what they do it asks of the API with
/// the same token: it has no rights of its own, and decides nothing.
public struct DashboardRoutes: Sendable {
    let settings: DashboardSettings
    let sessions: SessionStore
    let throttle: LoginThrottle
    let streams: StreamLimit
    let assets: Assets
    let templates: Templates
    let cookies: Cookies
    /// What ties a login form to the browser that asked for it.
    let formKey: FormKey

    /// A dashboard without sessions.
    ///
    /// - Throws: ``DashboardError`` with code `template`.
    public init(_ settings: DashboardSettings) throws(DashboardError) {
        self.settings = settings
        var limits = SessionStore.Limits()
        limits.idle = settings.idleLimit
        limits.whole = settings.sessionLimit
        sessions = SessionStore(limits: limits, timeline: settings.timeline)
        throttle = LoginThrottle(timeline: settings.timeline)
        streams = StreamLimit(whole: settings.maximumStreams, each: settings.maximumStreamsPerUser)
        assets = Assets()
        templates = try Templates()
        cookies = Cookies(isSecure: settings.isSecure)
        formKey = FormKey()
    }

    /// The answer to a request; nil where its path is none of the dashboard's.
    ///
    /// - Parameter peer: where its connection comes from: too many wrong tokens from one address stop that one alone.
    public func respond(to request: Request, from peer: SocketAddress? = nil) async -> Response? {
        guard let route = Route(request) else { return nil }
        var response: Response
        do {
            response = try await answer(route, request, from: peer)
        } catch {
            response = await failure(error, route, request)
        }
        SecurityHeaders.add(to: &response)
        if request.method == .head { response.body = ResponseBody() }
        return response
    }

    /// Adds the dashboard's paths to a router.
    public func addRoutes(to router: Router<some RequestContext>) {
        for path in Route.patterns {
            let path = RouterPath(path)
            router.get(path) { request, context in await self.found(request, context) }
            router.head(path) { request, context in await self.found(request, context) }
            router.post(path) { request, context in await self.found(request, context) }
        }
    }

    private func found(_ request: Request, _ context: some RequestContext) async -> Response {
        let peer = (context as? any RemoteAddressRequestContext)?.remoteAddress
        if let response = await respond(to: request, from: peer) { return response }
        var response = Response(status: .methodNotAllowed)
        SecurityHeaders.add(to: &response)
        return response
    }

    // MARK: Sessions

    /// The session of a request; nil where there is none.
    func session(of request: Request, isUse: Bool = true) -> Session? {
        Cookies.value(Cookies.session, in: request.headers).flatMap {
            sessions.find(SessionID(cookie: $0), isUse: isUse)
        }
    }

    /// A client of the API that acts as the session's user.
    func client(_ session: Session) -> KubeClient {
        var client = KubeClient(
            TokenTransport(base: settings.transport, token: session.token), timeline: settings.timeline)
        client.settings.userAgent = "slipway-dashboard"
        return client
    }

    /// Whether the user of a request's session may read the logs of a run: for those who serve logs themselves.
    public func mayRead(run: String, _ request: Request) async -> Bool {
        guard let session = session(of: request) else { return false }
        let permission = Permission.readLogs(of: run, in: settings.namespace)
        return (try? await permission.isHeld(by: client(session))) == true
    }

    // MARK: Routing

    private func answer(
        _ route: Route, _ request: Request, from peer: SocketAddress?
    ) async throws -> Response {
        switch route {
        case .asset(let name): return try assets.response(name, request)
        case .loginForm: return try loginForm(request)
        case .login: return try await login(request, from: peer)
        case .logout: return try await logout(request)
        default: break
        }
        guard let session = session(of: request, isUse: !route.isLive) else {
            if route.isLive { return LiveStream.expired(request) }
            let error = DashboardError(.expired, "your session is over; log in again")
            // What was written into a form meanwhile is handed back, to whoever sent it from a page of ours.
            if case .act = route, FormCheck.isSameSite(request.headers, authority: request.head.authority) {
                throw FailedForm(cause: error, writing: (try? await FormBody(request))?.writing ?? "")
            }
            throw error
        }
        switch route {
        case .page(let reference):
            return try await show(reference, session)
        case .commit(let repository, let prefix):
            return try await commit(repository, prefix, session)
        case .live(let reference): return try await live(reference, session, request)
        case .rawLog(let run, let step): return try await rawLog(run, step, session)
        case .logStream(let run, let step): return try await logStream(run, step, session, request)
        case .act(let action): return try await act(action, session, request)
        case .asset, .loginForm, .login, .logout:
            throw DashboardError(.notFound, "there is no such page")
        }
    }

    private func failure(_ error: any Error, _ route: Route, _ request: Request) async -> Response {
        var session = session(of: request, isUse: false)
        var error = error
        var writing = ""
        if let failed = error as? FailedForm { (error, writing) = (failed.cause, failed.writing) }
        if let refusal = error as? APIError, refusal.code == 401, let old = session {
            sessions.end(old.id)
            session = nil
            error = DashboardError(.expired, "your token is not accepted any more; log in again")
        }
        if writing.isEmpty, let error = error as? DashboardError, error.code == .expired {
            return toLogin(request, route)
        }
        var page = FailurePage(error)
        page.writing = writing
        if page.isUnexpected {
            settings.logger.error(
                "a page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
        }
        return failurePage(page, session, back: Self.referrer(request))
    }

    private func toLogin(_ request: Request, _ route: Route) -> Response {
        let next = route.isPage ? request.uri.path : "/"
        return .seeOther("/login?next=\(FormBody.escaped(next))")
    }

    /// The path of the page a form was on, for the way back.
    private static func referrer(_ request: Request) -> String? {
        guard let text = request.headers[.referer], let scheme = text.firstRange(of: "://"),
            let slash = text[scheme.upperBound...].firstIndex(of: "/")
        else { return nil }
        return LocalPath(String(text[slash...]))?.text
    }
}

/// A path on this dashboard: what forms may lead back to.
struct LocalPath: Sendable, Hashable {
    let text: String

    /// Nil for what could lead to another site.
    init?(_ text: String?) {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 512,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = text
    }
}

extension Response {
    /// The answer to a form: go and look.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
