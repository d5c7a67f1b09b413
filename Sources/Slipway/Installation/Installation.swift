import AsyncHTTPClient
import FoundationEssentials
import Git
import KubeClient
import KubeServer
import LocalCluster
public import Logging
public import ServiceLifecycle

/// The whole on one machine: every part in one process, everything in one directory.
///
/// It may be ended at any moment, by SIGKILL too; the next start goes on where it was, because every part starts from
/// objects and files alone.
public struct Installation: Service {
    /// What an installation is made of.
    public struct Configuration: Sendable {
        /// What a person has decided.
        public var settings: Settings
        /// The absolute path of the program that hooks of git run: `slipway`.
        public var program: String
        /// Where programs are looked for (`PATH`), and what tools are told.
        public var environment: [String: String]
        /// Is told what goes on.
        public var logger = Logger(label: "slipway")

        /// An installation that logs to standard error.
        public init(settings: Settings, program: String, environment: [String: String]) {
            self.settings = settings
            self.program = program
            self.environment = environment
        }
    }

    private let configuration: Configuration
    private let report: @Sendable (StartProgress) -> Void

    /// - Parameter report: is told what has started.
    public init(
        _ configuration: Configuration, report: @escaping @Sendable (StartProgress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.report = report
    }

    /// Works until told to stop; then what makes changes ends first, then pods, then requests, then the API.
    ///
    /// - Throws: ``SlipwayError`` where a part cannot start, with what to do about it; `CancellationError`.
    public func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let directory = DataDirectory(configuration.settings.data)
        try directory.prepare()
        let claim = try directory.claim()
        defer { claim.release() }
        var settings = configuration.settings
        var random = SystemRandomNumberGenerator()
        let (listen, reservation) = try Ports.settle(settings.listen, in: directory, using: &random)
        defer { withExtendedLifetime(reservation) {} }
        settings.listen = listen
        for text in settings.exposures { report(.notice(text)) }
        let git = try Self.git(configuration.environment)
        let parts = try await InstallationParts(
            settings, directory: directory, git: git, configuration: configuration)
        let report = report
        let assembly = InstallationServices(parts: parts, report: report) {
            do {
                try claim.announce(kubeconfig: directory.kubeconfig)
            } catch {
                report(.notice("\(error)"))
            }
            report(.ready(start.duration(to: clock.now)))
        }
        let group = ServiceGroup(
            configuration: .init(services: try assembly.services, logger: configuration.logger))
        do {
            try await group.run()
        } catch let error as SlipwayError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw SlipwayError(
                .failed, "a part of the installation in \(directory.path) has failed", cause: error)
        }
        try? parts.server.close()
    }

    /// The git program of this machine.
    private static func git(_ environment: [String: String]) throws(SlipwayError) -> GitProgram {
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folders = path + ["/usr/bin", "/usr/local/bin"]
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/git") })
        else { throw SlipwayError(.missing, "there is no git on PATH; install git (apt-get install git)") }
        do {
            return try GitProgram(path: "\(folder)/git")
        } catch {
            throw SlipwayError(.missing, "\(folder)/git cannot be used", cause: error)
        }
    }
}
