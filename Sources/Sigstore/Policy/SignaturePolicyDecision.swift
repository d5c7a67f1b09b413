public import KubeModel

/// Whether an image may run, and why.
public enum SignatureDecision: Sendable {
    /// The namespace asks for no signatures.
    case notProtected
    /// Every policy is met.
    case allowed([Met])
    /// At least one policy is not met; the reasons say which and why.
    case denied(reasons: [String])
    /// A policy is not met that only warns.
    case warned(reasons: [String], met: [Met])

    /// A policy and the signature that meets it.
    public struct Met: Sendable {
        /// The name of the SignaturePolicy.
        public var policy: String
        /// The signer's name in the certificate.
        public var identity: String
        /// Who vouches for the name.
        public var issuer: String
        /// Where the signature is.
        public var signature: String
        /// Nil where no log took the signature in.
        public var logIndex: Int64?
    }

    /// Whether a pod with the image may be made.
    public var isAllowed: Bool {
        if case .denied = self { false } else { true }
    }
}

/// A policy with its name.
public struct NamedSignaturePolicy: Sendable {
    /// The object's name, for messages.
    public var name: String
    /// What the object demands.
    public var spec: SignaturePolicySpec

    /// Pairs a policy with the name people know it by.
    public init(name: String, spec: SignaturePolicySpec) {
        self.name = name
        self.spec = spec
    }

    /// Whether the policy is about an image in a namespace.
    ///
    /// - Parameter repository: registry and path, without tag and digest.
    public func concerns(repository: String, namespace: String) -> Bool {
        guard spec.images.contains(where: { ImageGlob($0).matches(repository) }) else { return false }
        guard let namespaces = spec.namespaces, !namespaces.isEmpty else { return true }
        return namespaces.contains { ImageGlob($0).matches(namespace) }
    }
}

/// Decides over images, as a pure function of policies, trusted roots and what lies beside the image.
///
/// Admission asks before a pod is made, GitOps before a sync; both get the same answer for the same input.
public struct SignaturePolicyEvaluator: Sendable {
    /// Every policy of the cluster; those about an image are found here.
    public var policies: [NamedSignaturePolicy]
    /// Trusted roots by the names that policies use.
    public var trustedRoots: [String: TrustedRoot]

    /// Decides by these policies, each with the root that it names.
    public init(policies: [NamedSignaturePolicy], trustedRoots: [String: TrustedRoot]) {
        self.policies = policies
        self.trustedRoots = trustedRoots
    }

    /// Whether a namespace with these labels runs signed images only.
    public static func isProtected(namespaceLabels labels: [String: String]) -> Bool {
        labels[SignaturePolicySpec.namespaceLabel] == SignaturePolicySpec.required
    }

    /// Decides over one image.
    ///
    /// An image of a protected namespace that no policy is about is refused: nobody said who may sign it.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the manifest that will run.
    ///   - signatures: everything found beside it.
    public func decide(
        repository: String, digest: [UInt8], namespace: String, namespaceLabels: [String: String],
        signatures: [StoredSignature]
    ) -> SignatureDecision {
        guard Self.isProtected(namespaceLabels: namespaceLabels) else { return .notProtected }
        let image = "\(repository)@sha256:\(Hex.encode(digest))"
        let relevant = policies.filter { $0.concerns(repository: repository, namespace: namespace) }
        guard !relevant.isEmpty else {
            return .denied(reasons: [
                "no SignaturePolicy is about \(repository) in namespace \(namespace); make one that says who may sign it"
            ])
        }
        var met: [SignatureDecision.Met] = []
        var faults: [String] = []
        var warnings: [String] = []
        for policy in relevant.sorted(by: { $0.name < $1.name }) {
            let wanted = [PredicateType.imageSignature] + (policy.spec.attestations ?? [])
            for predicateType in wanted {
                switch check(policy, predicateType, digest, signatures) {
                case .success(let found): met.append(found)
                case .failure(let error):
                    let text = "\(image) does not meet the SignaturePolicy \(policy.name): \(error.message)"
                    if policy.spec.mode == .warn { warnings.append(text) } else { faults.append(text) }
                }
            }
        }
        if !faults.isEmpty { return .denied(reasons: faults + warnings) }
        return warnings.isEmpty ? .allowed(met) : .warned(reasons: warnings, met: met)
    }

    /// One fully valid signature by any authority is enough; the faults of the others are only reported.
    private func check(
        _ policy: NamedSignaturePolicy, _ predicateType: String, _ digest: [UInt8],
        _ signatures: [StoredSignature]
    ) -> Result<SignatureDecision.Met, SigstoreError> {
        let what =
            predicateType == PredicateType.imageSignature ? "signature" : "statement of \(predicateType)"
        guard !signatures.isEmpty else {
            return .failure(SigstoreError(.missing, "it has no \(what); build it with a pipeline that signs"))
        }
        var reasons: [String] = []
        for (index, authority) in policy.spec.authorities.enumerated() {
            let name = authority.name ?? "authority \(index + 1)"
            guard let root = trustedRoots[authority.trustedRoot] else {
                reasons.append("\(name): the trusted root \"\(authority.trustedRoot)\" is not known")
                continue
            }
            let expectation: SignatureVerifier.Expectation
            do throws(SigstoreError) {
                expectation = .identity(try IdentityPolicy(authority))
            } catch {
                reasons.append("\(name): \(error.message)")
                continue
            }
            let verifier = SignatureVerifier(trustedRoot: root)
            for signature in signatures {
                let report = verifier.verify(
                    signature, ofImage: digest, by: expectation, predicateTypes: [predicateType])
                if let result = report.result {
                    return .success(
                        SignatureDecision.Met(
                            policy: policy.name, identity: result.certificate?.identity.value ?? "",
                            issuer: (try? result.certificate?.issuer) ?? "", signature: signature.name,
                            logIndex: result.logEntries.first?.logIndex))
                }
                guard let error = report.error else { continue }
                let check = report.failedCheck.map { "check of \($0.rawValue): " } ?? ""
                reasons.append("\(name), \(signature.name): \(check)\(error.message)")
            }
        }
        let shown = reasons.prefix(5).joined(separator: "; ") + (reasons.count > 5 ? "; …" : "")
        return .failure(SigstoreError(.policy, "no valid \(what) by one of its authorities (\(shown))"))
    }
}

extension IdentityPolicy {
    /// The identity that an authority of a policy asks for.
    ///
    /// - Throws: `SigstoreError` with code `configuration` where a part is missing, twice or no expression.
    public init(_ authority: SignaturePolicySpec.Authority) throws(SigstoreError) {
        func pattern(_ exact: String?, _ expression: String?, _ what: String) throws(SigstoreError) -> Pattern
        {
            switch (exact, expression) {
            case (let text?, nil) where !text.isEmpty: return .exact(text)
            case (nil, let text?): return try .wholly(text)
            default:
                throw SigstoreError(.configuration, "exactly one of \(what) and \(what)RegExp must be given")
            }
        }
        var extensions: [CertificateExtension: String] = [:]
        for (name, value) in authority.extensions ?? [:] {
            guard let kind = CertificateExtension(name: name) else {
                throw SigstoreError(
                    .configuration, "\"\(name)\" is no extension of certificates that this program knows")
            }
            extensions[kind] = value
        }
        self.init(
            identity: try pattern(authority.identity, authority.identityRegExp, "identity"),
            issuer: try pattern(authority.issuer, authority.issuerRegExp, "issuer"), extensions: extensions)
    }
}
