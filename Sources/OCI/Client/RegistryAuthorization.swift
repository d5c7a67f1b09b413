import FoundationEssentials
import Manifest

/// Knows how each registry wants to be spoken to, and keeps the tokens it has given out.
actor RegistryAuthorization {
    private enum Scheme {
        case basic
        case bearer(realm: RegistryURL, service: String?)
    }

    private struct Token {
        let text: String
        let deadline: ContinuousClock.Instant
    }

    private struct TokenKey: Hashable {
        let origin: String
        let repository: String
        let scopes: [String]
    }

    private let credentials: RegistryCredentials
    private let transport: RegistryTransport
    private let now: @Sendable () -> ContinuousClock.Instant
    private var schemes: [String: Scheme] = [:]
    private var tokens: [TokenKey: Token] = [:]
    /// What token services gave for later, by origin.
    private var refreshTokens: [String: String] = [:]

    init(
        _ credentials: RegistryCredentials, transport: RegistryTransport,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.credentials = credentials
        self.transport = transport
        self.now = now
    }

    /// The header to send with a request, as far as is known before the registry has answered it.
    func header(for request: RegistryRequest) async throws -> String? {
        guard let scheme = schemes[origin(request)] else { return nil }
        return try await header(for: request, scheme: scheme, renewing: false)
    }

    /// The header to send after the registry has refused a request; nil where there is none to try.
    func header(for request: RegistryRequest, answering response: RegistryResponse) async throws -> String? {
        let challenges = (response.headers["www-authenticate"] ?? []).flatMap {
            AuthenticationChallenge.parse($0)
        }
        let scheme: Scheme
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            guard let realm = bearer.parameters["realm"].flatMap({ RegistryURL($0) }) else {
                throw OCIError(.registry, "\(request.what): the registry names no token service")
            }
            // A registry spoken to over TLS must not send credentials where everybody can read them.
            guard realm.isSecure || !request.url.isSecure || RegistryURL.isLoopback(realm.host) else {
                throw OCIError(
                    .denied, "\(request.what): the token service \(realm.authority) does not use TLS")
            }
            scheme = .bearer(realm: realm, service: bearer.parameters["service"])
        } else if challenges.contains(where: { $0.scheme == "basic" }) {
            scheme = .basic
        } else {
            return nil
        }
        schemes[origin(request)] = scheme
        return try await header(for: request, scheme: scheme, renewing: true)
    }

    private func origin(_ request: RegistryRequest) -> String {
        "\(request.url.isSecure)/\(request.url.authority)"
    }

    private func header(
        for request: RegistryRequest, scheme: Scheme, renewing: Bool
    ) async throws -> String? {
        let credential = try credentials.credential(for: request.domain, repository: request.repository)
        if case .bearerToken(let token) = credential { return "Bearer \(token)" }
        switch scheme {
        case .basic:
            guard case .password(let user, let password) = credential else { return nil }
            return Self.basic(user, password)
        case .bearer(let realm, let service):
            let key = TokenKey(
                origin: origin(request), repository: request.repository, scopes: request.scopes.sorted())
            if !renewing, let token = tokens[key], token.deadline > now() { return "Bearer \(token.text)" }
            let token = try await fetchToken(
                realm, service: service, scopes: request.scopes, credential: credential, request: request)
            tokens[key] = token
            return "Bearer \(token.text)"
        }
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Base64.encode("\(user):\(password)".utf8)
    }

    /// Asks a token service: by the OAuth2 way with a refresh token, otherwise by the older way.
    private func fetchToken(
        _ realm: RegistryURL, service: String?, scopes: [String], credential: RegistryCredential?,
        request: RegistryRequest
    ) async throws -> Token {
        let origin = origin(request)
        var refresh = refreshTokens[origin]
        if case .refreshToken(let token) = credential { refresh = token }
        if let refresh {
            var form =
                "grant_type=refresh_token&client_id=slipway&refresh_token=\(RegistryURL.encode(refresh))"
            if let service { form += "&service=\(RegistryURL.encode(service))" }
            if !scopes.isEmpty { form += "&scope=\(RegistryURL.encode(scopes.joined(separator: " ")))" }
            let post = tokenRequest(
                "POST", realm, request, [("content-type", "application/x-www-form-urlencoded")],
                .bytes(Array(form.utf8)))
            let response = try await transport.send(post, authorization: nil)
            if response.status == 200 { return try await token(from: response, origin: origin, post) }
            refreshTokens[origin] = nil
            guard case .password = credential else { throw try await refusal(response, post) }
            await response.discard()
        }
        var url = realm
        if let service { url = url.adding("service", service) }
        for scope in scopes { url = url.adding("scope", scope) }
        var authorization: String?
        if case .password(let user, let password) = credential {
            url = url.adding("account", user).adding("client_id", "slipway").adding("offline_token", "true")
            authorization = Self.basic(user, password)
        }
        let get = tokenRequest("GET", url, request, [], .none)
        let response = try await transport.send(get, authorization: authorization)
        guard response.status == 200 else { throw try await refusal(response, get) }
        return try await token(from: response, origin: origin, get)
    }

    private func tokenRequest(
        _ method: String, _ url: RegistryURL, _ request: RegistryRequest,
        _ headers: [(name: String, value: String)], _ body: RegistryRequest.Body
    ) -> RegistryRequest {
        RegistryRequest(
            method: method, url: url, headers: headers, body: body, domain: request.domain,
            repository: request.repository, what: "\(request.what): a token from \(url.authority)")
    }

    private func refusal(_ response: RegistryResponse, _ request: RegistryRequest) async throws -> OCIError {
        let body = await response.prefix(64 << 10)
        try Task.checkCancellation()
        let failure = RegistryFailure(status: response.status, body: body)
        guard (400..<500).contains(response.status), response.status != 429 else {
            return OCIError(.unreachable, "\(request.what) cannot be had", cause: failure)
        }
        return OCIError(
            .unauthorized, "\(request.what) is refused; log in, or give other credentials", cause: failure)
    }

    private func token(
        from response: RegistryResponse, origin: String, _ request: RegistryRequest
    ) async throws -> Token {
        let bytes = try await response.collect(limit: 1 << 20, request.what)
        guard let value = try? JSON.parse(bytes),
            let text = value["token"]?.stringValue ?? value["access_token"]?.stringValue, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { throw OCIError(.registry, "\(request.what) is none: the answer holds no token") }
        if let refresh = value["refresh_token"]?.stringValue, !refresh.isEmpty {
            refreshTokens[origin] = refresh
        }
        // Without a statement a token lasts for a minute; a tenth is left for the way.
        let seconds = min(max(value["expires_in"]?.integerValue ?? 60, 0), 86_400)
        return Token(text: text, deadline: now() + .milliseconds(seconds * 900))
    }
}
