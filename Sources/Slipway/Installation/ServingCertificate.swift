import KubeModel
import KubeServer
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The certificate that pages, API and registry show: kept in a directory, and made anew while they run.
///
/// Listeners ask for it at every handshake, so that connections which begin after a renewal get the new one, and none that
/// is open is cut.
final class ServingCertificate: Sendable {
    private struct State {
        var certificate: ServerCertificate
        var shown: NIOSSLContextConfigurationOverride
    }

    private let directory: String
    private let names: [String]
    private let state: Mutex<State>

    /// The certificate of a directory, made where there is none that is good for long enough.
    ///
    /// - Throws: `ServerError`, as ``ServerCertificate/init(directory:names:now:)``.
    init(directory: String, names: [String], now: Timestamp) throws {
        self.directory = directory
        self.names = names
        let certificate = try ServerCertificate(directory: directory, names: names, now: now)
        state = Mutex(State(certificate: certificate, shown: try Self.shown(certificate)))
    }

    /// The authority's certificate in PEM, which clients have to trust; a renewal does not change it.
    var authority: String { state.withLock { $0.certificate.authority } }

    /// What a listener needs.
    var configuration: TLSConfiguration {
        get throws {
            var configuration = try state.withLock { $0.certificate }.configuration
            configuration.sslContextCallback = { [self] _, promise in
                promise.succeed(state.withLock { $0.shown })
            }
            return configuration
        }
    }

    /// When the certificate ends that is shown now, which a renewal puts off.
    var end: Timestamp { get throws { try state.withLock { $0.certificate }.end } }

    /// Makes the certificate anew where half of its time is over; answers whether it did.
    ///
    /// - Throws: `ServerError`; ``SlipwayError`` with code `storage` where the authority is another one than that which
    ///   clients were told of.
    func renew(at now: Timestamp) async throws -> Bool {
        let (directory, names) = (directory, names)
        let certificate = try await NIOThreadPool.singleton.runIfActive {
            try ServerCertificate(directory: directory, names: names, now: now)
        }
        guard certificate.authority == authority else {
            throw SlipwayError(
                .storage,
                "the authority in \(directory) is another one than at the start; start Slipway anew to serve its certificates"
            )
        }
        guard try certificate.end > end else { return false }
        let shown = try Self.shown(certificate)
        state.withLock { $0 = State(certificate: certificate, shown: shown) }
        return true
    }

    private static func shown(
        _ certificate: ServerCertificate
    ) throws -> NIOSSLContextConfigurationOverride {
        let configuration = try certificate.configuration
        var shown = NIOSSLContextConfigurationOverride()
        shown.certificateChain = configuration.certificateChain
        shown.privateKey = configuration.privateKey
        return shown
    }
}
