import SwiftASN1

/// The parts of a certificate as they stand in its bytes (RFC 5280 §4.1).
///
/// Names, keys and the signed part are compared and hashed as they were issued; encoding them anew could change
/// bytes that others have signed.
struct CertificateStructure: Sendable {
    struct Extension: Sendable {
        var identifier: ASN1ObjectIdentifier
        var isCritical: Bool
        var value: ArraySlice<UInt8>
        /// The whole SEQUENCE.
        var encoded: ArraySlice<UInt8>
    }

    static let signedCertificateTimestamps: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2]
    static let precertificatePoison: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 3]

    let issuer: ArraySlice<UInt8>
    let subject: ArraySlice<UInt8>
    let serialNumber: ArraySlice<UInt8>
    let publicKey: ArraySlice<UInt8>
    let extensions: [Extension]
    /// The fields of the signed part in order, each with its tag; the extensions are the last.
    private let fields: [ArraySlice<UInt8>]
    /// Whether the certificate is of version 3, the only one with extensions.
    let isVersion3: Bool

    init(derEncoded bytes: [UInt8]) throws {
        let root = try DER.parse(bytes)
        let signed = try DER.sequence(root, identifier: .sequence) { parts in
            guard let signed = parts.next(), let algorithm = parts.next(), let signature = parts.next() else {
                throw ASN1Error.invalidASN1Object(reason: "a certificate has three parts")
            }
            _ = (algorithm, signature)
            return signed
        }
        guard case .constructed(let nodes) = signed.content else {
            throw ASN1Error.invalidASN1Object(reason: "the signed part is a sequence")
        }
        var children = Array(nodes)[...]
        fields = children.map(\.encodedBytes)
        var isVersion3 = false
        if let version = children.first, version.identifier == Self.tag(0) {
            isVersion3 = version.encodedBytes.elementsEqual([0xa0, 0x03, 0x02, 0x01, 0x02])
            children = children.dropFirst()
        }
        self.isVersion3 = isVersion3
        // serial number, algorithm, issuer, validity, subject, key, extensions
        guard children.count == 7, let last = children.last, last.identifier == Self.tag(3) else {
            throw ASN1Error.invalidASN1Object(
                reason: "the signed part lacks fields or extensions, or has unique ids")
        }
        let first = children.startIndex
        serialNumber = children[first].encodedBytes
        issuer = children[first + 2].encodedBytes
        subject = children[first + 4].encodedBytes
        publicKey = children[first + 5].encodedBytes
        extensions = try Self.extensions(last)
    }

    /// The signed part as it was before a CT log put its promise into it (RFC 6962 §3.2): without that extension and
    /// without the poison, every other byte as it is.
    var withoutTimestamps: [UInt8] {
        let kept = extensions.filter {
            $0.identifier != Self.signedCertificateTimestamps && $0.identifier != Self.precertificatePoison
        }
        let list = Self.encode(0x30, kept.flatMap(\.encoded))
        return Self.encode(0x30, fields.dropLast().flatMap { $0 } + Self.encode(0xa3, list))
    }

    func value(of identifier: ASN1ObjectIdentifier) -> ArraySlice<UInt8>? {
        extensions.first { $0.identifier == identifier }?.value
    }

    private static func extensions(_ node: ASN1Node) throws -> [Extension] {
        guard case .constructed(let wrapped) = node.content, let list = Array(wrapped).first,
            case .constructed(let items) = list.content
        else { throw ASN1Error.invalidASN1Object(reason: "the extensions are a sequence") }
        var result: [Extension] = []
        for item in items {
            let parsed = try DER.sequence(item, identifier: .sequence) { fields in
                let identifier = try ASN1ObjectIdentifier(derEncoded: &fields)
                let isCritical = try DER.decodeDefault(&fields, defaultValue: false)
                let value = try ASN1OctetString(derEncoded: &fields)
                return Extension(
                    identifier: identifier, isCritical: isCritical, value: value.bytes,
                    encoded: item.encodedBytes)
            }
            guard !result.contains(where: { $0.identifier == parsed.identifier }) else {
                throw ASN1Error.invalidASN1Object(reason: "an extension is there twice")
            }
            result.append(parsed)
        }
        return result
    }

    private static func tag(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }

    private static func encode(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var header = [tag]
        if content.count < 0x80 {
            header.append(UInt8(content.count))
        } else {
            var length: [UInt8] = []
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xff), at: 0)
                rest >>= 8
            }
            header.append(0x80 | UInt8(length.count))
            header += length
        }
        return header + content
    }
}
