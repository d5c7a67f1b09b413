import FoundationEssentials
import SwiftASN1
import X509

/// The certificate that a certificate authority issued for one signature: who signed, vouched for by which issuer.
public struct SigningCertificate: Sendable {
    /// Who a certificate names, and in which form.
    public struct Identity: Sendable, Hashable {
        /// The forms of a subject alternative name that Fulcio issues.
        public enum Kind: String, Sendable, Hashable {
            /// A workload: a workflow, a service account, a SPIFFE id.
            case uri = "URI"
            case email
            /// A user name without a domain of e-mail (otherName 1.3.6.1.4.1.57264.1.7).
            case username
        }

        /// The form of the name: address, e-mail, user name.
        public var kind: Kind
        /// The name, compared byte for byte.
        public var value: String

        /// An identity of a kind.
        public init(kind: Kind, value: String) {
            self.kind = kind
            self.value = value
        }
    }

    static let arc: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1]
    static let usernameType: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1, 7]

    /// The certificate in DER.
    public let derRepresentation: [UInt8]
    /// The key that made the signature, and is gone.
    public let publicKey: PublicKey
    /// When a signature by the key counts.
    public let validity: Validity
    /// Who signed.
    public let identity: Identity
    /// What the issuer told about the signer. Texts as they stand; keys are only those the certificate has.
    public let extensions: [CertificateExtension: String]
    let certificate: Certificate
    let structure: CertificateStructure

    /// Reads a certificate.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, also for a certificate with no or several names.
    public init(derRepresentation: some Sequence<UInt8>) throws(SigstoreError) {
        let bytes = [UInt8](derRepresentation)
        do {
            certificate = try Certificate(derEncoded: bytes)
            structure = try CertificateStructure(derEncoded: bytes)
        } catch {
            throw SigstoreError(.malformed, "the signing certificate cannot be read", cause: error)
        }
        self.derRepresentation = bytes
        publicKey = try PublicKey(derRepresentation: structure.publicKey)
        validity = Validity(start: certificate.notValidBefore, end: certificate.notValidAfter)
        identity = try Self.identity(of: certificate)
        extensions = try Self.extensions(of: structure)
    }

    /// The issuer of the token, the same in both of its extensions.
    ///
    /// - Throws: `SigstoreError` with code `missing` without any, `mismatch` where the two differ.
    public var issuer: String {
        get throws(SigstoreError) {
            switch (extensions[.issuer], extensions[.issuerV2]) {
            case (let first?, let second?):
                guard first == second else {
                    throw SigstoreError(
                        .mismatch,
                        "the certificate names two issuers, \"\(first)\" (.1.1) and \"\(second)\" (.1.8); reject it"
                    )
                }
                return first
            case (let only?, nil), (nil, let only?): return only
            case (nil, nil):
                throw SigstoreError(
                    .missing, "the certificate names no issuer of the signer's token (.1.1, .1.8)")
            }
        }
    }

    /// Checks what the certificate may be used for: to sign code, and for nothing that a CA may.
    ///
    /// - Throws: `SigstoreError` with code `untrusted`.
    func checkUsage() throws(SigstoreError) {
        func refuse(_ reason: String) -> SigstoreError {
            SigstoreError(.untrusted, "the signing certificate \(reason)")
        }
        guard structure.isVersion3 else { throw refuse("is not of version 3") }
        do {
            if case .isCertificateAuthority = try certificate.extensions.basicConstraints {
                throw refuse("is that of a certificate authority")
            }
            guard let usage = try certificate.extensions.keyUsage, usage.digitalSignature else {
                throw refuse("may not make digital signatures (key usage)")
            }
            if usage.keyCertSign || usage.cRLSign { throw refuse("may issue certificates (key usage)") }
            guard let purposes = try certificate.extensions.extendedKeyUsage,
                purposes.contains(.codeSigning)
            else { throw refuse("may not sign code (extended key usage)") }
        } catch let error as SigstoreError {
            throw error
        } catch {
            throw SigstoreError(
                .malformed, "an extension of the signing certificate cannot be read", cause: error)
        }
        let known: [ASN1ObjectIdentifier] = [
            .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.basicConstraints,
            .X509ExtensionID.subjectAlternativeName,
        ]
        for item in structure.extensions where item.isCritical && !known.contains(item.identifier) {
            throw refuse("has the critical extension \(item.identifier), which this program does not know")
        }
    }

    private static func identity(of certificate: Certificate) throws(SigstoreError) -> Identity {
        let names: SubjectAlternativeNames?
        do { names = try certificate.extensions.subjectAlternativeNames } catch {
            throw SigstoreError(
                .malformed, "the certificate's subject alternative name cannot be read", cause: error)
        }
        guard let names, names.count == 1, let name = names.first else {
            throw SigstoreError(
                .malformed,
                "the certificate has \(names?.count ?? 0) subject alternative names, but exactly one is valid"
            )
        }
        switch name {
        case .rfc822Name(let address): return Identity(kind: .email, value: address)
        case .uniformResourceIdentifier(let address): return Identity(kind: .uri, value: address)
        case .otherName(let other) where other.typeID == usernameType:
            guard let value = other.value, let text = try? ASN1UTF8String(asn1Any: value) else {
                throw SigstoreError(.malformed, "the user name in the certificate is no UTF8String")
            }
            return Identity(kind: .username, value: String(text))
        default:
            throw SigstoreError(
                .unsupported,
                "the certificate's subject alternative name is neither URI, e-mail nor user name")
        }
    }

    private static func extensions(
        of structure: CertificateStructure
    ) throws(SigstoreError) -> [CertificateExtension: String] {
        var result: [CertificateExtension: String] = [:]
        for kind in CertificateExtension.allCases {
            guard let value = structure.value(of: identifier(kind)) else { continue }
            let text: String?
            if kind.isRaw {
                text = String(validating: value, as: UTF8.self)
            } else {
                text = (try? ASN1UTF8String(derEncoded: Array(value))).flatMap {
                    String(validating: $0.bytes, as: UTF8.self)
                }
            }
            guard let text else {
                throw SigstoreError(.malformed, "the certificate's extension .1.\(kind.rawValue) is no text")
            }
            result[kind] = text
        }
        return result
    }

    static func identifier(_ kind: CertificateExtension) -> ASN1ObjectIdentifier {
        [1, 3, 6, 1, 4, 1, 57264, 1, UInt(kind.rawValue)]
    }
}
