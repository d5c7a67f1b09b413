import ArgumentParser
import Foundation
import Logging
import OCI
import ServiceLifecycle
import UnixSignals

/// `slipway registry serve`: runs the registry until it is told to stop.
struct RegistryServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve an image registry that docker, podman and skopeo work against.",
        discussion: """
            Images are tagged with the full SHA of a commit, and a tag that exists never changes; --any-tag and \
            --moving-tags lift these rules. Prints the address it listens on; stop the registry with Ctrl-C.

            Passwords are read from a file with lines USER:PASSWORD, so that they are in nobody's list of processes. \
            Without one, everybody who reaches the address may push.
            """)

    @Option(help: ArgumentHelp("Keep images in this directory.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 5000)

    @Option(help: ArgumentHelp("Serve HTTPS with this certificate, in PEM.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp("Let only these users in: a file with lines USER:PASSWORD.", valueName: "file"))
    var passwords: String?

    @Flag(help: "Let everybody pull, also where there are passwords.")
    var anonymousPull = false

    @Flag(help: "Take tags that are no commit's SHA.")
    var anyTag = false

    @Flag(help: "Let a tag that exists be pushed again with another image.")
    var movingTags = false

    @Flag(help: "Refuse to delete.")
    var keepEverything = false

    func validate() throws {
        if (certificate == nil) != (key == nil) {
            throw ValidationError("--certificate and --key belong together")
        }
        if anonymousPull, passwords == nil { throw ValidationError("--anonymous-pull needs --passwords") }
    }

    func run() async throws {
        try await reportingImages {
            var configuration = RegistryServer.Configuration(
                directory: data, host: listen.host, port: listen.port,
                policy: RegistryPolicy(
                    tags: anyTag ? .any : .commit, hasImmutableTags: !movingTags,
                    allowsDeletion: !keepEverything),
                access: try access())
            if let certificate, let key {
                try configuration.useTLS(certificateFile: certificate, keyFile: key)
            }
            let scheme = certificate == nil ? "http" : "https"
            let host = listen.clientHost
            var logger = Logger(label: "slipway.registry") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .warning
            let server = try RegistryServer(configuration, logger: logger) { port in
                print("\(scheme)://\(ListenAddress(host: host, port: port))")
                // The line is waited for by scripts, so it must not stay in a buffer.
                fflush(nil)
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger))
            do { try await group.run() } catch {
                throw CommandFailure(.refused, "cannot serve on \(listen): \(error)")
            }
        }
    }

    private func access() throws -> RegistryGuard {
        guard let passwords else { return .open }
        let text = String(decoding: try TextFile(name: passwords).read(), as: UTF8.self)
        var users: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                throw CommandFailure(.refused, "\(passwords): each line must be USER:PASSWORD")
            }
            users[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        guard !users.isEmpty else { throw CommandFailure(.refused, "\(passwords) names no user") }
        return .passwords(users, allowsAnonymousPull: anonymousPull)
    }
}
