import Crypto
import FoundationEssentials
import SwiftASN1
import X509

extension TimestampToken {
    private static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 3]
    private static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 4]
    private static let signingCertificateV2: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 47]
    private static let signingCertificate: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 12]

    /// Checks that one of the authorities has stamped a signature.
    ///
    /// - Returns: when.
    /// - Throws: `SigstoreError`, of the only authority there is, or with code `untrusted`.
    func check(signature: [UInt8], by authorities: [CertificateAuthority]) throws(SigstoreError) -> Date {
        guard imprint == imprintAlgorithm.hash(signature) else {
            throw SigstoreError(.mismatch, "the RFC 3161 timestamp is over other bytes than the signature")
        }
        guard !authorities.isEmpty else {
            throw SigstoreError(.untrusted, "the trusted root has no timestamp authority")
        }
        var last: SigstoreError?
        for authority in authorities {
            do throws(SigstoreError) {
                try check(by: authority)
                return time
            } catch { last = error }
        }
        if authorities.count == 1, let last { throw last }
        throw SigstoreError(
            .untrusted, "no timestamp authority of the trusted root has made the RFC 3161 timestamp",
            cause: last)
    }

    private func check(by authority: CertificateAuthority) throws(SigstoreError) {
        let stamping = try stampingCertificate(of: authority)
        guard stamping.structure.issuer.elementsEqual(signer.issuer),
            stamping.structure.serialNumber.elementsEqual(signer.serialNumber)
        else {
            throw SigstoreError(.untrusted, "the RFC 3161 timestamp was not made by \(authority.uri)")
        }
        try checkAttributes(stamping.derRepresentation)
        guard isSigned(by: stamping.certificate.publicKey) else {
            throw SigstoreError(
                .invalidSignature, "the RFC 3161 timestamp is not signed by the key of \(authority.uri)")
        }
        try checkUsage(stamping)
        try authority.checkValidity(at: time)
        guard stamping.validity.contains(time) else {
            throw SigstoreError(
                .outsideValidity,
                "the certificate of \(authority.uri) is valid from \(stamping.validity.text), "
                    + "not at \(RFC3339.write(time))")
        }
    }

    /// The certificate that stamps: the first of the chain, or one that came along and that the chain has issued.
    private func stampingCertificate(
        of authority: CertificateAuthority
    ) throws(SigstoreError) -> CertificateAuthority.Link {
        guard let first = authority.links.first else {
            throw SigstoreError(.untrusted, "\(authority.uri) has no certificate")
        }
        if let constraints = try? first.certificate.extensions.basicConstraints,
            case .isCertificateAuthority = constraints
        {
            for bytes in certificates.prefix(10) {
                guard let certificate = try? Certificate(derEncoded: bytes),
                    let structure = try? CertificateStructure(derEncoded: bytes),
                    structure.issuer.elementsEqual(signer.issuer),
                    structure.serialNumber.elementsEqual(signer.serialNumber)
                else { continue }
                let link = CertificateAuthority.Link(
                    derRepresentation: bytes, certificate: certificate, structure: structure)
                try CertificateAuthority.check(link, issuedBy: first, of: authority.uri)
                return link
            }
            throw SigstoreError(
                .untrusted, "the RFC 3161 timestamp comes without a certificate of \(authority.uri)")
        }
        return first
    }

    private func checkAttributes(_ certificate: [UInt8]) throws(SigstoreError) {
        func attribute(_ name: ASN1ObjectIdentifier) throws(SigstoreError) -> ASN1Node {
            guard let node = signer.attributes[name] else {
                throw SigstoreError(.malformed, "the RFC 3161 timestamp lacks the signed attribute \(name)")
            }
            return node
        }
        guard
            (try? ASN1ObjectIdentifier(derEncoded: attribute(Self.contentType))) == Self.timestampInformation
        else {
            throw SigstoreError(.mismatch, "the RFC 3161 timestamp signs another type of content")
        }
        guard let digest = try? ASN1OctetString(derEncoded: attribute(Self.messageDigest)),
            digest.bytes.elementsEqual(signer.digestAlgorithm.hash(content))
        else { throw SigstoreError(.mismatch, "the RFC 3161 timestamp's content was changed") }
        guard Self.names(certificate, signer.attributes) else {
            throw SigstoreError(
                .mismatch, "the RFC 3161 timestamp names another certificate than the one that signed it")
        }
    }

    /// Whether the ESSCertID (RFC 5816, RFC 2634) is the certificate's hash.
    private static func names(_ certificate: [UInt8], _ attributes: [ASN1ObjectIdentifier: ASN1Node]) -> Bool
    {
        if let node = attributes[signingCertificateV2] {
            guard let list = try? children(node, .sequence).first,
                let first = try? children(list, .sequence).first,
                let parts = try? children(first, .sequence)
            else { return false }
            var rest = parts[...]
            var algorithm = HashAlgorithm.sha256
            if let named = rest.first, named.identifier == .sequence {
                guard let known = try? hashAlgorithm(named) else { return false }
                algorithm = known
                rest = rest.dropFirst()
            }
            guard let hash = rest.first.flatMap({ try? ASN1OctetString(derEncoded: $0) }) else {
                return false
            }
            return hash.bytes.elementsEqual(algorithm.hash(certificate))
        }
        if let node = attributes[signingCertificate] {
            guard let list = try? children(node, .sequence).first,
                let first = try? children(list, .sequence).first,
                let hash = (try? children(first, .sequence).first).flatMap({
                    try? ASN1OctetString(derEncoded: $0)
                })
            else { return false }
            return hash.bytes.elementsEqual(Insecure.SHA1.hash(data: certificate))
        }
        return false
    }

    private func isSigned(by key: Certificate.PublicKey) -> Bool {
        let algorithm: Certificate.SignatureAlgorithm
        switch (signer.signatureAlgorithm, signer.digestAlgorithm) {
        case ([1, 2, 840, 10045, 4, 3, 2], _), ([1, 2, 840, 10045, 2, 1], .sha256):
            algorithm = .ecdsaWithSHA256
        case ([1, 2, 840, 10045, 4, 3, 3], _), ([1, 2, 840, 10045, 2, 1], .sha384):
            algorithm = .ecdsaWithSHA384
        case ([1, 2, 840, 10045, 4, 3, 4], _), ([1, 2, 840, 10045, 2, 1], .sha512):
            algorithm = .ecdsaWithSHA512
        case ([1, 2, 840, 113549, 1, 1, 11], _), ([1, 2, 840, 113549, 1, 1, 1], .sha256):
            algorithm = .sha256WithRSAEncryption
        case ([1, 2, 840, 113549, 1, 1, 12], _), ([1, 2, 840, 113549, 1, 1, 1], .sha384):
            algorithm = .sha384WithRSAEncryption
        case ([1, 2, 840, 113549, 1, 1, 13], _), ([1, 2, 840, 113549, 1, 1, 1], .sha512):
            algorithm = .sha512WithRSAEncryption
        case ([1, 3, 101, 112], _): algorithm = .ed25519
        default: return false
        }
        return key.isValidSignature(
            signer.signature, for: signer.signedAttributes, signatureAlgorithm: algorithm)
    }

    private func checkUsage(_ link: CertificateAuthority.Link) throws(SigstoreError) {
        let purposes = try? link.certificate.extensions.extendedKeyUsage
        let isCritical = link.structure.extensions.contains {
            $0.identifier == .X509ExtensionID.extendedKeyUsage && $0.isCritical
        }
        guard let purposes, purposes.count == 1, purposes.contains(.timeStamping), isCritical else {
            throw SigstoreError(
                .untrusted,
                "the certificate \"\(link.name)\" is not one for time stamping alone (extended key usage)")
        }
        if let usage = try? link.certificate.extensions.keyUsage, !usage.digitalSignature {
            throw SigstoreError(
                .untrusted, "the certificate \"\(link.name)\" may not make signatures (key usage)")
        }
    }
}
