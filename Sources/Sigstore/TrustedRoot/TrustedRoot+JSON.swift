import FoundationEssentials
public import Manifest

extension TrustedRoot {
    /// The media type of the file.
    public static let mediaType = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"

    /// Reads a `trusted_root.json`, or the `trustedRoot` of a client trust configuration.
    ///
    /// Keys of kinds this program does not know are left out: entries of such a log then have no trusted log.
    ///
    /// - Throws: `SigstoreError` with code `malformed`, `unsupported` or `untrusted`.
    public init(json: some Sequence<UInt8>) throws(SigstoreError) {
        let bytes = [UInt8](json)
        guard bytes.count <= 4 << 20 else {
            throw SigstoreError(.tooLarge, "the trusted root has \(bytes.count) bytes, more than 4 MiB")
        }
        let document: Value
        do throws(ManifestError) {
            document = try JSON.parse(bytes, options: JSON.ReadOptions(strict: true, maximumDepth: 32))
        } catch {
            throw SigstoreError(.malformed, "the trusted root is not JSON", cause: error)
        }
        var root = document
        if let type = document["mediaType"]?.stringValue, type.hasPrefix(Self.configurationMediaType),
            let inner = document["trustedRoot"]
        {
            root = inner
        }
        let type = root["mediaType"]?.stringValue ?? ""
        guard type.hasPrefix("application/vnd.dev.sigstore.trustedroot") else {
            throw SigstoreError(
                .unsupported,
                "the trusted root's media type is \"\(type)\"; \"\(Self.mediaType)\" is understood")
        }
        self.init(
            transparencyLogs: try Self.logs(root["tlogs"], "tlogs", startRequired: true),
            certificateLogs: try Self.logs(root["ctlogs"], "ctlogs", startRequired: false),
            certificateAuthorities: try Self.authorities(
                root["certificateAuthorities"], "certificateAuthorities", .codeSigning),
            timestampAuthorities: try Self.authorities(
                root["timestampAuthorities"], "timestampAuthorities", .timeStamping))
        digest = sha256(bytes)
    }

    static let configurationMediaType = "application/vnd.dev.sigstore.clienttrustconfig"

    private static func logs(
        _ value: Value?, _ name: String, startRequired: Bool
    ) throws(SigstoreError) -> [Log] {
        var logs: [Log] = []
        for item in value?.arrayValue ?? [] {
            guard let raw = item["publicKey", "rawBytes"]?.stringValue.flatMap(Base64.decode),
                let identifier = item["logId", "keyId"]?.stringValue.flatMap(Base64.decode)
            else {
                throw SigstoreError(
                    .malformed, "a log of \(name) in the trusted root lacks its key or identifier")
            }
            let key: PublicKey
            do { key = try PublicKey(derRepresentation: raw) } catch {
                if error.code == .unsupported { continue }
                throw error
            }
            let validity = try validity(item["publicKey", "validFor"], name)
            guard !startRequired || validity.start != nil else {
                throw SigstoreError(
                    .malformed, "a log of \(name) in the trusted root has no start of its validity")
            }
            logs.append(
                Log(
                    baseURL: item["baseUrl"]?.stringValue ?? "", key: key, identifier: identifier,
                    checkpointIdentifier: item["checkpointKeyId", "keyId"]?.stringValue.flatMap(
                        Base64.decode),
                    validity: validity))
        }
        return logs
    }

    private static func authorities(
        _ value: Value?, _ name: String, _ purpose: CertificateAuthority.Purpose
    ) throws(SigstoreError) -> [CertificateAuthority] {
        var authorities: [CertificateAuthority] = []
        for item in value?.arrayValue ?? [] {
            var chain: [[UInt8]] = []
            for certificate in item["certChain", "certificates"]?.arrayValue ?? [] {
                guard let bytes = certificate["rawBytes"]?.stringValue.flatMap(Base64.decode) else {
                    throw SigstoreError(
                        .malformed, "a certificate of \(name) in the trusted root is not base64")
                }
                chain.append(bytes)
            }
            authorities.append(
                try CertificateAuthority(
                    chain: chain, uri: item["uri"]?.stringValue ?? name,
                    validity: try validity(item["validFor"], name),
                    purpose: purpose))
        }
        return authorities
    }

    private static func validity(_ value: Value?, _ name: String) throws(SigstoreError) -> Validity {
        func date(_ key: String) throws(SigstoreError) -> Date? {
            guard let text = value?[key]?.stringValue else { return nil }
            guard let date = RFC3339.parse(text) else {
                throw SigstoreError(
                    .malformed, "\"\(text)\" in \(name) of the trusted root is no time (RFC 3339)")
            }
            return date
        }
        return Validity(start: try date("start"), end: try date("end"))
    }

    /// The file's content as a tree.
    public var value: Value {
        [
            "mediaType": .string(Self.mediaType),
            "tlogs": .array(transparencyLogs.map(Self.value)),
            "certificateAuthorities": .array(certificateAuthorities.map(Self.value)),
            "ctlogs": .array(certificateLogs.map(Self.value)),
            "timestampAuthorities": .array(timestampAuthorities.map(Self.value)),
        ]
    }

    private static func value(_ log: Log) -> Value {
        let details =
            switch log.key.algorithm {
            case .p256: "PKIX_ECDSA_P256_SHA_256"
            case .p384: "PKIX_ECDSA_P384_SHA_384"
            case .p521: "PKIX_ECDSA_P521_SHA_512"
            case .ed25519: "PKIX_ED25519"
            case .rsa: "PKIX_RSA_PKCS1V15_2048_SHA256"
            }
        return [
            "baseUrl": .string(log.baseURL), "hashAlgorithm": "SHA2_256",
            "publicKey": [
                "rawBytes": .string(Base64.encode(log.key.derRepresentation)), "keyDetails": .string(details),
                "validFor": value(log.validity),
            ],
            "logId": ["keyId": .string(Base64.encode(log.identifier))],
        ]
    }

    private static func value(_ authority: CertificateAuthority) -> Value {
        let certificates = authority.links.map { link -> Value in
            ["rawBytes": .string(Base64.encode(link.derRepresentation))]
        }
        let (name, organization) = authority.subject
        var subject: Object = [:]
        if let organization { subject["organization"] = .string(organization) }
        if let name { subject["commonName"] = .string(name) }
        return [
            "subject": .object(subject), "uri": .string(authority.uri),
            "certChain": ["certificates": .array(certificates)], "validFor": value(authority.validity),
        ]
    }

    private static func value(_ validity: Validity) -> Value {
        var object: Object = [:]
        if let start = validity.start { object["start"] = .string(RFC3339.write(start)) }
        if let end = validity.end { object["end"] = .string(RFC3339.write(end)) }
        return .object(object)
    }
}
