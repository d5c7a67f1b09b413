public import OCI

/// What verifying an image has found.
public struct ImageVerification: Sendable {
    /// The image by digest: what was verified, whatever its tag names later.
    public let image: Reference
    /// One report for everything that was found beside the image.
    public let reports: [VerificationReport]

    /// The signatures that passed every check.
    public var valid: [VerifiedSignature] { reports.compactMap(\.result) }
}

extension ImageSignatures {
    /// Verifies an image: one fully valid signature is enough, the faults of others are reported.
    ///
    /// A tag is resolved once; everything after works on the digest.
    ///
    /// - Parameters:
    ///   - predicateTypes: the kinds of statement that count; by default only that the image is signed.
    ///   - bindsRepository: whether a signature of the tag layout must name this repository.
    /// - Throws: `OCIError` where the registry cannot be read.
    public func verify(
        _ reference: Reference, trustedRoot: TrustedRoot, by expectation: SignatureVerifier.Expectation,
        predicateTypes: Set<String> = [PredicateType.imageSignature], bindsRepository: Bool = false
    ) async throws -> ImageVerification {
        let document = try await client.manifest(reference.withDefaultTag)
        guard let digest = Hex.decode(document.digest.hex), digest.count == 32 else {
            throw SigstoreError(
                .unsupported, "signatures are over SHA-256, but the image is \(document.digest)")
        }
        let verifier = SignatureVerifier(trustedRoot: trustedRoot)
        let signatures = try await all(of: document.digest, in: reference)
        let reports = signatures.map { signature in
            verifier.verify(
                signature, ofImage: digest, manifest: document.bytes,
                reference: bindsRepository ? reference.name : nil, by: expectation,
                predicateTypes: predicateTypes)
        }
        return ImageVerification(image: reference.with(document.digest), reports: reports)
    }
}
