import ArgumentParser
import Foundation
import OCI
import Sigstore

/// Where and as whom to sign.
struct SigningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The identity token. Better in a file: arguments can be seen by others.", valueName: "jwt"))
    var identityToken: String?

    @Option(help: ArgumentHelp("A file with the identity token.", valueName: "file"))
    var identityTokenFile: String?

    @Option(help: ArgumentHelp("The certificate authority, with Fulcio's API.", valueName: "url"))
    var fulcioURL: String

    @Option(help: ArgumentHelp("The transparency log, with Rekor's API.", valueName: "url"))
    var rekorURL: String

    @Option(
        help: ArgumentHelp(
            "Check the result against this trusted root before it is given out.", valueName: "file"))
    var trustedRoot: String?

    /// A session for the owner of the token.
    func session() async throws -> SigningSession {
        let signer = KeylessSigner(
            endpoints: SigningEndpoints(certificateAuthority: fulcioURL, transparencyLog: rekorURL),
            trustedRoot: try trustedRoot.map { try TrustedRoot(json: TextFile(name: $0).read()) })
        return try await signer.session(token: try await token())
    }

    private func token() async throws -> IdentityToken {
        if let identityToken { return try IdentityToken(identityToken) }
        if let identityTokenFile {
            return try IdentityToken(
                String(decoding: TextFile(name: identityTokenFile).read(), as: UTF8.self))
        }
        return try await IdentityToken.ambient(
            environment: ProcessInfo.processInfo.environment, exchange: .network())
    }
}

/// A client for registries with the credentials that docker and podman keep.
func withRegistry<Answer>(_ body: (RegistryClient) async throws -> Answer) async throws -> Answer {
    let files = try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)
    return try await RegistryClient.withClient(
        RegistryClient.Configuration(credentials: .docker(files)), body)
}

extension AsyncParsableCommand {
    /// Runs a command's body; what went wrong goes to standard error in one sentence, and the exit code is 2.
    func reportingSignatures(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as CancellationError {
            throw error
        } catch {
            StandardStreams.writeError("Error: \(error)\n")
            throw ExitCode(2)
        }
    }
}
