public import FoundationEssentials
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import Synchronization

/// Serves a development instance and, if there is one, the issuer of its tokens on one port.
public struct SigstoreServer: Sendable {
    /// What a server needs to know.
    public struct Configuration: Sendable {
        /// Where keys and log are kept.
        public var directory: String
        /// The address that is listened on; loopback unless others are to reach it.
        public var host: String
        /// 0 for any free port.
        public var port: Int
        /// The address for clients, nil for host and port.
        public var publicURL: String?
        /// Issuers beside the instance's own.
        public var issuers: [TokenIssuer]
        /// How the tokens of the instance's own issuer become certificates; nil for no issuer of its own.
        public var ownMapping: ClaimMapping?
        /// The time that certificates and log entries have.
        public var now: @Sendable () -> Date

        /// A server on loopback, with an issuer of its own unless `ownMapping` is nil.
        public init(
            directory: String, host: String = "127.0.0.1", port: Int = 0, publicURL: String? = nil,
            issuers: [TokenIssuer] = [], ownMapping: ClaimMapping? = .subject,
            now: @escaping @Sendable () -> Date = { Date() }
        ) {
            self.directory = directory
            self.host = host
            self.port = port
            self.publicURL = publicURL
            self.issuers = issuers
            self.ownMapping = ownMapping
            self.now = now
        }
    }

    /// What runs once connections are accepted.
    public struct Running: Sendable {
        /// The address for clients, which is the issuer's name too.
        public let url: String
        /// The authority and the log.
        public let instance: DevelopmentSigstore
        /// The issuer of the instance itself; nil where it has none.
        public let tokens: DevelopmentTokenIssuer?
    }

    private let configuration: Configuration
    private let logger: Logger
    private let onReady: @Sendable (Running) async -> Void

    /// - Parameter onReady: told when connections are accepted.
    public init(
        _ configuration: Configuration, logger: Logger = Logger(label: "slipway.sigstore"),
        onReady: @escaping @Sendable (Running) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until the task is cancelled or the service is told to stop.
    ///
    /// - Throws: `SigstoreError` where the instance cannot be opened, or the port not be had.
    public func run() async throws {
        // The port is part of what the instance says of itself, so the instance is opened once the port is known.
        let opened = OneTime<Result<RouterResponder<BasicRequestContext>?, SigstoreError>>()
        let (configuration, onReady) = (configuration, onReady)
        let application = Application(
            responder: CallbackResponder { (request: Request, context: BasicRequestContext) in
                guard case .success(let responder?) = await opened.value() else {
                    return Response(status: .serviceUnavailable)
                }
                return try await responder.respond(to: request, context: context)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in
                do throws(SigstoreError) {
                    let port = channel.localAddress?.port ?? configuration.port
                    let (running, responder) = try await Self.open(configuration, port)
                    opened.set(.success(responder))
                    await onReady(running)
                } catch {
                    opened.set(.failure(error))
                }
            },
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // A server that never came up opens nothing; nobody may go on waiting for that.
                defer { opened.set(.success(nil)) }
                try await application.run()
            }
            group.addTask {
                if case .failure(let error) = await opened.value() { throw error }
            }
            // A failure to open ends the server; a success leaves it running.
            while try await group.next() != nil {}
        }
    }

    private static func open(
        _ configuration: Configuration, _ port: Int
    ) async throws(SigstoreError) -> (Running, RouterResponder<BasicRequestContext>) {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let url = configuration.publicURL ?? "http://\(host):\(port)"
        var issuers = configuration.issuers
        var tokens: DevelopmentTokenIssuer?
        if let mapping = configuration.ownMapping {
            let own = try await DevelopmentTokenIssuer(directory: configuration.directory + "/keys", url: url)
            issuers.append(own.trusted(mapping: mapping))
            tokens = own
        }
        let instance = try await DevelopmentSigstore(
            DevelopmentSigstore.Configuration(
                directory: configuration.directory, publicURL: url, issuers: issuers, now: configuration.now))
        let router = Router()
        SigstoreRoutes(instance).add(to: router)
        tokens?.addRoutes(to: router)
        return (Running(url: url, instance: instance, tokens: tokens), router.buildResponder())
    }
}

/// A value that is set once and that many may wait for.
private final class OneTime<Value: Sendable>: Sendable {
    private enum State {
        case empty([CheckedContinuation<Value, Never>])
        case full(Value)
    }
    private let state = Mutex(State.empty([]))

    func set(_ value: Value) {
        let waiting = state.withLock { state -> [CheckedContinuation<Value, Never>] in
            guard case .empty(let waiting) = state else { return [] }
            state = .full(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let present = state.withLock { state -> Value? in
                switch state {
                case .full(let value): return value
                case .empty(let waiting):
                    state = .empty(waiting + [continuation])
                    return nil
                }
            }
            if let present { continuation.resume(returning: present) }
        }
    }
}
