public import Manifest

/// A software bill of materials as a CycloneDX 1.6 document.
///
/// The same components give the same bytes, in whatever order they were found.
public struct BillOfMaterials: Sendable {
    /// What the components are part of.
    public struct Subject: Sendable, Hashable {
        /// CycloneDX's word: `container`, `application`, `file`.
        public var type: String
        /// What the subject is called.
        public var name: String
        /// Its version.
        public var version: String?
        /// `sha256:…` of an image.
        public var digest: String?

        /// A subject of a bill of materials.
        public init(type: String, name: String, version: String? = nil, digest: String? = nil) {
            self.type = type
            self.name = name
            self.version = version
            self.digest = digest
        }
    }

    /// The predicate type under which the document is attested.
    public static let predicateType = "https://cyclonedx.org/bom"
    /// The media type of the document.
    public static let mediaType = "application/vnd.cyclonedx+json"

    /// What the bill is of.
    public var subject: Subject
    /// What it is made of.
    public var components: [Component]
    /// `urn:uuid:…`, nil for a document that shall be the same each time.
    public var serialNumber: String?
    /// RFC 3339, nil for a document that shall be the same each time.
    public var timestamp: String?
    /// The version of the program that writes the document.
    public var toolVersion: String

    /// Describes what a subject is made of.
    public init(
        of subject: Subject, components: [Component], serialNumber: String? = nil, timestamp: String? = nil,
        toolVersion: String
    ) {
        self.subject = subject
        self.components = components.merged()
        self.serialNumber = serialNumber
        self.timestamp = timestamp
        self.toolVersion = toolVersion
    }

    /// The document.
    public var value: Value {
        var metadata: Object = [:]
        if let timestamp { metadata["timestamp"] = .string(timestamp) }
        metadata["tools"] = [
            "components": [["type": "application", "name": "slipway", "version": .string(toolVersion)]]
        ]
        metadata["component"] = subjectValue
        var document: Object = [
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX", "specVersion": "1.6",
        ]
        if let serialNumber { document["serialNumber"] = .string(serialNumber) }
        document["version"] = 1
        document["metadata"] = .object(metadata)
        document["components"] = .array(components.map(\.cycloneDX))
        document["dependencies"] = .array(dependencies)
        return .object(document)
    }

    private var subjectReference: String { subject.digest.map { "\(subject.name)@\($0)" } ?? subject.name }

    private var subjectValue: Value {
        var value: Object = [
            "type": .string(subject.type), "bom-ref": .string(subjectReference),
            "name": .string(subject.name),
        ]
        if let version = subject.version ?? subject.digest { value["version"] = .string(version) }
        if let digest = subject.digest, digest.hasPrefix("sha256:") {
            value["hashes"] = [["alg": "SHA-256", "content": .string(String(digest.dropFirst(7)))]]
        }
        return .object(value)
    }

    /// The graph: each component with what it needs among the listed ones, the subject with what nothing else needs.
    private var dependencies: [Value] {
        let listed = Set(components.map(\.package))
        var needed: Set<PackageURL> = []
        var graph: [Value] = []
        for component in components {
            let inside = component.dependencies.filter { listed.contains($0) && $0 != component.package }
            needed.formUnion(inside)
            let names = Set(inside.map(\.description)).sorted()
            graph.append([
                "ref": .string(component.package.description), "dependsOn": .array(names.map { .string($0) }),
            ])
        }
        let roots = components.map(\.package).filter { !needed.contains($0) }.map(\.description)
        let first: Value = [
            "ref": .string(subjectReference), "dependsOn": .array(roots.map { .string($0) }),
        ]
        return [first] + graph
    }
}

extension Component {
    fileprivate var cycloneDX: Value {
        var value: Object = ["type": "library", "bom-ref": .string(package.description)]
        if let namespace = package.namespace { value["group"] = .string(namespace) }
        value["name"] = .string(package.name)
        if let version = package.version { value["version"] = .string(version) }
        switch scope {
        case .runtime: value["scope"] = "required"
        case .optional: value["scope"] = "optional"
        case .development: value["scope"] = "excluded"
        }
        if !hashes.isEmpty {
            value["hashes"] = .array(
                hashes.map { ["alg": .string($0.algorithm), "content": .string($0.value)] })
        }
        if let license { value["licenses"] = [["expression": .string(license)]] }
        value["purl"] = .string(package.description)
        var occurrence: Object = ["location": .string(location)]
        if let line { occurrence["line"] = .integer(Int64(line)) }
        value["evidence"] = ["occurrences": [.object(occurrence)]]
        if let source, source.name != package.name || source.version != package.version {
            value["properties"] = [
                ["name": "slipway:source:name", "value": .string(source.name)],
                ["name": "slipway:source:version", "value": .string(source.version)],
            ]
        }
        return .object(value)
    }
}
