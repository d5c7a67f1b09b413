import ArgumentParser
import Foundation
import LocalCluster
import Logging
import ServiceLifecycle
import Slipway
import UnixSignals

/// Where an installation keeps its things, and how it is set up.
struct InstallationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep everything in this directory; .slipway unless the configuration names one.",
            valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp("The configuration; DIR/config.yaml where it exists.", valueName: "file"))
    var config: String?

    /// The settings of the file, the directory of the command line winning.
    ///
    /// - Throws: `CommandFailure`.
    func settings() throws -> Settings {
        var settings = Settings()
        let file =
            config
            ?? Optional("\(DataDirectory(data ?? settings.data).path)/config.yaml").flatMap {
                FileManager.default.fileExists(atPath: $0) ? $0 : nil
            }
        if let file {
            do {
                settings = try Settings.read(try TextFile(name: file).read(), file: file)
            } catch let error as SlipwayError {
                throw CommandFailure(.refused, error.description)
            }
        }
        if let data { settings.data = data }
        return settings
    }
}

/// A part of an installation with the address that it is to listen on.
struct PartAddress: ExpressibleByArgument {
    let name: String
    let endpoint: Endpoint

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let endpoint = Endpoint(String(parts[1])) else { return nil }
        name = String(parts[0])
        self.endpoint = endpoint
    }
}

/// `slipway up`: runs the whole until it is told to stop.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run all of Slipway on this machine.",
        discussion: """
            One process and one directory: API, git, merge queue, pipelines, registry, signing, a cluster with its \
            router, applications from git, rollouts, promotion, pages. Ctrl-C, SIGTERM, SIGHUP or `slipway down` end \
            it; the next `up` goes on where it was, after a crash too.

            The administrator's token is DIR/keys/token, what kubectl needs DIR/kubeconfig. `slipway config init` writes \
            a configuration with every setting.
            """)

    @OptionGroup var options: InstallationOptions

    @Flag(help: "Serve pages, git, API and registry over HTTPS, whatever the configuration says.")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "Where a part listens, as web=0.0.0.0:8080, whatever the configuration says. May be repeated.",
            valueName: "part=host:port"))
    var listen: [PartAddress] = []

    @Flag(help: "Tell more of what goes on, on standard error.")
    var verbose = false

    /// How long the parts have to end in order; less than `slipway down` waits.
    private static let patience = Duration.seconds(40)

    func run() async throws {
        try await reporting {
            var settings = try options.settings()
            if tls { settings.usesTLS = true }
            for address in listen where !settings.listen.set(address.name, to: address.endpoint) {
                throw CommandFailure(
                    .refused,
                    "--listen \(address.name)=…: there is no such part; known are web, api, registry, traffic, metrics, "
                        + "prometheus")
            }
            guard settings.listen.metrics.host == settings.listen.traffic.host else {
                throw CommandFailure(
                    .refused,
                    "metrics and traffic are of one router and must have the same host: give --listen for both"
                )
            }
            guard let program = Bundle.main.executablePath, program.hasPrefix("/") else {
                throw CommandFailure(
                    .refused, "the path of this program cannot be found out, which git's hooks need")
            }
            var configuration = Installation.Configuration(
                settings: settings, program: program, environment: ProcessInfo.processInfo.environment)
            configuration.logger = Logger(label: "slipway") { StreamLogHandler.standardError(label: $0) }
            configuration.logger.logLevel = verbose ? .info : .error
            let directory = DataDirectory(settings.data)
            print("Slipway in \(directory.path)")
            fflush(nil)
            let installation = Installation(configuration) { Self.tell($0, directory) }
            var group = ServiceGroupConfiguration(services: [installation], logger: configuration.logger)
            group.maximumGracefulShutdownDuration = Self.patience
            do {
                try await ServiceGroup(configuration: group).runUntilSignalled { signal in
                    print(
                        "Ending Slipway in \(directory.path) on \(signal); Ctrl-C once more ends it at once.")
                    fflush(nil)
                }
            } catch let error as SlipwayError {
                throw CommandFailure(.refused, error.description)
            } catch is CancellationError {
                throw CommandFailure(
                    .refused,
                    "not everything in \(directory.path) ended within \(Self.patience); the next `slipway up` takes over "
                        + "what still runs, `slipway down` removes it")
            }
            print("Slipway in \(directory.path) has ended.")
        }
    }

    private static func tell(_ progress: StartProgress, _ directory: DataDirectory) {
        switch progress {
        case .part(let name, let detail):
            print("  \(name.padding(toLength: 11, withPad: " ", startingAt: 0))\(detail)")
        case .notice(let text): print("  note       \(text)")
        case .ready(let duration):
            let seconds = (duration / .milliseconds(100)).rounded() / 10
            print("Ready after \(seconds) s. Log in with the token in \(directory.token), or:")
            print("export KUBECONFIG=\(directory.kubeconfig.shellQuoted)")
        }
        // The lines are waited for by scripts, so they must not stay in a buffer.
        fflush(nil)
    }
}

/// `slipway down`: ends the process of a directory.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End what `slipway up` runs, and all of its pods.",
        discussion:
            "Everything is kept for the next `slipway up`. After a crash it ends what was left running.")

    @OptionGroup var options: InstallationOptions

    @Option(help: ArgumentHelp("How long to wait for the end.", valueName: "seconds"))
    var timeout = 60

    func run() async throws {
        try await reporting {
            let directory = DataDirectory(try options.settings().data)
            do {
                if let running = try ClusterProcess.find(directory: directory.path) {
                    try await running.end(within: .seconds(timeout))
                    print("Slipway in \(directory.path) has ended.")
                } else if try await ClusterProcess.removeRemains(directory: directory.path) {
                    print("Slipway in \(directory.path) did not run; what it had left is removed.")
                } else {
                    print("Slipway in \(directory.path) does not run.")
                }
            } catch let error as SandboxError {
                throw CommandFailure(.refused, error.description)
            }
        }
    }
}
