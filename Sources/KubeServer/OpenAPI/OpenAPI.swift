import KubeModel
import Manifest
import Synchronization

/// Describes the served kinds to clients: `/openapi/v3` by group and version, `/openapi/v2` all at once.
///
/// Documents are made when they are asked for, as most runs of the server need few, and kept until a custom
/// resource comes or goes.
final class OpenAPI: Sendable {
    private let registry: ResourceRegistry
    private let documents = Mutex(Documents())

    private struct Documents {
        var revision: UInt64 = 0
        var bytes: [String: [UInt8]] = [:]
    }

    init(registry: ResourceRegistry) { self.registry = registry }

    /// Without the `@` by which clients ask for it: Go does not take that for a media type.
    private static let protobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    private static let prefix = "/openapi/v3/"

    /// The answer to a GET of an OpenAPI path, nil for every other path.
    ///
    /// - Throws: `NotAcceptable` where the client takes no form the server has.
    func answer(path: String, accept: String?) throws(APIError) -> APIResponse? {
        switch path {
        case "/openapi/v2":
            // Clients have asked for protobuf in several spellings; all name the same message.
            if accept?.contains("proto-openapi.spec.v2") == true {
                return response(document("v2.pb", makeV2Protobuf), type: Self.protobufV2)
            }
            return response(document("v2", makeV2), type: "application/json")
        case "/openapi/v3", "/openapi/v3/":
            return response(JSON.write(index), type: "application/json")
        default:
            guard path.hasPrefix(Self.prefix) else { return nil }
            return try versionDocument(String(path.dropFirst(Self.prefix.count)), accept: accept)
        }
    }

    private func versionDocument(_ path: String, accept: String?) throws(APIError) -> APIResponse? {
        let parts = path.split(separator: "/").map(String.init)
        let group: String
        switch (parts.count, parts.first) {
        case (2, "api"): group = ""
        case (3, "apis"): group = parts[1]
        default: return nil
        }
        guard let version = parts.last, registry.current.serves(group: group, version: version) else {
            return nil
        }
        let isJSONAccepted = accept.map { $0.contains("json") || $0.contains("*/*") } ?? true
        guard isJSONAccepted else { throw .notAcceptable(supported: ["application/json"]) }
        let bytes = document(path) { snapshot in Self.makeV3(snapshot, group: group, version: version) }
        return response(bytes, type: "application/json")
    }

    private func response(_ bytes: [UInt8], type: String) -> APIResponse {
        APIResponse(status: 200, headers: ["content-type": type], body: .bytes(bytes))
    }

    private func document(
        _ name: String, _ make: (ResourceRegistry.Snapshot) -> [UInt8]
    ) -> [UInt8] {
        let snapshot = registry.current
        let known = documents.withLock { documents -> [UInt8]? in
            if documents.revision < snapshot.revision { documents = Documents(revision: snapshot.revision) }
            return documents.revision == snapshot.revision ? documents.bytes[name] : nil
        }
        if let known { return known }
        // Made outside the lock: it takes a while, and two makers come to the same bytes.
        let bytes = make(snapshot)
        documents.withLock { documents in
            if documents.revision == snapshot.revision { documents.bytes[name] = bytes }
        }
        return bytes
    }

    private var index: Value {
        let snapshot = registry.current
        var paths = Object()
        for group in snapshot.groups {
            for version in group.versions {
                let path = group.name.isEmpty ? "api/\(version.name)" : "apis/\(group.name)/\(version.name)"
                paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(snapshot.revision)")]
            }
        }
        return ["paths": .object(paths)]
    }

    private static func makeV3(
        _ snapshot: ResourceRegistry.Snapshot, group: String, version: String
    ) -> [UInt8] {
        let resources = snapshot.group(group)?.versions.first { $0.name == version }?.resources ?? []
        var writer = SchemaWriter(.v3)
        var paths: [Object.Pair] = []
        for resource in resources {
            add(resource, to: &writer)
            paths += OpenAPIPaths(dialect: .v3).paths(of: resource)
        }
        return JSON.write([
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "unversioned"],
            "paths": .object(Object(paths)), "components": ["schemas": sorted(writer.definitions)],
        ])
    }

    private func makeV2(_ snapshot: ResourceRegistry.Snapshot) -> [UInt8] {
        JSON.write(Self.v2Document(snapshot))
    }

    private func makeV2Protobuf(_ snapshot: ResourceRegistry.Snapshot) -> [UInt8] {
        GnosticDocument.encode(Self.v2Document(snapshot))
    }

    private static func v2Document(_ snapshot: ResourceRegistry.Snapshot) -> Value {
        var writer = SchemaWriter(.v2)
        var paths: [Object.Pair] = []
        for resource in snapshot.groups.flatMap(\.versions).flatMap(\.resources) {
            add(resource, to: &writer)
            paths += OpenAPIPaths(dialect: .v2).paths(of: resource)
        }
        return [
            "swagger": "2.0", "info": ["title": "Kubernetes", "version": "unversioned"],
            "paths": .object(Object(paths)), "definitions": sorted(writer.definitions),
        ]
    }

    private static func add(_ resource: ResourceDefinition, to writer: inout SchemaWriter) {
        guard let schema = resource.schema else { return }
        writer.add(schema, named: schema.definition ?? name(of: resource.kind), kinds: [resource.kind])
    }

    /// The name of a custom resource's type: its group turned around, version and kind.
    private static func name(of kind: GroupVersionKind) -> String {
        (kind.group.split(separator: ".").reversed() + [kind.version[...], kind.kind[...]])
            .joined(separator: ".")
    }

    private static func sorted(_ definitions: [String: Value]) -> Value {
        .object(
            Object(definitions.sorted { $0.key < $1.key }.map { Object.Pair(key: $0.key, value: $0.value) }))
    }
}
