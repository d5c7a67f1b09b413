import Crypto
import FoundationEssentials

/// Verifies signatures offline against a trusted root, failing closed.
///
/// Where the known verifiers disagree, the stricter one is followed: sizes of checkpoint and proof must agree, both
/// issuer extensions must agree, key usages are demanded, every key and authority is used within its time only, and a
/// timestamp that cannot be verified is an error even beside one that can.
///
///     let verifier = SignatureVerifier(trustedRoot: root)
///     let report = verifier.verify(bundle, of: artifact, by: .identity(policy))
///     guard let signature = report.result else { throw … }
public struct SignatureVerifier: Sendable {
    /// Who must have signed.
    public enum Expectation: Sendable {
        /// A person or workload, by a certificate.
        case identity(IdentityPolicy)
        /// The holder of a key.
        case key(PublicKey)
    }

    /// What is believed, and when.
    public let trustedRoot: TrustedRoot

    /// Believes what the root names, and nothing else.
    public init(trustedRoot: TrustedRoot) { self.trustedRoot = trustedRoot }

    /// Verifies a bundle.
    ///
    /// - Parameters:
    ///   - predicateTypes: the kinds of statement that count; nil for any. A signature over the artifact itself, which
    ///     has none, counts where ``PredicateType/imageSignature`` does.
    ///   - name: what the report calls the bundle.
    public func verify(
        _ bundle: SignatureBundle, of artifact: Artifact, by expectation: Expectation,
        predicateTypes: Set<String>? = nil,
        name: String = "bundle"
    ) -> VerificationReport {
        var report = VerificationReport(name: name)
        do throws(SigstoreError) {
            let signer = try report.run(.structure) {
                () throws(SigstoreError) -> (detail: String, value: EntryContent.SignerMaterial) in
                try self.signer(of: bundle, expected: expectation)
            }
            let subject = try report.attempt(.subject) { () throws(SigstoreError) in
                try Self.subject(of: bundle, artifact, signer)
            }
            let content = EntryContent(subject: subject, signature: bundle.signature, signer: signer)
            let proofs = Proofs(
                entries: bundle.logEntries, timestamps: bundle.timestamps,
                requiresInclusion: bundle.version >= .version02)
            let times = try verify(proofs, content, expectation, &report) { () throws(SigstoreError) in
                try Self.checkSignature(bundle, artifact, signer)
            }
            let statement = try report.run(.subject) { () throws(SigstoreError) in
                try Self.statement(of: bundle, artifact, predicateTypes)
            }
            report.result = VerifiedSignature(
                certificate: content.certificate, times: times, logEntries: bundle.logEntries,
                statement: statement,
                digest: artifact.digest)
        } catch {
            report.fail(error)
        }
        return report
    }

    /// The proofs that come with a signature.
    struct Proofs {
        var entries: [LogEntry]
        var timestamps: [[UInt8]]
        /// Whether the way to a signed root must be there; otherwise the log's promise is enough.
        var requiresInclusion: Bool
    }

    /// The checks that all forms of signature share, in their order.
    func verify(
        _ proofs: Proofs, _ content: EntryContent, _ expectation: Expectation,
        _ report: inout VerificationReport,
        signature check: () throws(SigstoreError) -> String
    ) throws(SigstoreError) -> [Date] {
        var times = try report.run(.transparencyLog) { () throws(SigstoreError) in try checkLog(proofs) }
        times = try report.run(.time) { () throws(SigstoreError) in
            try checkTimes(times, proofs, content.signature)
        }
        if let certificate = content.certificate {
            let authority = try report.run(.certificate) { () throws(SigstoreError) in
                try checkChain(certificate, at: times)
            }
            try report.run(.certificateTransparency) { () throws(SigstoreError) in
                (try checkTransparency(of: certificate, issuedBy: authority), ())
            }
            try report.run(.identity) { () throws(SigstoreError) in
                guard case .identity(let policy) = expectation else {
                    throw SigstoreError(.policy, "a key is wanted, but the signature is by a certificate")
                }
                try policy.check(certificate)
                return ("\(certificate.identity.value), vouched for by \(try certificate.issuer)", ())
            }
        } else {
            for check in [VerificationReport.Check.certificate, .certificateTransparency, .identity] {
                report.skip(check, "signed by a key")
            }
        }
        try report.run(.signature) { () throws(SigstoreError) in (try check(), ()) }
        try report.run(.entry) { () throws(SigstoreError) in
            for entry in proofs.entries { try content.check(entry) }
            return ("the log recorded this signature by this signer", ())
        }
        return times
    }

    private func signer(
        of bundle: SignatureBundle, expected: Expectation
    ) throws(SigstoreError) -> (detail: String, value: EntryContent.SignerMaterial) {
        switch (bundle.signer, expected) {
        case (.certificate(let bytes), _):
            let certificate = try SigningCertificate(derRepresentation: bytes)
            return ("bundle \(bundle.version.rawValue) with a certificate", .certificate(certificate))
        case (.publicKey, .key(let key)):
            return ("bundle \(bundle.version.rawValue) signed by a key", .key(key))
        case (.publicKey, .identity):
            throw SigstoreError(.policy, "an identity is wanted, but the bundle is signed by a bare key")
        }
    }
}

extension EntryContent {
    var certificate: SigningCertificate? {
        if case .certificate(let certificate) = signer { certificate } else { nil }
    }

    var publicKey: PublicKey {
        switch signer {
        case .certificate(let certificate): certificate.publicKey
        case .key(let key): key
        }
    }
}
