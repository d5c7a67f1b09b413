import AsyncHTTPClient

/// Talks to registries: distribution specification 1.1.
///
/// Requests are authorized as the registry asks, tried again where that can help, and follow redirects without taking
/// credentials along to other hosts. Everything read is bounded and, where it has a digest, checked against it.
///
/// A client must be closed with ``shutdown()``; ``withClient(_:_:)`` does that by itself. Methods take a ``Reference``
/// for the repository it names; its tag and digest count only where a manifest is meant.
public final class RegistryClient: Sendable {
    /// Which registries may be spoken to without TLS.
    public enum Security: Sendable, Hashable {
        /// Those on this machine are spoken to without TLS unless ``Configuration/secureHosts`` names them, all others
        /// with it.
        case automatic
        /// All with TLS.
        case required
        /// All without TLS, which lets everybody on the way read credentials and change what is unsigned.
        case none
    }

    /// What a client is given.
    public struct Configuration: Sendable {
        /// Who the client says it is, for each repository.
        public var credentials: RegistryCredentials
        /// Whether registries are spoken to with TLS.
        public var security: Security
        /// Registries on this machine that serve TLS, by the addresses that are connected to: `127.0.0.1:5000`.
        public var secureHosts: Set<String>
        /// Certificate authorities in PEM that are trusted beside the system's.
        public var authorities: [UInt8]?
        /// How often and how patiently requests are tried again.
        public var retry: RegistryRetry
        /// Blobs of more bytes are sent in chunks of this size, so that a cut costs one of them.
        public var chunkSize: Int64
        /// Blobs on their way at a time.
        public var parallelTransfers: Int
        /// Lower-case names of other registries to go to in place of those named; `docker.io` has one always.
        public var mirrors: [String: String]
        /// Tells the time by which tokens expire.
        public var now: @Sendable () -> ContinuousClock.Instant

        /// Anonymous, with TLS but to this machine, patient unless it is said otherwise.
        public init(
            credentials: RegistryCredentials = .none, security: Security = .automatic,
            secureHosts: Set<String> = [], authorities: [UInt8]? = nil,
            retry: RegistryRetry = RegistryRetry(), chunkSize: Int64 = 32 << 20,
            parallelTransfers: Int = 4, mirrors: [String: String] = [:],
            now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
        ) {
            self.credentials = credentials
            self.security = security
            self.secureHosts = secureHosts
            self.authorities = authorities
            self.retry = retry
            self.chunkSize = max(chunkSize, 1)
            self.parallelTransfers = max(parallelTransfers, 1)
            self.mirrors = mirrors
            self.now = now
        }
    }

    let configuration: Configuration
    private let transport: RegistryTransport
    private let authorization: RegistryAuthorization

    /// Opens nothing yet; the first request does.
    ///
    /// - Throws: ``OCIError`` with code `configuration`.
    public init(_ configuration: Configuration = Configuration()) throws(OCIError) {
        self.configuration = configuration
        transport = try RegistryTransport(
            authorities: configuration.authorities, parallel: configuration.parallelTransfers)
        authorization = RegistryAuthorization(
            configuration.credentials, transport: transport, now: configuration.now)
    }

    /// Runs `body` with a client and closes it afterwards.
    @discardableResult
    public static func withClient<Answer>(
        _ configuration: Configuration = Configuration(), _ body: (RegistryClient) async throws -> Answer
    ) async throws -> Answer {
        let client = try RegistryClient(configuration)
        let answer: Answer
        do {
            answer = try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        return answer
    }

    /// Closes all connections; requests on their way fail.
    public func shutdown() async {
        // The only failure is that it was closed already.
        try? await transport.client.shutdown()
    }

    /// What a request may do in a repository.
    enum Access {
        case pull, push, delete

        var actions: String {
            switch self {
            case .pull: "pull"
            case .push: "pull,push"
            case .delete: "delete,pull"
            }
        }
    }

    /// A request to a path of a repository, such as `tags/list`.
    func request(
        _ method: String, _ reference: Reference, _ path: String, _ access: Access, _ what: String
    ) -> RegistryRequest {
        RegistryRequest(
            method: method, url: base(of: reference.domain, "/v2/\(reference.repository)/\(path)"),
            scopes: ["repository:\(reference.repository):\(access.actions)"], domain: reference.domain,
            repository: reference.repository, what: "\(what) \(reference.name)")
    }

    private func base(of domain: String, _ target: String) -> RegistryURL {
        var authority = domain.lowercased()
        if let mirror = configuration.mirrors[authority] {
            authority = mirror
        } else if authority == "docker.io" {
            authority = "registry-1.docker.io"
        }
        let isSecure =
            switch configuration.security {
            case .required: true
            case .none: false
            case .automatic:
                configuration.secureHosts.contains(authority)
                    || !RegistryURL.isLoopback(RegistryURL.host(of: authority))
            }
        return RegistryURL(isSecure: isSecure, authority: authority, target: target)
    }

    /// Sends a request, again where that can help, until there is an answer that is for the caller.
    func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        var failures = 0
        while true {
            let delay: Duration
            do {
                let response = try await sendOnce(request)
                guard RegistryRetry.statuses.contains(response.status) else { return response }
                failures += 1
                let asked = RegistryRetry.retryAfter(
                    response.header("retry-after"), now: configuration.retry.date())
                if failures >= configuration.retry.attempts { return response }
                if let asked, asked > configuration.retry.longestRetryAfter { return response }
                delay = asked ?? configuration.retry.delay(failures: failures)
                await response.discard()
            } catch let error as OCIError where error.code == .unreachable {
                failures += 1
                if failures >= configuration.retry.attempts { throw error }
                delay = configuration.retry.delay(failures: failures)
            }
            try await configuration.retry.sleep(delay)
        }
    }

    /// Sends a request with authorization and redirects, and without trying again.
    func sendOnce(_ original: RegistryRequest) async throws -> RegistryResponse {
        var request = original
        var header = try await authorization.header(for: request)
        var isRenewed = false
        var redirects = 0
        while true {
            // Credentials are for the registry and for nobody it sends us to.
            let isHome = request.url.hasSameOrigin(as: original.url)
            let response = try await transport.send(request, authorization: isHome ? header : nil)
            if response.status == 401, isHome, !isRenewed {
                isRenewed = true
                guard let renewed = try await authorization.header(for: request, answering: response) else {
                    return response
                }
                await response.discard()
                header = renewed
                continue
            }
            guard [301, 302, 303, 307, 308].contains(response.status),
                request.method == "GET" || request.method == "HEAD" || response.status >= 307,
                let location = response.header("location")
            else { return response }
            redirects += 1
            guard redirects <= 5, let next = request.url.resolving(location) else {
                throw OCIError(.registry, "\(request.what): the registry redirects without end or to nowhere")
            }
            guard next.isSecure || !request.url.isSecure else {
                throw OCIError(
                    .denied,
                    "\(request.what): the registry redirects from TLS to plain HTTP at \(next.authority)")
            }
            await response.discard()
            request.url = next
        }
    }

    /// The answer as an error.
    func failure(_ response: RegistryResponse, _ what: String) async throws -> OCIError {
        let body = await response.prefix(64 << 10)
        try Task.checkCancellation()
        return RegistryFailure(status: response.status, body: body).error(what)
    }
}
