import FoundationEssentials
import SwiftASN1
import X509

/// Issues certificates of ten minutes for one signature, in Fulcio's profile, each with a promise of a CT log.
struct CertificateIssuer: Sendable {
    static let lifetime = 600.0

    let key: PrivateKey
    let certificateLog: PrivateKey
    /// DER: this issuer first, the root last.
    let chain: [[UInt8]]
    private let issuer: Certificate
    private let issuerKeyHash: [UInt8]

    init(key: PrivateKey, certificateLog: PrivateKey, chain: [[UInt8]]) throws(SigstoreError) {
        guard let first = chain.first else {
            throw SigstoreError(.configuration, "the issuer has no certificate")
        }
        self.key = key
        self.certificateLog = certificateLog
        self.chain = chain
        do {
            issuer = try Certificate(derEncoded: first)
            issuerKeyHash = sha256(try CertificateStructure(derEncoded: first).publicKey)
        } catch {
            throw SigstoreError(.malformed, "the issuer's certificate cannot be read", cause: error)
        }
    }

    /// Issues a certificate.
    ///
    /// The log signs the certificate as it is without its promise; then the promise becomes its last extension, and
    /// everything else stays byte for byte.
    ///
    /// - Throws: `SigstoreError` with code `refused`.
    func issue(
        to publicKey: PublicKey, _ identity: SigningCertificate.Identity,
        _ extensions: [CertificateExtension: String], at now: Date
    ) throws(SigstoreError) -> [UInt8] {
        do {
            let start = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
            let serial = Certificate.SerialNumber()
            let subject = try Certificate.PublicKey(derEncoded: publicKey.derRepresentation)
            var list = try profile(subject, identity, extensions)
            let draft = try certificate(subject, serial, start, list)
            let timestamp = try promise(for: draft, at: now)
            try list.append(
                Certificate.Extension(
                    oid: CertificateStructure.signedCertificateTimestamps, critical: false,
                    value: SignedCertificateTimestamp.extensionValue([timestamp])[...]))
            let final = try certificate(subject, serial, start, list)
            guard
                try CertificateStructure(derEncoded: final).withoutTimestamps == Array(Self.signedPart(draft))
            else {
                throw SigstoreError(
                    .invalidSignature, "the certificate differs from what its log has promised to show")
            }
            return final
        } catch let error as SigstoreError {
            throw error
        } catch {
            throw SigstoreError(
                .refused, "no certificate can be issued for this key and identity", cause: error)
        }
    }

    private func promise(for draft: [UInt8], at now: Date) throws -> SignedCertificateTimestamp {
        let milliseconds = UInt64((now.timeIntervalSince1970 * 1000).rounded(.down))
        let signed = SignedCertificateTimestamp.signedBytes(
            milliseconds: milliseconds, issuerKeyHash: issuerKeyHash,
            certificate: Array(try Self.signedPart(draft)),
            extensions: [])
        return SignedCertificateTimestamp(
            logID: certificateLog.publicKey.fingerprint, milliseconds: milliseconds, extensions: [],
            signature: try certificateLog.signature(for: signed))
    }

    private static func signedPart(_ certificate: [UInt8]) throws -> ArraySlice<UInt8> {
        try Certificate(derEncoded: certificate).tbsCertificateBytes
    }

    private func certificate(
        _ publicKey: Certificate.PublicKey, _ serial: Certificate.SerialNumber, _ start: Date,
        _ extensions: Certificate.Extensions
    ) throws -> [UInt8] {
        let certificate = try Certificate(
            version: .v3, serialNumber: serial, publicKey: publicKey, notValidBefore: start,
            notValidAfter: start.addingTimeInterval(Self.lifetime), issuer: issuer.subject,
            subject: DistinguishedName(), signatureAlgorithm: .ecdsaWithSHA384, extensions: extensions,
            issuerPrivateKey: key.certificateKey)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    private func profile(
        _ publicKey: Certificate.PublicKey, _ identity: SigningCertificate.Identity,
        _ extensions: [CertificateExtension: String]
    ) throws -> Certificate.Extensions {
        var list = try Certificate.Extensions {
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.codeSigning])
            SubjectKeyIdentifier(hash: publicKey)
            AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: issuer.publicKey).keyIdentifier)
            Critical(SubjectAlternativeNames([try Self.name(identity)]))
        }
        for (kind, text) in extensions.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var value = Array(text.utf8)
            if !kind.isRaw {
                var serializer = DER.Serializer()
                try serializer.serialize(ASN1UTF8String(text))
                value = serializer.serializedBytes
            }
            try list.append(
                Certificate.Extension(
                    oid: SigningCertificate.identifier(kind), critical: false, value: value[...]))
        }
        return list
    }

    private static func name(_ identity: SigningCertificate.Identity) throws -> GeneralName {
        switch identity.kind {
        case .uri: return .uniformResourceIdentifier(identity.value)
        case .email: return .rfc822Name(identity.value)
        case .username:
            return .otherName(
                .init(
                    typeID: SigningCertificate.usernameType,
                    value: try ASN1Any(erasing: ASN1UTF8String(identity.value))))
        }
    }
}
