public import KubeModel

/// Who must have signed.
///
/// Both parts are always required: a name says nothing without the issuer that vouches for it.
public struct IdentityPolicy: Sendable {
    /// How a text is compared.
    public enum Pattern: Sendable {
        /// Byte for byte: no case folding, no tolerance for a slash.
        case exact(String)
        /// The expression matches somewhere in the text, as cosign matches. Anchor it yourself: an expression without
        /// `^` and `$` accepts every longer text, also an attacker's.
        case search(RegularExpression)

        /// An expression that must match the text from its beginning to its end.
        ///
        /// - Throws: `SigstoreError` with code `configuration` for what is no expression of Go's syntax.
        public static func wholly(_ expression: String) throws(SigstoreError) -> Pattern {
            // Compiled on its own first, so that "a)(b" cannot break out of the group.
            _ = try searching(expression)
            return try searching("^(?:\(expression))$")
        }

        /// An expression that may match anywhere.
        ///
        /// - Throws: as ``wholly(_:)``.
        public static func searching(_ expression: String) throws(SigstoreError) -> Pattern {
            guard !expression.isEmpty, expression.utf8.count <= 4096 else {
                throw SigstoreError(.configuration, "an identity expression must have 1 to 4096 bytes")
            }
            do throws(RegularExpressionFault) {
                return .search(try RegularExpression(expression))
            } catch {
                throw SigstoreError(
                    .configuration, "\"\(expression)\" is no regular expression", cause: error)
            }
        }

        func matches(_ text: String) -> Bool {
            switch self {
            case .exact(let wanted): wanted.utf8.elementsEqual(text.utf8)
            case .search(let expression): expression.matches(text)
            }
        }

        var text: String {
            switch self {
            case .exact(let wanted): "\"\(wanted)\""
            case .search(let expression): "the expression \(expression.source)"
            }
        }
    }

    /// The signer's name, or what it must match.
    public var identity: Pattern
    /// Who vouches for the name, or what that must match.
    public var issuer: Pattern
    /// Further extensions of the certificate that must have exactly these values.
    public var extensions: [CertificateExtension: String]

    /// Asks for an identity and its issuer and, where they are named, for extensions.
    public init(identity: Pattern, issuer: Pattern, extensions: [CertificateExtension: String] = [:]) {
        self.identity = identity
        self.issuer = issuer
        self.extensions = extensions
    }

    /// Checks the signer that a certificate names.
    ///
    /// - Throws: `SigstoreError` with code `policy`, or of ``SigningCertificate/issuer``.
    func check(_ certificate: SigningCertificate) throws(SigstoreError) {
        let issuer = try certificate.issuer
        guard self.issuer.matches(issuer) else {
            throw SigstoreError(.policy, "the issuer is \"\(issuer)\", but \(self.issuer.text) is wanted")
        }
        guard identity.matches(certificate.identity.value) else {
            throw SigstoreError(
                .policy, "the signer is \"\(certificate.identity.value)\", but \(identity.text) is wanted")
        }
        for (kind, wanted) in extensions.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let value = certificate.extensions[kind], value.utf8.elementsEqual(wanted.utf8) else {
                throw SigstoreError(
                    .policy,
                    "the certificate's \(kind.name) is \"\(certificate.extensions[kind] ?? "")\", but \"\(wanted)\" is wanted"
                )
            }
        }
    }
}
