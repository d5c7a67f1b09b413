public import KubeModel

/// Says whether an image may be promoted: whether it is what was signed.
public protocol DigestVerifier: Sendable {
    /// - Returns: who signed it, for the record; nil where that is not to be told.
    /// - Throws: ``PromotionError`` with code `unsigned` where its signature does not hold, `unavailable` where that
    ///   cannot be found out for now.
    func verify(_ release: ReleaseSpec) async throws -> String?
}

/// Takes the release's own word, for installations in which no policy asks for signatures.
///
/// The digest still is the only thing that is promoted; a moved tag changes nothing.
public struct UnverifiedDigests: DigestVerifier {
    /// A verifier that asks nobody.
    public init() {}

    /// The identity that the release names.
    public func verify(_ release: ReleaseSpec) async throws -> String? { release.signature?.identity }
}
