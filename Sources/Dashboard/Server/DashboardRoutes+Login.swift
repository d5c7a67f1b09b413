import Crypto
import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Manifest
import NIOCore

/// A secret of the process that makes the tokens of login forms.
struct FormKey: Sendable {
    private let key = SymmetricKey(size: .bits256)

    /// The token that belongs to a browser's form cookie.
    func token(for cookie: String) -> String {
        Base64Text.urlSafe(Array(HMAC<SHA256>.authenticationCode(for: Array(cookie.utf8), using: key)))
    }
}

extension DashboardRoutes {
    /// How long a login form can be filled in.
    private static let formSeconds: Int64 = 3600

    func loginForm(_ request: Request, fault: String? = nil, status: HTTPResponse.Status = .ok) throws
        -> Response
    {
        let next = LocalPath(
            request.uri.queryParameters["next"].flatMap { FormBody.unescaped($0, plusIsSpace: false) })
        var generator = SystemRandomNumberGenerator()
        let known = Cookies.value(Cookies.form, in: request.headers)
        let cookie = known ?? SessionID(using: &generator).text
        let fields: Fields = [
            "csrf": .text(formKey.token(for: cookie)), "next": .text(next?.text ?? "/"),
            "fault": .optional(fault),
        ]
        var response = try page(
            Frame(title: "Log in", section: nil), [Rendered("login", try templates.render("login", fields))],
            viewer: nil)
        response.status = status
        response.headers[values: .setCookie] = [
            cookies.header(Cookies.form, cookie, seconds: Self.formSeconds)
        ]
        return response
    }

    func login(_ request: Request, from peer: SocketAddress?) async throws -> Response {
        let form = try await FormBody(request)
        guard let cookie = Cookies.value(Cookies.form, in: request.headers),
            FormCheck.isOwn(
                token: form[FormCheck.field], expected: formKey.token(for: cookie), fields: request.headers,
                authority: request.head.authority)
        else {
            return try loginForm(
                request, fault: "The form was too old. Try again.", status: .forbidden)
        }
        let caller = LoginThrottle.client(of: request.headers, from: peer)
        guard throttle.isOpen(to: caller) else {
            return try loginForm(
                request, fault: "Too many tokens were tried. Wait a minute.", status: .tooManyRequests)
        }
        let token = Self.word(form["token"])
        guard !token.isEmpty, token.utf8.count <= 8192, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            let owner = try await owner(of: token)
        else {
            throttle.noteFailure(of: caller)
            return try loginForm(request, fault: "This is no token of anybody.", status: .unauthorized)
        }
        if let old = session(of: request, isUse: false) { sessions.end(old.id) }
        let session = sessions.begin(token: token, user: owner.name, groups: owner.groups)
        var response = Response.seeOther(LocalPath(form["next"])?.text ?? "/")
        response.headers[values: .setCookie] = [
            cookies.header(
                Cookies.session, session.id.text, seconds: sessions.limits.whole.components.seconds),
            cookies.header(Cookies.form, "", seconds: 0),
        ]
        return response
    }

    func logout(_ request: Request) async throws -> Response {
        var response = Response.seeOther("/login")
        response.headers[values: .setCookie] = [cookies.header(Cookies.session, "", seconds: 0)]
        guard let session = session(of: request) else { return response }
        let form = try await FormBody(request)
        try check(form, session, request)
        sessions.end(session.id)
        return response
    }

    /// - Throws: ``DashboardError`` with code `forged`.
    func check(_ form: FormBody, _ session: Session, _ request: Request) throws(DashboardError) {
        guard
            FormCheck.isOwn(
                token: form[FormCheck.field], expected: session.formToken, fields: request.headers,
                authority: request.head.authority)
        else {
            throw DashboardError(
                .forged,
                "the form does not come from a page of this session; load the page again and try once more")
        }
    }

    /// Who a token belongs to, in the API's words; nil where it is nobody's.
    private func owner(of token: String) async throws -> (name: String, groups: [String])? {
        let client = KubeClient(
            TokenTransport(base: settings.transport, token: token), timeline: settings.timeline)
        do {
            let answer = try await client.create(
                GroupVersionResource(
                    group: "authentication.k8s.io", version: "v1", resource: "selfsubjectreviews"),
                ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], namespace: nil)
            let info = answer["status", "userInfo"]
            guard let name = info?["username"]?.stringValue else { return nil }
            return (name, (info?["groups"]?.arrayValue ?? []).compactMap(\.stringValue))
        } catch let error as APIError where error.code == 401 || error.code == 403 {
            return nil
        }
    }

    /// A token as it was pasted, without what is around it.
    private static func word(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }
}
