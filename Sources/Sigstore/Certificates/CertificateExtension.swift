/// What Fulcio writes into a certificate about the token it was issued for: the arcs of 1.3.6.1.4.1.57264.1.
///
/// Arcs up to 6 hold the bytes of the text, later ones a DER UTF8String.
public enum CertificateExtension: Int, Sendable, Hashable, CaseIterable {
    case issuer = 1
    case workflowTrigger = 2
    case workflowDigest = 3
    case workflowName = 4
    case workflowRepository = 5
    case workflowRef = 6
    case issuerV2 = 8
    case buildSignerURI = 9
    case buildSignerDigest = 10
    case runnerEnvironment = 11
    case sourceRepositoryURI = 12
    case sourceRepositoryDigest = 13
    case sourceRepositoryRef = 14
    case sourceRepositoryIdentifier = 15
    case sourceRepositoryOwnerURI = 16
    case sourceRepositoryOwnerIdentifier = 17
    case buildConfigURI = 18
    case buildConfigDigest = 19
    case buildTrigger = 20
    case runInvocationURI = 21
    case sourceRepositoryVisibility = 22
    case deploymentEnvironment = 23
    case tokenSubject = 24

    /// Whether the value is the text itself, without a DER string around it.
    var isRaw: Bool { rawValue <= 6 }

    /// The words of the extension's registry, in lower camel case: `sourceRepositoryRef`.
    public var name: String { String(describing: self) }

    /// The extension with a name, nil for every other word.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
