import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
public import NIOSSL
public import ServiceLifecycle

/// An image registry on one port: distribution specification 1.1, on disk, with tags that do not move.
public struct RegistryServer: Service {
    /// What a registry is given.
    public struct Configuration: Sendable {
        /// Where everything is kept.
        public var directory: String
        /// The address that is listened on; loopback unless others are to reach it.
        public var host: String
        /// 0 for any free port.
        public var port: Int
        /// The certificate; nil for plain HTTP.
        public var tls: TLSConfiguration?
        /// Which tags are taken, and what may be deleted.
        public var policy: RegistryPolicy
        /// Who may do what.
        public var access: RegistryGuard
        /// Uploads that nobody went on with for so long are removed when the registry starts.
        public var uploadLifetime: Duration
        /// Names uploads: lower-case letters and digits, never the same twice.
        public var identifiers: @Sendable () -> String

        /// Keeps everything below a directory.
        public init(
            directory: String, host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration? = nil,
            policy: RegistryPolicy = RegistryPolicy(), access: RegistryGuard = .open,
            uploadLifetime: Duration = .seconds(86_400),
            identifiers: @escaping @Sendable () -> String = Self.randomIdentifier
        ) {
            self.directory = directory
            self.host = host
            self.port = port
            self.tls = tls
            self.policy = policy
            self.access = access
            self.uploadLifetime = uploadLifetime
            self.identifiers = identifiers
        }

        /// Serves HTTPS with a certificate from files in PEM.
        ///
        /// - Throws: ``OCIError`` with code `configuration`.
        public mutating func useTLS(certificateFile: String, keyFile: String) throws(OCIError) {
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
                tls = .makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            } catch {
                throw OCIError(
                    .configuration,
                    "the certificate \(certificateFile) and the key \(keyFile) cannot be used",
                    cause: error)
            }
        }

        /// 128 random bits.
        @Sendable public static func randomIdentifier() -> String {
            hexText((0..<16).map { _ in UInt8.random(in: 0 ... .max) })
        }
    }

    private let configuration: Configuration
    private let service: RegistryService
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// Opens the directory.
    ///
    /// - Parameter onReady: told the port once connections are accepted.
    /// - Throws: ``OCIError`` with code `storage`.
    public init(
        _ configuration: Configuration, logger: Logger = Logger(label: "slipway.registry"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(OCIError) {
        let storage = try RegistryStorage(directory: configuration.directory)
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        service = RegistryService(
            storage: storage, policy: configuration.policy, access: configuration.access,
            uploads: UploadSessions(storage, identifiers: configuration.identifiers))
    }

    /// Accepts connections until the service is told to stop, then finishes what is running.
    public func run() async throws {
        await service.uploads.removeStale(
            age: configuration.uploadLifetime.components.seconds, now: Int64(time(nil)))
        let (service, onReady) = (service, onReady)
        let http = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(120)))
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await service.respond(to: request)
            },
            server: try configuration.tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await application.run()
    }
}
