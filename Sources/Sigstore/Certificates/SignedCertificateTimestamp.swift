import FoundationEssentials
import SwiftASN1

/// A CT log's promise to show a certificate (RFC 6962 §3.2).
struct SignedCertificateTimestamp: Sendable, Hashable {
    let logID: [UInt8]
    /// Milliseconds since 1970.
    let milliseconds: UInt64
    let extensions: [UInt8]
    /// ECDSA with SHA-256, DER.
    let signature: [UInt8]

    var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// What a log signs for a precertificate: the entry without the timestamps themselves.
    static func signedBytes(
        milliseconds: UInt64, issuerKeyHash: [UInt8], certificate: [UInt8], extensions: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = [0, 0]
        bytes += bigEndian(milliseconds, count: 8)
        bytes += [0, 1]
        bytes += issuerKeyHash
        bytes += bigEndian(UInt64(certificate.count), count: 3)
        bytes += certificate
        bytes += bigEndian(UInt64(extensions.count), count: 2)
        return bytes + extensions
    }

    /// The TLS encoding of one timestamp.
    var encoded: [UInt8] {
        var bytes: [UInt8] = [0]
        bytes += logID
        bytes += Self.bigEndian(milliseconds, count: 8)
        bytes += Self.bigEndian(UInt64(extensions.count), count: 2) + extensions
        bytes += [4, 3]
        return bytes + Self.bigEndian(UInt64(signature.count), count: 2) + signature
    }

    /// The value of the certificate extension: an OCTET STRING with the list.
    static func extensionValue(_ timestamps: [SignedCertificateTimestamp]) -> [UInt8] {
        let items = timestamps.flatMap { bigEndian(UInt64($0.encoded.count), count: 2) + $0.encoded }
        let list = bigEndian(UInt64(items.count), count: 2) + items
        var serializer = DER.Serializer()
        // An octet string of bytes can always be written.
        try? serializer.serialize(ASN1OctetString(contentBytes: list[...]))
        return serializer.serializedBytes
    }

    /// The timestamps in a certificate extension.
    ///
    /// - Throws: `SigstoreError` with code `malformed`.
    static func list(in value: ArraySlice<UInt8>) throws(SigstoreError) -> [SignedCertificateTimestamp] {
        let fault = SigstoreError(
            .malformed, "the signed certificate timestamps of the certificate cannot be read")
        guard let string = try? ASN1OctetString(derEncoded: Array(value)) else { throw fault }
        var outer = TLSReader(string.bytes)
        guard let list = outer.vector(lengthBytes: 2), outer.isAtEnd else { throw fault }
        var items = TLSReader(list)
        var result: [SignedCertificateTimestamp] = []
        while !items.isAtEnd {
            guard let item = items.vector(lengthBytes: 2), result.count < 32 else { throw fault }
            var reader = TLSReader(item)
            guard let version = reader.integer(1), version == 0, let logID = reader.bytes(32),
                let milliseconds = reader.integer(8), let extensions = reader.vector(lengthBytes: 2),
                let algorithm = reader.integer(2), let signature = reader.vector(lengthBytes: 2),
                reader.isAtEnd
            else { throw fault }
            // SHA-256 with ECDSA is all that RFC 6962 logs of Sigstore use.
            guard algorithm == 0x0403 else {
                throw SigstoreError(.unsupported, "a signed certificate timestamp is not ECDSA with SHA-256")
            }
            result.append(
                SignedCertificateTimestamp(
                    logID: Array(logID), milliseconds: milliseconds, extensions: Array(extensions),
                    signature: Array(signature)))
        }
        return result
    }

    static func bigEndian(_ value: UInt64, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }
}

/// Reads the vectors of TLS's presentation language (RFC 8446 §3).
private struct TLSReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integer(_ count: Int) -> UInt64? {
        bytes(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    mutating func vector(lengthBytes: Int) -> ArraySlice<UInt8>? {
        guard let count = integer(lengthBytes) else { return nil }
        return bytes(Int(count))
    }
}
