import ArgumentParser
import Sigstore

/// Who must have signed: an identity with its issuer, or a key.
struct IdentityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The signer's name, byte for byte.", valueName: "name"))
    var identity: String?

    @Option(help: ArgumentHelp("An expression that the whole name matches.", valueName: "regexp"))
    var identityRegexp: String?

    @Option(help: ArgumentHelp("Who vouches for the name, byte for byte.", valueName: "url"))
    var issuer: String?

    @Option(help: ArgumentHelp("An expression that the whole issuer matches.", valueName: "regexp"))
    var issuerRegexp: String?

    @Option(
        name: .customLong("extension"),
        help: ArgumentHelp(
            "An extension of the certificate, such as sourceRepositoryRef=refs/heads/main. May be repeated.",
            valueName: "name=value"))
    var extensions: [String] = []

    @Option(help: ArgumentHelp("A public key (PEM) instead of an identity.", valueName: "file"))
    var key: String?

    @Flag(help: "Expressions may match anywhere; anchor them yourself.")
    var search = false

    func validate() throws {
        if key != nil {
            guard identity == nil, identityRegexp == nil, issuer == nil, issuerRegexp == nil else {
                throw ValidationError("--key stands in place of identity and issuer")
            }
            return
        }
        if (identity == nil) == (identityRegexp == nil) {
            throw ValidationError("say who must have signed: --identity or --identity-regexp, one of the two")
        }
        if (issuer == nil) == (issuerRegexp == nil) {
            throw ValidationError(
                "say who vouches for the signer: --issuer or --issuer-regexp, one of the two")
        }
    }

    func expectation() throws -> SignatureVerifier.Expectation {
        if let key {
            return .key(
                try PublicKey(pemRepresentation: String(decoding: TextFile(name: key).read(), as: UTF8.self)))
        }
        func pattern(_ exact: String?, _ expression: String?) throws -> IdentityPolicy.Pattern {
            if let expression { return search ? try .searching(expression) : try .wholly(expression) }
            return .exact(exact ?? "")
        }
        var wanted: [CertificateExtension: String] = [:]
        for item in extensions {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let kind = CertificateExtension(name: parts[0]) else {
                let names = CertificateExtension.allCases.map(\.name).joined(separator: ", ")
                throw CommandFailure(
                    .refused, "--extension \(item) is not name=value with one of the names \(names)")
            }
            wanted[kind] = parts[1]
        }
        return .identity(
            IdentityPolicy(
                identity: try pattern(identity, identityRegexp), issuer: try pattern(issuer, issuerRegexp),
                extensions: wanted))
    }
}
