import FoundationEssentials
import SwiftASN1

/// The answer of a timestamp authority (RFC 3161 §2.4.2), as far as its verification needs it.
struct TimestampToken: Sendable {
    /// The digest of what was stamped.
    let imprintAlgorithm: HashAlgorithm
    let imprint: [UInt8]
    let time: Date
    /// The TSTInfo that is signed.
    let content: [UInt8]
    /// Certificates that came along.
    let certificates: [[UInt8]]
    let signer: SignerInformation

    /// The one SignerInfo of the token (RFC 5652 §5.3).
    struct SignerInformation: Sendable {
        let issuer: ArraySlice<UInt8>
        let serialNumber: ArraySlice<UInt8>
        let digestAlgorithm: HashAlgorithm
        let signatureAlgorithm: ASN1ObjectIdentifier
        let signature: [UInt8]
        /// The signed attributes as a SET, which is how they are signed.
        let signedAttributes: [UInt8]
        let attributes: [ASN1ObjectIdentifier: ASN1Node]
    }

    static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 2]
    static let timestampInformation: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 1, 4]

    /// Reads a TimeStampResp.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, `unsupported` or, for an answer that grants nothing, `refused`.
    init(derEncoded bytes: [UInt8]) throws(SigstoreError) {
        do {
            self = try Self.parse(bytes)
        } catch let error as SigstoreError {
            throw error
        } catch {
            throw SigstoreError(.malformed, "the RFC 3161 timestamp cannot be read", cause: error)
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> TimestampToken {
        let root = try DER.parse(bytes)
        let response = try children(root, .sequence)
        guard response.count == 2 else { throw fault("holds no token") }
        guard let status = try children(response[0], .sequence).first, try Int(derEncoded: status) <= 1 else {
            throw SigstoreError(.refused, "the timestamp authority has granted no timestamp")
        }
        let contentInfo = try children(response[1], .sequence)
        guard contentInfo.count == 2, try ASN1ObjectIdentifier(derEncoded: contentInfo[0]) == signedData,
            let wrapped = try children(contentInfo[1], tag(0)).first
        else { throw fault("is no signed data") }
        var fields = try children(wrapped, .sequence)[...]
        guard fields.count >= 4 else { throw fault("lacks fields") }
        fields = fields.dropFirst(2)
        let encapsulated = try children(fields.removeFirst(), .sequence)
        guard encapsulated.count == 2,
            try ASN1ObjectIdentifier(derEncoded: encapsulated[0]) == timestampInformation,
            let octets = try children(encapsulated[1], tag(0)).first
        else { throw fault("holds no timestamp information") }
        let content = Array(try ASN1OctetString(derEncoded: octets).bytes)
        var certificates: [[UInt8]] = []
        if let next = fields.first, next.identifier == tag(0) {
            certificates = try children(next, tag(0)).map { Array($0.encodedBytes) }
            fields = fields.dropFirst()
        }
        if let next = fields.first, next.identifier == tag(1) { fields = fields.dropFirst() }
        guard let set = fields.first else { throw fault("has no signer") }
        let signers = try children(set, .set)
        guard signers.count == 1 else { throw fault("has \(signers.count) signers; one is valid") }
        let information = try information(content)
        return TimestampToken(
            imprintAlgorithm: information.0, imprint: information.1, time: information.2, content: content,
            certificates: certificates, signer: try signer(signers[0]))
    }

    private init(
        imprintAlgorithm: HashAlgorithm, imprint: [UInt8], time: Date, content: [UInt8],
        certificates: [[UInt8]],
        signer: SignerInformation
    ) {
        self.imprintAlgorithm = imprintAlgorithm
        self.imprint = imprint
        self.time = time
        self.content = content
        self.certificates = certificates
        self.signer = signer
    }

    private static func information(_ content: [UInt8]) throws -> (HashAlgorithm, [UInt8], Date) {
        let fields = try children(try DER.parse(content), .sequence)
        guard fields.count >= 5, try Int(derEncoded: fields[0]) == 1 else {
            throw fault("is not of version 1")
        }
        let imprint = try children(fields[2], .sequence)
        guard imprint.count == 2 else { throw fault("has no imprint") }
        let algorithm = try hashAlgorithm(imprint[0])
        let digest = Array(try ASN1OctetString(derEncoded: imprint[1]).bytes)
        guard fields[4].identifier == .generalizedTime, case .primitive(let text) = fields[4].content,
            let time = time(String(decoding: text, as: UTF8.self))
        else { throw fault("has no time") }
        return (algorithm, digest, time)
    }

    private static func signer(_ node: ASN1Node) throws -> SignerInformation {
        let fields = try children(node, .sequence)
        guard fields.count >= 6, fields[1].identifier == .sequence, fields[3].identifier == tag(0) else {
            throw fault("has a signer without issuer, serial number or signed attributes")
        }
        let identifier = try children(fields[1], .sequence)
        guard identifier.count == 2 else { throw fault("has a signer without serial number") }
        var attributes: [ASN1ObjectIdentifier: ASN1Node] = [:]
        for attribute in try children(fields[3], tag(0)) {
            let parts = try children(attribute, .sequence)
            guard parts.count == 2 else { throw fault("has a signed attribute without a value") }
            let name = try ASN1ObjectIdentifier(derEncoded: parts[0])
            let values = try children(parts[1], .set)
            guard values.count == 1, attributes[name] == nil else {
                throw fault("has a signed attribute twice")
            }
            attributes[name] = values[0]
        }
        guard let algorithm = try children(fields[4], .sequence).first else {
            throw fault("has no algorithm")
        }
        return SignerInformation(
            issuer: identifier[0].encodedBytes, serialNumber: identifier[1].encodedBytes,
            digestAlgorithm: try hashAlgorithm(fields[2]),
            signatureAlgorithm: try ASN1ObjectIdentifier(derEncoded: algorithm),
            signature: Array(try ASN1OctetString(derEncoded: fields[5]).bytes),
            signedAttributes: [0x31] + fields[3].encodedBytes.dropFirst(), attributes: attributes)
    }

    static func hashAlgorithm(_ node: ASN1Node) throws -> HashAlgorithm {
        guard let first = try children(node, .sequence).first else { throw fault("names no hash") }
        switch try ASN1ObjectIdentifier(derEncoded: first) {
        case [2, 16, 840, 1, 101, 3, 4, 2, 1]: return .sha256
        case [2, 16, 840, 1, 101, 3, 4, 2, 2]: return .sha384
        case [2, 16, 840, 1, 101, 3, 4, 2, 3]: return .sha512
        default:
            throw SigstoreError(
                .unsupported, "the RFC 3161 timestamp's hash is none of SHA-256, SHA-384 and SHA-512")
        }
    }

    /// `YYYYMMDDhhmmss[.f]Z`.
    private static func time(_ text: String) -> Date? {
        guard text.utf8.count >= 15, text.hasSuffix("Z"), text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        let characters = Array(text)
        func part(_ range: Range<Int>) -> String { String(characters[range]) }
        let rest = part(14..<characters.count)
        return RFC3339.parse(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))\(rest)"
        )
    }

    static func children(_ node: ASN1Node, _ identifier: ASN1Identifier) throws -> [ASN1Node] {
        guard node.identifier == identifier, case .constructed(let nodes) = node.content else {
            throw fault("has another structure than RFC 3161 says")
        }
        return Array(nodes)
    }

    private static func tag(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }

    private static func fault(_ reason: String) -> SigstoreError {
        SigstoreError(.malformed, "the RFC 3161 timestamp \(reason)")
    }
}
