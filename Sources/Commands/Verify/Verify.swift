import ArgumentParser
import Foundation
import Manifest
import OCI
import Sigstore

/// `slipway verify`: verifies the signature of an image or a file.
struct Verify: AsyncParsableCommand {
    /// How the verdict is printed.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify who signed an image or a file.",
        discussion: """
            Every check is named with its outcome. Needs nobody's answer but the registry's: keys and certificates \
            come from the trusted root file alone. Expressions must match the whole name; --search lets them match \
            anywhere in it, as cosign's do.

            Ends with 0 where a signature is valid, 1 where none is, 2 where it could not be found out.

            EXAMPLES
              slipway verify registry.example/shop:TAG --identity https://ci.example/shop --issuer https://ci.example \\
                --trusted-root trusted_root.json
              slipway verify --file release.tgz --bundle release.sigstore.json --identity … --issuer … --trusted-root …
              slipway verify IMAGE --type slsaprovenance1 …
            """)

    @Argument(help: "The image, by tag or digest.") var image: String?

    @Option(help: ArgumentHelp("Verify this file, or sha256:HEX, instead of an image.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("The bundle with the file's signature.", valueName: "file"))
    var bundle: String?

    @OptionGroup var identity: IdentityOptions

    @Option(help: ArgumentHelp("The trusted root.", valueName: "file"))
    var trustedRoot: String

    @Option(
        help: ArgumentHelp(
            "The kind of statement wanted; for images that they are signed, for files any.", valueName: "type"
        ))
    var type: [String] = []

    @Flag(help: "A signature under the image's tag must name this very repository.")
    var bindRepository = false

    @Option(name: .shortAndLong, help: "How to print the verdict.")
    var output: Output = .text

    func validate() throws {
        if (image == nil) == (file == nil) {
            throw ValidationError("give an image or --file, one of the two")
        }
        if (file == nil) != (bundle == nil) { throw ValidationError("--file and --bundle go together") }
    }

    func run() async throws {
        try await reportingSignatures {
            let root = try TrustedRoot(json: TextFile(name: trustedRoot).read())
            let verdict = try await verdict(root, try identity.expectation())
            switch output {
            case .text: try StandardStreams.writeOutput(Array(verdict.text.utf8))
            case .json: try StandardStreams.writeOutput(JSON.write(verdict.value, options: .pretty) + [0x0a])
            }
            if !verdict.isValid { throw ExitCode(1) }
        }
    }

    private func verdict(
        _ root: TrustedRoot, _ expectation: SignatureVerifier.Expectation
    ) async throws -> SignatureVerdict {
        let types = Set(type.map { PredicateType.named($0) })
        if let file, let bundle {
            let artifact: Artifact
            if file.hasPrefix("sha256:") {
                guard let digest = Hex.decode(file.dropFirst(7)), digest.count == 32 else {
                    throw CommandFailure(
                        .refused, "\(file) is no SHA-256 in 64 lower-case hexadecimal digits")
                }
                artifact = Artifact(sha256: digest)
            } else {
                artifact = Artifact(try TextFile(name: file).read())
            }
            let report: VerificationReport
            do throws(SigstoreError) {
                let read = try SignatureBundle(json: (try? TextFile(name: bundle).read()) ?? [])
                report = SignatureVerifier(trustedRoot: root).verify(
                    read, of: artifact, by: expectation, predicateTypes: types.isEmpty ? nil : types,
                    name: bundle)
            } catch {
                report = VerificationReport(name: bundle, refused: error)
            }
            return SignatureVerdict(artifact: file, digest: artifact.digest, reports: [report], root: root)
        }
        let reference = try Reference(parsing: image ?? "")
        return try await withRegistry { client in
            let result = try await ImageSignatures(client).verify(
                reference, trustedRoot: root, by: expectation,
                predicateTypes: types.isEmpty ? [PredicateType.imageSignature] : types,
                bindsRepository: bindRepository)
            return SignatureVerdict(
                artifact: result.image.description, digest: Hex.decode(result.image.digest?.hex ?? "") ?? [],
                reports: result.reports, root: root)
        }
    }
}
