import Crypto
import Foundation
import SwiftASN1
import X509

/// An authority with certificates for a server at 127.0.0.1 or `kubernetes`, and for a client.
struct TestCertificates: Sendable {
    let authority: String
    let server: (certificate: String, key: String)
    let client: (certificate: String, key: String)

    /// - Parameter namesAddress: whether the server's certificate is good for its address too.
    init(namesAddress: Bool = true) throws {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("test-ca") }
        func issue(
            _ subject: DistinguishedName, _ subjectKey: P256.Signing.PrivateKey,
            _ extensions: Certificate.Extensions
        ) throws -> String {
            try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(subjectKey.publicKey),
                notValidBefore: Date().addingTimeInterval(-60),
                notValidAfter: Date().addingTimeInterval(3600), issuer: name, subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: .init(key)
            ).serializeAsPEM().pemString
        }
        authority = try issue(
            name, key,
            try .init {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            })
        let serverKey = P256.Signing.PrivateKey()
        server = (
            try issue(
                try .init { CommonName("server") }, serverKey,
                try .init {
                    SubjectAlternativeNames(
                        [.dnsName("kubernetes")]
                            + (namesAddress
                                ? [.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))] : []))
                }), serverKey.pemRepresentation
        )
        let clientKey = P256.Signing.PrivateKey()
        client = (
            try issue(try .init { CommonName("alice") }, clientKey, .init()), clientKey.pemRepresentation
        )
    }
}
