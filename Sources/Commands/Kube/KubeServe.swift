import ArgumentParser
import Foundation
import KubeServer
import Logging
import ServiceLifecycle
import UnixSignals

/// `slipway kube serve`: runs the API server until it is told to stop.
struct KubeServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a Kubernetes API that kubectl works against.",
        discussion: """
            Writes a kubeconfig and prints the line that makes kubectl use it; stop the server with Ctrl-C.

            With --data, objects are kept in DIR/cluster.db, keys and the token in DIR/keys, and the kubeconfig in \
            DIR/kubeconfig, so that a restart changes nothing for clients. Without it, objects are in memory and \
            gone when the server stops, and the kubeconfig is ./slipway.kubeconfig.
            """)

    @Option(help: ArgumentHelp("Keep objects, keys and token in this directory.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 6443)

    @Option(
        help: ArgumentHelp(
            "The administrator's token. Without it, one is made and kept in DIR/keys/token.",
            valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("Where to write the kubeconfig.", valueName: "file"))
    var kubeconfig: String?

    @Flag(help: "Serve HTTPS with a certificate of the server's own, which the kubeconfig names.")
    var tls = false

    func validate() throws {
        if let token, token.isEmpty || token.contains(where: \.isWhitespace) {
            throw ValidationError("--token must not be empty or hold white space")
        }
    }

    func run() async throws {
        let setup: KubeServeSetup
        let server: APIServer
        do {
            setup = try KubeServeSetup(
                .init(data: data, listen: listen, token: token, kubeconfig: kubeconfig, usesTLS: tls))
            server = try await APIServer.open(setup.configuration)
        } catch let error as ServerError {
            throw ValidationFailure(error.message)
        }
        var logger = Logger(label: "slipway.kube") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let listener = HTTPListener(
            server, host: listen.host, port: listen.port, tls: try setup.certificate?.configuration,
            logger: logger
        ) { port in
            do {
                try setup.writeKubeconfig(port: port)
                print("export KUBECONFIG=\(setup.kubeconfigPath.shellQuoted)")
            } catch {
                FileHandle.standardError.write(Data("slipway: \(error)\n".utf8))
            }
            // The line is waited for by scripts, so it must not stay in a buffer.
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: listener), .init(service: APIServerService(server: server))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            throw ValidationFailure(setup.describe(error))
        }
        try server.close()
    }
}

/// Ends the command with a message and without the usage text, which would not help.
struct ValidationFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Lets the server do what goes on between requests for as long as the listener runs.
struct APIServerService: Service {
    let server: APIServer

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await server.run() }
        } catch is CancellationError {
            // Being told to stop is no failure.
        }
    }
}

extension String {
    /// The text as one word of a shell's command line.
    var shellQuoted: String {
        let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%"
        if !isEmpty, allSatisfy(plain.contains) { return self }
        return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
