import SwiftASN1

/// The two identifiers of a SubjectPublicKeyInfo that say what kind of key it holds (RFC 5280 §4.1.2.7).
struct SubjectPublicKeyInfo: DERParseable {
    static let ecPublicKey: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
    static let p256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 3, 1, 7]
    static let p384: ASN1ObjectIdentifier = [1, 3, 132, 0, 34]
    static let p521: ASN1ObjectIdentifier = [1, 3, 132, 0, 35]
    static let ed25519: ASN1ObjectIdentifier = [1, 3, 101, 112]
    static let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 1]

    let algorithm: ASN1ObjectIdentifier
    /// The curve, nil where the parameters are no identifier.
    let parameters: ASN1ObjectIdentifier?

    init(derEncoded node: ASN1Node) throws {
        (algorithm, parameters) = try DER.sequence(node, identifier: .sequence) { fields in
            guard let identifier = fields.next() else {
                throw ASN1Error.invalidASN1Object(reason: "no algorithm")
            }
            let names = try DER.sequence(identifier, identifier: .sequence) { inner in
                let algorithm = try ASN1ObjectIdentifier(derEncoded: &inner)
                let parameters = inner.next().flatMap { try? ASN1ObjectIdentifier(derEncoded: $0) }
                return (algorithm, parameters)
            }
            _ = try ASN1BitString(derEncoded: &fields)
            return names
        }
    }
}
