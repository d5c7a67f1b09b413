import ArgumentParser
import Foundation
import Manifest
import Sigstore

/// `slipway sigstore token`: an identity token of a development instance's own issuer.
struct SigstoreToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print an identity token for development.",
        discussion: "Needs the instance's directory: it is never handed out over a network.")

    @OptionGroup var data: SigstoreData

    @Option(help: ArgumentHelp("The instance's address, as it was printed.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The subject: an address of the workload.", valueName: "uri"))
    var subject = "urn:slipway:development"

    @Option(
        help: ArgumentHelp(
            "An e-mail address, for an instance that was started with --email.", valueName: "address"))
    var email: String?

    func run() async throws {
        try await reportingSignatures {
            guard FileManager.default.fileExists(atPath: data.data + "/keys/token-issuer.pem") else {
                throw CommandFailure(
                    .notFound, "\(data.data) holds no instance; start one with: slipway sigstore serve")
            }
            let issuer = try await DevelopmentTokenIssuer(directory: data.data + "/keys", url: url)
            var claims: Object = [:]
            if let email {
                claims["email"] = .string(email)
                claims["email_verified"] = true
            }
            print(
                try issuer.token(
                    subject: subject, claims: claims, at: Date(), identifier: UUID().uuidString.lowercased()))
        }
    }
}

/// `slipway sigstore trusted-root`: what verifiers of an instance's signatures believe.
struct SigstoreTrustedRoot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trusted-root", abstract: "Print the trusted root of a development instance.")

    @OptionGroup var data: SigstoreData

    func run() async throws {
        try await reportingSignatures {
            let bytes = try TextFile(name: data.data + "/trusted_root.json").read()
            _ = try TrustedRoot(json: bytes)
            try StandardStreams.writeOutput(bytes)
        }
    }
}
