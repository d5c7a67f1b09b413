public import Manifest

/// A claim about artifacts (in-toto Statement): which artifacts, and of what kind the claim is.
public struct Statement: Sendable, Hashable {
    /// An artifact that the statement is about.
    public struct Subject: Sendable, Hashable {
        /// A path or a repository; the digest is what counts.
        public var name: String?
        /// Digests by algorithm, in hexadecimal.
        public var digest: [String: String]

        /// What a statement is about.
        public init(name: String? = nil, digest: [String: String]) {
            self.name = name
            self.digest = digest
        }

        /// An artifact named by its SHA-256.
        public init(name: String? = nil, sha256: [UInt8]) {
            self.init(name: name, digest: ["sha256": Hex.encode(sha256)])
        }
    }

    /// The types of statement that are read; the first is written.
    static let types = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"]

    /// What the claim is about; at least one artifact.
    public var subjects: [Subject]
    /// The kind of the claim, an address.
    public var predicateType: String
    /// What is claimed; its form follows from the type.
    public var predicate: Value

    /// A statement of in-toto, version 1.
    public init(subjects: [Subject], predicateType: String, predicate: Value) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// Reads a statement.
    ///
    /// - Throws: `SigstoreError` with code `malformed` or `unsupported`.
    public init(json: some Sequence<UInt8>) throws(SigstoreError) {
        let value: Value
        do throws(ManifestError) {
            value = try JSON.parse([UInt8](json), options: JSON.ReadOptions(strict: true))
        } catch {
            throw SigstoreError(.malformed, "the in-toto statement is not JSON", cause: error)
        }
        let type = value["_type"]?.stringValue ?? ""
        guard Self.types.contains(type) else {
            throw SigstoreError(
                .unsupported, "\"\(type)\" is no type of in-toto statement that this program knows")
        }
        guard let predicateType = value["predicateType"]?.stringValue, !predicateType.isEmpty else {
            throw SigstoreError(.malformed, "the in-toto statement has no predicate type")
        }
        guard let items = value["subject"]?.arrayValue, !items.isEmpty, items.count <= 1024 else {
            throw SigstoreError(.malformed, "the in-toto statement has no subjects, or more than 1024")
        }
        var subjects: [Subject] = []
        for item in items {
            var digests: [String: String] = [:]
            for pair in item["digest"]?.objectValue ?? [:] {
                guard let text = pair.value.stringValue else {
                    throw SigstoreError(.malformed, "a digest in the in-toto statement is no text")
                }
                digests[pair.key] = text
            }
            guard !digests.isEmpty else {
                throw SigstoreError(.malformed, "a subject of the in-toto statement has no digest")
            }
            subjects.append(Subject(name: item["name"]?.stringValue, digest: digests))
        }
        self.init(
            subjects: subjects, predicateType: predicateType, predicate: value["predicate"] ?? .emptyObject)
    }

    /// Whether the statement is about the artifact with a SHA-256.
    public func isAbout(sha256: [UInt8]) -> Bool {
        let wanted = Hex.encode(sha256)
        return subjects.contains { $0.digest["sha256"] == wanted }
    }

    /// The statement in JSON, which is what an envelope carries.
    public var json: [UInt8] {
        let subjects = subjects.map { subject -> Value in
            var item: Object = [:]
            if let name = subject.name { item["name"] = .string(name) }
            let digests = subject.digest.sorted { $0.key < $1.key }
            item["digest"] = .object(
                Object(digests.map { Object.Pair(key: $0.key, value: .string($0.value)) }))
            return .object(item)
        }
        return JSON.write([
            "_type": .string(Self.types[0]), "subject": .array(subjects),
            "predicateType": .string(predicateType), "predicate": predicate,
        ])
    }
}

/// The kinds of claim that this program writes or asks for by a short word.
public enum PredicateType {
    /// That an image is signed at all, with an empty predicate.
    public static let imageSignature = "https://sigstore.dev/cosign/sign/v1"
    /// How an artifact was built (SLSA 1).
    public static let provenance = "https://slsa.dev/provenance/v1"
    /// What an artifact is made of.
    public static let cycloneDX = "https://cyclonedx.org/bom"

    /// The type that a word of the command line stands for; a type in full stands for itself.
    public static func named(_ word: String) -> String {
        switch word {
        case "slsaprovenance1", "slsaprovenance", "provenance": provenance
        case "slsaprovenance02": "https://slsa.dev/provenance/v0.2"
        case "cyclonedx", "sbom": cycloneDX
        case "spdx", "spdxjson": "https://spdx.dev/Document"
        case "vuln": "https://cosign.sigstore.dev/attestation/vuln/v1"
        case "openvex": "https://openvex.dev/ns"
        case "custom": "https://cosign.sigstore.dev/attestation/v1"
        default: word
        }
    }
}
