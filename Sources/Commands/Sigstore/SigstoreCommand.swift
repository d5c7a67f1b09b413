import ArgumentParser
import Foundation
import Logging
import Manifest
import Sigstore

/// `slipway sigstore`: the development certificate authority and transparency log.
struct SigstoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sigstore", abstract: "A certificate authority and a transparency log for development.",
        discussion: """
            Speaks the APIs of Fulcio and Rekor, so that slipway, cosign and sigstore-python sign against it. \
            Whoever holds its directory can sign as anybody: it is not for production.
            """,
        subcommands: [SigstoreServe.self, SigstoreToken.self, SigstoreTrustedRoot.self])
}

/// Where an instance keeps its keys and its log.
struct SigstoreData: ParsableArguments {
    @Option(help: ArgumentHelp("The instance's directory.", valueName: "dir"))
    var data = ".slipway/sigstore"
}

/// `slipway sigstore serve`: serves an instance until it is told to stop.
struct SigstoreServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the APIs of Fulcio and Rekor, for development.",
        discussion: """
            Makes keys at its first start and writes DIR/trusted_root.json and, for sigstore-python, \
            DIR/client_trust_config.json. Prints its address once it is ready.
            """)

    @OptionGroup var data: SigstoreData

    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 5980)

    @Option(
        help: ArgumentHelp(
            "The address for clients where it is another one; without a path.", valueName: "url"))
    var publicURL: String?

    @Option(
        help: ArgumentHelp(
            "A further issuer of tokens, as KIND=URL with KIND github, gitlab, email, kubernetes or subject. May be repeated.",
            valueName: "kind=url"))
    var issuer: [String] = []

    @Flag(
        help: "Tokens of the instance's own issuer are for e-mail addresses, not for addresses of workloads.")
    var email = false

    @Flag(help: "Listen on an address that other machines can reach.")
    var allowRemote = false

    func validate() throws {
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(listen.host)
        if !isLocal, !allowRemote {
            throw ValidationError(
                "\(listen.host) can be reached from other machines; a development instance needs --allow-remote for that"
            )
        }
    }

    func run() async throws {
        try await reportingSignatures {
            var logger = Logger(label: "slipway.sigstore") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .warning
            let directory = data.data
            let server = SigstoreServer(
                SigstoreServer.Configuration(
                    directory: directory, host: listen.host, port: listen.port, publicURL: publicURL,
                    issuers: try issuer.map(Self.issuer), ownMapping: email ? .email : .subject),
                logger: logger
            ) { running in
                let configuration = JSON.write(running.instance.clientConfiguration, options: .pretty)
                try? Data(configuration).write(
                    to: URL(filePath: "\(directory)/client_trust_config.json"), options: .atomic)
                print("DEVELOPMENT signing at \(running.url), not for production")
                print("trusted root: \(directory)/trusted_root.json")
                // The lines are waited for by scripts, so they must not stay in a buffer.
                fflush(nil)
            }
            try await server.run()
        }
    }

    static func issuer(_ text: String) throws -> TokenIssuer {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let mapping: ClaimMapping? =
            switch parts.first {
            case "github": .github()
            case "gitlab": .gitlab()
            case "email": .email
            case "kubernetes": .kubernetes
            case "subject": .subject
            default: nil
            }
        guard parts.count == 2, let mapping else {
            throw ValidationError(
                "--issuer \(text) is not KIND=URL with KIND github, gitlab, email, kubernetes or subject")
        }
        return TokenIssuer(url: parts[1], mapping: mapping)
    }
}
