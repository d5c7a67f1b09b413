import Crypto
import Foundation
public import KubeModel
public import NIOSSL
import SwiftASN1
import X509

/// The certificate a server shows, signed by an authority of its own.
///
/// Both are made on first use and kept, so that a kubeconfig written once stays good. The certificate is made
/// anew when it does not name an address it has to, or has less than half of its time left: a server reads it when it
/// starts, and may then run for long.
public struct ServerCertificate: Sendable {
    /// The authority's certificate in PEM, which clients have to trust.
    public let authority: String
    /// The server's certificate and key in PEM.
    let certificate: String
    let key: String

    private static let lifetime: TimeInterval = 365 * 86_400
    private static let authorityLifetime: TimeInterval = 10 * 365 * 86_400
    private static let renewal = lifetime / 2

    /// Makes an authority and a certificate that live as long as the process.
    ///
    /// - Parameter names: the host names and IP addresses clients may use.
    /// - Throws: what the cryptography refuses; nothing in practice.
    public init(names: [String], now: Timestamp) throws {
        let now = Date(now)
        let authority = try Authority.make(now: now)
        self = try authority.issue(names: names, now: now)
    }

    /// The certificate kept in a directory, made where there is none.
    ///
    /// - Throws: ``ServerError`` with `storage` where files cannot be read or written, `configuration` where
    ///   they hold something else.
    public init(directory: String, names: [String], now: Timestamp) throws {
        let now = Date(now)
        let path = { (file: String) in "\(directory)/\(file)" }
        let text = { (file: String) in
            try PrivateFile.read(path(file)).map { String(decoding: $0, as: UTF8.self) }
        }
        let authority: Authority
        if let certificate = try text("ca.crt"), let key = try text("ca.key") {
            do {
                authority = try Authority(
                    certificate: Certificate(pemEncoded: certificate),
                    key: P256.Signing.PrivateKey(pemRepresentation: key))
            } catch {
                throw ServerError(
                    .configuration,
                    "\(path("ca.crt")) and \(path("ca.key")) are no certificate authority; remove both to have new ones made"
                )
            }
        } else {
            authority = try Authority.make(now: now)
            try PrivateFile.write(Array(authority.key.pemRepresentation.utf8), to: path("ca.key"))
            try PrivateFile.write(Array(authority.pem().utf8), to: path("ca.crt"))
        }
        if let certificate = try text("server.crt"), let key = try text("server.key"),
            try authority.isGood(certificate, names: names, at: now.addingTimeInterval(Self.renewal))
        {
            self.init(authority: try authority.pem(), certificate: certificate, key: key)
            return
        }
        let issued = try authority.issue(names: names, now: now)
        try PrivateFile.write(Array(issued.key.utf8), to: path("server.key"))
        try PrivateFile.write(Array(issued.certificate.utf8), to: path("server.crt"))
        self = issued
    }

    private init(authority: String, certificate: String, key: String) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    /// When clients cease to accept the certificate.
    ///
    /// - Throws: what the reader of certificates refuses; nothing in practice.
    public var end: Timestamp {
        get throws {
            let end = try Certificate(pemEncoded: certificate).notValidAfter
            return Timestamp(seconds: Int64(end.timeIntervalSince1970))
        }
    }

    /// What a listener needs to serve TLS with the certificate.
    public var configuration: TLSConfiguration {
        get throws {
            try TLSConfiguration.makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        }
    }

    /// Signs the certificates of this server.
    private struct Authority {
        let certificate: Certificate
        let key: P256.Signing.PrivateKey

        static func make(now: Date) throws -> Authority {
            let key = P256.Signing.PrivateKey()
            let name = try DistinguishedName { CommonName("slipway-ca") }
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
                notValidBefore: now.addingTimeInterval(-300),
                notValidAfter: now.addingTimeInterval(authorityLifetime), issuer: name, subject: name,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                },
                issuerPrivateKey: .init(key))
            return Authority(certificate: certificate, key: key)
        }

        func pem() throws -> String { try certificate.serializeAsPEM().pemString + "\n" }

        func issue(names: [String], now: Date) throws -> ServerCertificate {
            let serverKey = P256.Signing.PrivateKey()
            let issued = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(serverKey.publicKey),
                notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(lifetime),
                issuer: certificate.subject, subject: try DistinguishedName { CommonName("slipway") },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names.map(Self.generalName))
                },
                issuerPrivateKey: .init(key))
            return ServerCertificate(
                authority: try pem(), certificate: try issued.serializeAsPEM().pemString + "\n",
                key: serverKey.pemRepresentation + "\n")
        }

        func isGood(_ pem: String, names: [String], at moment: Date) throws -> Bool {
            guard let present = try? Certificate(pemEncoded: pem), present.notValidAfter > moment,
                certificate.publicKey.isValidSignature(present.signature, for: present),
                let known = try? present.extensions.subjectAlternativeNames
            else { return false }
            let list = Array(known)
            return names.allSatisfy { list.contains(Self.generalName($0)) }
        }

        /// An IP address as the bytes certificates hold, any other name as DNS name.
        private static func generalName(_ name: String) -> GeneralName {
            var four = in_addr()
            if inet_pton(AF_INET, name, &four) == 1 {
                return .ipAddress(ASN1OctetString(contentBytes: withUnsafeBytes(of: four) { ArraySlice($0) }))
            }
            var six = in6_addr()
            if inet_pton(AF_INET6, name, &six) == 1 {
                return .ipAddress(ASN1OctetString(contentBytes: withUnsafeBytes(of: six) { ArraySlice($0) }))
            }
            return .dnsName(name)
        }
    }
}

extension Date {
    fileprivate init(_ moment: Timestamp) { self.init(timeIntervalSince1970: TimeInterval(moment.seconds)) }
}
