import FoundationEssentials
import SwiftASN1
import X509

/// A chain of certificates that the trusted root vouches for: what issues leaves first, the root last.
///
/// Sigstore gives chains, it does not let verifiers search for them: a leaf is issued by the first certificate or by
/// nobody. So the links, which hold at any time, are checked once when the chain is read, and a leaf costs one
/// signature. (swift-certificates' verifier searches, refuses the critical subject names that Fulcio issues, and
/// checks neither key usage nor the chain's extended key usage.)
public struct CertificateAuthority: Sendable {
    /// What leaves of an authority are for.
    enum Purpose: Sendable {
        case codeSigning
        case timeStamping

        var usage: ExtendedKeyUsage.Usage {
            switch self {
            case .codeSigning: .codeSigning
            case .timeStamping: .timeStamping
            }
        }
    }

    struct Link: Sendable {
        let derRepresentation: [UInt8]
        let certificate: Certificate
        let structure: CertificateStructure

        var validity: Validity { Validity(start: certificate.notValidBefore, end: certificate.notValidAfter) }
        var name: String { certificate.subject.description }
    }

    /// Where the authority is asked, for messages.
    public let uri: String
    /// When the trusted root vouches for it.
    public let validity: Validity
    let links: [Link]
    let purpose: Purpose

    /// SHA-256 of the key of the first certificate: what signed certificate timestamps name as issuer.
    var issuerKeyHash: [UInt8] { links.first.map { sha256($0.structure.publicKey) } ?? [] }

    /// Common name and organization of the root.
    var subject: (name: String?, organization: String?) {
        var (name, organization): (String?, String?)
        for attribute in links.last.map({ $0.certificate.subject.flatMap { Array($0) } }) ?? [] {
            if attribute.type == .RDNAttributeType.commonName { name = "\(attribute.value)" }
            if attribute.type == .RDNAttributeType.organizationName { organization = "\(attribute.value)" }
        }
        return (name, organization)
    }

    /// Reads a chain and checks its links.
    ///
    /// For time stamping the first certificate may be the stamping one itself; it is no authority then.
    ///
    /// - Throws: `SigstoreError` with code `malformed` or `untrusted`.
    init(chain: [[UInt8]], uri: String, validity: Validity, purpose: Purpose) throws(SigstoreError) {
        guard !chain.isEmpty, chain.count <= 10 else {
            throw SigstoreError(
                .malformed, "the chain of \(uri) has \(chain.count) certificates; 1 to 10 are valid")
        }
        var links: [Link] = []
        for bytes in chain {
            do {
                links.append(
                    Link(
                        derRepresentation: bytes, certificate: try Certificate(derEncoded: bytes),
                        structure: try CertificateStructure(derEncoded: bytes)))
            } catch {
                throw SigstoreError(.malformed, "a certificate of \(uri) cannot be read", cause: error)
            }
        }
        self.uri = uri
        self.validity = validity
        self.links = links
        self.purpose = purpose
        for index in links.indices.dropLast() {
            try Self.check(links[index], issuedBy: links[index + 1], of: uri)
        }
        for (index, link) in links.enumerated() {
            if purpose == .timeStamping, index == 0, !Self.isAuthority(link.certificate) { continue }
            let below = purpose == .timeStamping ? max(0, index - 1) : index
            try checkAuthority(link, authoritiesBelow: below)
        }
    }

    /// Checks that a leaf was issued here and that the chain was valid at a time.
    ///
    /// - Throws: `SigstoreError` with code `untrusted` or `outsideValidity`.
    func check(_ leaf: SigningCertificate, at time: Date) throws(SigstoreError) {
        guard let issuer = links.first else { throw SigstoreError(.untrusted, "\(uri) has no certificate") }
        guard leaf.structure.issuer.elementsEqual(issuer.structure.subject) else {
            throw SigstoreError(
                .untrusted,
                "the signing certificate was issued by \"\(leaf.certificate.issuer)\", not by \(uri)")
        }
        guard issuer.certificate.publicKey.isValidSignature(leaf.certificate.signature, for: leaf.certificate)
        else {
            throw SigstoreError(.untrusted, "the signing certificate was not signed by the key of \(uri)")
        }
        try checkValidity(at: time)
    }

    /// Checks that the trusted root and every certificate of the chain are in force at a time.
    ///
    /// - Throws: `SigstoreError` with code `outsideValidity`.
    func checkValidity(at time: Date) throws(SigstoreError) {
        guard validity.contains(time) else {
            throw SigstoreError(
                .outsideValidity,
                "the trusted root vouches for \(uri) from \(validity.text), not at \(RFC3339.write(time))")
        }
        for link in links where !link.validity.contains(time) {
            throw SigstoreError(
                .outsideValidity,
                "the certificate \"\(link.name)\" is valid from \(link.validity.text), not at \(RFC3339.write(time))"
            )
        }
    }

    private static func isAuthority(_ certificate: Certificate) -> Bool {
        guard let constraints = try? certificate.extensions.basicConstraints,
            case .isCertificateAuthority = constraints
        else { return false }
        return true
    }

    static func check(_ link: Link, issuedBy issuer: Link, of uri: String) throws(SigstoreError) {
        guard link.structure.issuer.elementsEqual(issuer.structure.subject),
            issuer.certificate.publicKey.isValidSignature(link.certificate.signature, for: link.certificate)
        else {
            throw SigstoreError(
                .untrusted, "the certificate \"\(link.name)\" of \(uri) was not issued by \"\(issuer.name)\"")
        }
    }

    private func checkAuthority(_ link: Link, authoritiesBelow: Int) throws(SigstoreError) {
        func refuse(_ reason: String) -> SigstoreError {
            SigstoreError(.untrusted, "the certificate \"\(link.name)\" of \(uri) \(reason)")
        }
        do {
            guard case .isCertificateAuthority(let limit) = try link.certificate.extensions.basicConstraints
            else {
                throw refuse("is not that of a certificate authority")
            }
            if let limit, limit < authoritiesBelow {
                throw refuse("may not have \(authoritiesBelow) below it")
            }
            if let usage = try link.certificate.extensions.keyUsage, !usage.keyCertSign {
                throw refuse("may not issue certificates (key usage)")
            }
            // An authority that is confined to purposes passes the confinement on.
            if let purposes = try link.certificate.extensions.extendedKeyUsage,
                !purposes.contains(purpose.usage), !purposes.contains(.any)
            {
                throw refuse("may not issue certificates for this purpose (extended key usage)")
            }
        } catch let error as SigstoreError {
            throw error
        } catch {
            throw SigstoreError(.malformed, "an extension of \"\(link.name)\" cannot be read", cause: error)
        }
        let known: [ASN1ObjectIdentifier] = [
            .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.basicConstraints,
            .X509ExtensionID.subjectAlternativeName,
        ]
        for item in link.structure.extensions where item.isCritical && !known.contains(item.identifier) {
            throw refuse("has the critical extension \(item.identifier), which this program does not know")
        }
    }
}
