import ArgumentParser
import Foundation
import Manifest
import OCI
import Sigstore

/// `slipway sign`: signs an image or a file without a key that must be kept.
struct Sign: AsyncParsableCommand {
    /// How a signature is stored beside an image.
    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case both, bundle, tag
    }

    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image or a file keylessly.",
        discussion: """
            Makes a key for one use, has it certified for the owner of an identity token, signs, records the \
            signature in a transparency log, and forgets the key. The token comes from an option, from \
            SIGSTORE_ID_TOKEN, from a GitHub workflow or from the platform's token file.

            An image is signed by digest, in both layouts: as a bundle that refers to it (cosign 3, OCI 1.1), and \
            under the tag sha256-….sig (cosign 1 and 2).

            EXAMPLES
              slipway sign registry.example/shop@sha256:… --fulcio-url URL --rekor-url URL
              slipway sign --file release.tgz --bundle release.sigstore.json --fulcio-url URL --rekor-url URL
              slipway sign IMAGE --statement provenance.json --type slsaprovenance1 …
            """)

    @Argument(help: "The image, by tag or digest.") var image: String?

    @Option(help: ArgumentHelp("Sign this file instead of an image.", valueName: "file"))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Where to write the bundle of a signed file; - for standard output.", valueName: "file"))
    var bundle = "-"

    @Option(help: "How to store the signature of an image.")
    var layout: Layout = .both

    @Option(help: ArgumentHelp("Attest this predicate (JSON) instead of signing.", valueName: "file"))
    var statement: String?

    @Option(
        help: ArgumentHelp(
            "The type of the predicate: slsaprovenance1, cyclonedx, spdxjson, vuln, … or an address.",
            valueName: "type"))
    var type: String?

    @OptionGroup var signing: SigningOptions

    func validate() throws {
        if (image == nil) == (file == nil) {
            throw ValidationError("give an image or --file, one of the two")
        }
        if (statement == nil) != (type == nil) { throw ValidationError("--statement and --type go together") }
    }

    func run() async throws {
        try await reportingSignatures {
            if let file { try await signFile(file) } else if let image { try await signImage(image) }
        }
    }

    private func signFile(_ name: String) async throws {
        let bytes = try TextFile(name: name).read()
        let session = try await signing.session()
        let result: SignatureBundle
        if let predicate = try predicate() {
            let subject = Statement.Subject(
                name: URL(filePath: name).lastPathComponent, sha256: Artifact(bytes).digest)
            result = try await session.sign(
                Statement(subjects: [subject], predicateType: predicate.type, predicate: predicate.value))
        } else {
            result = try await session.sign(bytes)
        }
        if bundle == "-" {
            try StandardStreams.writeOutput(result.json + [UInt8(ascii: "\n")])
        } else {
            try Data(result.json).write(to: URL(filePath: bundle), options: .atomic)
        }
        report(session, "file \(name)", result.logEntries.first)
    }

    private func signImage(_ text: String) async throws {
        let reference = try Reference(parsing: text)
        try await withRegistry { client in
            let image = try await client.resolve(reference.withDefaultTag)
            guard let digest = Hex.decode(image.digest.hex), digest.count == 32 else {
                throw CommandFailure(
                    .refused, "signatures are over SHA-256, but the image is \(image.digest)")
            }
            let store = ImageSignatures(client)
            let session = try await signing.session()
            let pinned = reference.with(image.digest)
            if let predicate = try predicate() {
                let subject = Statement.Subject(name: reference.name, sha256: digest)
                let bundle = try await session.sign(
                    Statement(subjects: [subject], predicateType: predicate.type, predicate: predicate.value))
                _ = try await store.attach(bundle, to: image, in: reference, at: Date())
                return report(
                    session, "statement of \(predicate.type) about \(pinned)", bundle.logEntries.first)
            }
            var entry: LogEntry?
            if layout != .tag {
                let bundle = try await session.sign(
                    Statement.imageSignature(sha256: digest, name: reference.name))
                _ = try await store.attach(bundle, to: image, in: reference, at: Date())
                entry = bundle.logEntries.first
            }
            if layout != .bundle {
                let signature = try await session.signLegacy(
                    reference: reference.name, digest: image.digest.description)
                try await store.attach(signature, chain: session.chain, to: image.digest, in: reference)
                entry = entry ?? signature.logEntry
            }
            report(session, "image \(pinned)", entry)
        }
    }

    private func predicate() throws -> (type: String, value: Value)? {
        guard let statement, let type else { return nil }
        return (PredicateType.named(type), try JSON.parse(TextFile(name: statement).read()))
    }

    private func report(_ session: SigningSession, _ what: String, _ entry: LogEntry?) {
        let issuer = (try? session.certificate.issuer) ?? ""
        StandardStreams.writeError(
            "Signed \(what)\n  as \(session.certificate.identity.value)\n  vouched for by \(issuer)\n"
                + (entry.map { "  log entry \($0.logIndex) at \(signing.rekorURL)\n" } ?? ""))
    }
}
