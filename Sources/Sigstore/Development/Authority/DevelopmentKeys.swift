import FoundationEssentials
import SwiftASN1
import X509

/// The keys and certificates of a development instance, made at its first start and kept in files for their owner.
///
/// The root's key signs one intermediate certificate and is then forgotten: it is never written.
struct DevelopmentKeys: Sendable {
    let log: PrivateKey
    let certificateLog: PrivateKey
    let intermediate: PrivateKey
    /// DER: what issues leaves first, the root last.
    let chain: [[UInt8]]
    let treeID: Int64
    let start: Date

    static let organization = "slipway DEVELOPMENT"
    static let rootName = "slipway DEVELOPMENT root, not for production"
    static let intermediateName = "slipway DEVELOPMENT intermediate, not for production"

    /// Reads the keys, or makes them where there are none.
    ///
    /// - Throws: `SigstoreError` with code `storage`, also where only some of the files are there.
    init(directory: String, now: Date) throws(SigstoreError) {
        try PrivateFiles.makeDirectory(directory)
        if let state = try PrivateFiles.read(directory + "/instance") {
            try self.init(reading: state, in: directory)
        } else {
            try self.init(makingIn: directory, now: now)
        }
    }

    private init(reading state: [UInt8], in directory: String) throws(SigstoreError) {
        let words = String(decoding: state, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let treeID = Int64(words[0]), treeID > 0, let seconds = Int64(words[1]) else {
            throw SigstoreError(
                .storage, "\(directory)/instance cannot be read; restore it with the keys beside it")
        }
        self.treeID = treeID
        start = Date(timeIntervalSince1970: Double(seconds))
        func read(_ name: String) throws(SigstoreError) -> String {
            guard let bytes = try PrivateFiles.read("\(directory)/\(name)") else {
                throw SigstoreError(
                    .storage, "\(directory)/\(name) is missing; restore the keys, or remove them all")
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        log = try PrivateKey(pemRepresentation: read("log.pem"))
        certificateLog = try PrivateKey(pemRepresentation: read("certificate-log.pem"))
        intermediate = try PrivateKey(pemRepresentation: read("intermediate.pem"))
        chain = try PEM.parse(read("chain.pem").utf8).map(\.bytes)
    }

    private init(makingIn directory: String, now: Date) throws(SigstoreError) {
        log = .p256()
        certificateLog = .p256()
        intermediate = .p384()
        treeID = Int64.random(in: 1...Int64.max)
        start = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        do {
            chain = try Self.makeChain(intermediate, from: start)
        } catch {
            throw SigstoreError(.storage, "the development certificates cannot be made", cause: error)
        }
        func write(_ name: String, _ text: String) throws(SigstoreError) {
            try PrivateFiles.replace("\(directory)/\(name)", with: Array(text.utf8))
        }
        try write("log.pem", log.pemRepresentation)
        try write("certificate-log.pem", certificateLog.pemRepresentation)
        try write("intermediate.pem", intermediate.pemRepresentation)
        try write("chain.pem", chain.map { PEM.write("CERTIFICATE", $0) }.joined())
        // Written last: keys without it were not finished, and are made anew.
        try write("instance", "\(treeID) \(Int64(start.timeIntervalSince1970))\n")
    }

    private static func makeChain(_ intermediate: PrivateKey, from start: Date) throws -> [[UInt8]] {
        let rootKey = PrivateKey.p384()
        let rootName = try name(rootName)
        let end = start.addingTimeInterval(10 * 365 * 86_400)
        let root = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: rootKey.certificateKey.publicKey,
            notValidBefore: start,
            notValidAfter: end, issuer: rootName, subject: rootName, signatureAlgorithm: .ecdsaWithSHA384,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 1))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: rootKey.certificateKey.publicKey)
            }, issuerPrivateKey: rootKey.certificateKey)
        let below = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: intermediate.certificateKey.publicKey,
            notValidBefore: start, notValidAfter: end, issuer: rootName, subject: try name(intermediateName),
            signatureAlgorithm: .ecdsaWithSHA384,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                try ExtendedKeyUsage([.codeSigning])
                SubjectKeyIdentifier(hash: intermediate.certificateKey.publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: rootKey.certificateKey.publicKey).keyIdentifier)
            }, issuerPrivateKey: rootKey.certificateKey)
        return try [below, root].map { certificate in
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            return serializer.serializedBytes
        }
    }

    private static func name(_ common: String) throws -> DistinguishedName {
        try DistinguishedName {
            OrganizationName(organization)
            CommonName(common)
        }
    }
}
