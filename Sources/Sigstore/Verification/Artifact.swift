/// What a signature is said to be over.
public struct Artifact: Sendable {
    /// SHA-256 of the artifact.
    public let digest: [UInt8]
    /// The artifact itself, nil where only its digest is known.
    public let bytes: [UInt8]?

    /// An artifact at hand.
    public init(_ bytes: some Sequence<UInt8>) {
        let bytes = [UInt8](bytes)
        self.bytes = bytes
        digest = sha256(bytes)
    }

    /// An artifact of which the SHA-256 is known, such as an image's manifest.
    ///
    /// Signatures over the artifact by keys other than P-256 cannot be checked so: they need the bytes.
    public init(sha256 digest: [UInt8]) {
        self.digest = digest
        bytes = nil
    }

    func digest(_ algorithm: HashAlgorithm) -> [UInt8]? {
        if algorithm == .sha256 { return digest }
        return bytes.map { algorithm.hash($0) }
    }
}
