/// Something that was found beside an image and says it is a signature.
public struct StoredSignature: Sendable {
    /// What was found.
    public enum Content: Sendable {
        /// A bundle that refers to the image.
        case bundle(SignatureBundle)
        /// A layer of the image's `.sig` tag.
        case legacy(LegacySignature)
        /// Something that could not be read, and why.
        case unreadable(SigstoreError)
    }

    /// Where it is: a digest, for messages and evidence.
    public var name: String
    /// What was found, or why it cannot be read.
    public var content: Content

    /// What was found beside an image, by the name of where.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

extension SignatureVerifier {
    /// Verifies whatever was found beside an image.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the image's manifest.
    ///   - manifest: the manifest itself, which signatures over it by some keys need.
    public func verify(
        _ signature: StoredSignature, ofImage digest: [UInt8], manifest: [UInt8]? = nil,
        reference: String? = nil,
        by expectation: Expectation, predicateTypes: Set<String>?
    ) -> VerificationReport {
        switch signature.content {
        case .bundle(let bundle):
            let artifact = manifest.map { Artifact($0) } ?? Artifact(sha256: digest)
            return verify(
                bundle, of: artifact, by: expectation, predicateTypes: predicateTypes, name: signature.name)
        case .legacy(let legacy):
            // A payload of this layout is a signature and never another kind of statement.
            guard predicateTypes?.contains(PredicateType.imageSignature) ?? true else {
                return VerificationReport(
                    name: signature.name,
                    refused: SigstoreError(
                        .policy, "it is a signature, but another kind of statement is wanted"))
            }
            return verify(
                legacy, ofImage: digest, reference: reference, by: expectation, name: signature.name)
        case .unreadable(let error): return VerificationReport(name: signature.name, refused: error)
        }
    }
}

extension VerificationReport {
    /// A report about something that has not got as far as to be verified.
    public init(name: String, refused error: SigstoreError) {
        self.init(name: name)
        checks.append((.structure, .failed(error)))
        fail(error)
    }
}
