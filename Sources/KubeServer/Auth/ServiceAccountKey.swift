import Crypto

/// The key by which a server signs the tokens of service accounts.
public struct ServiceAccountKey: Sendable {
    let key: P256.Signing.PrivateKey

    /// A key for as long as the process lives.
    public init() { key = P256.Signing.PrivateKey() }

    /// The key kept in a directory, made where there is none.
    ///
    /// - Throws: ``ServerError`` with `storage` where the file cannot be read or written, `configuration` where
    ///   it holds no key.
    public init(directory: String) throws {
        let path = "\(directory)/sa.key"
        guard let bytes = try PrivateFile.read(path) else {
            key = P256.Signing.PrivateKey()
            try PrivateFile.write(Array((key.pemRepresentation + "\n").utf8), to: path)
            return
        }
        guard
            let kept = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
        else {
            throw ServerError(
                .configuration,
                "\(path) holds no P-256 key; remove it to have one made, which ends all service account tokens"
            )
        }
        key = kept
    }
}
