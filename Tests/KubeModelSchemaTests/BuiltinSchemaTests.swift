import KubeModel
import Manifest
import Testing

@Suite struct `Built-in schemas` {
    @Test func `a deployment knows its fields`() throws {
        let kind = GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")
        let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
        let containers = try #require(
            schema.properties["spec"]?.properties["template"]?.properties["spec"]?.properties["containers"])
        #expect(containers.patchMergeKey == "name")
        #expect(containers.listType == .map)
        #expect(containers.listMapKeys == ["name"])
        #expect(containers.items?.definition == "io.k8s.api.core.v1.Container")
        let ports = try #require(containers.items?.properties["ports"])
        #expect(ports.items?.properties["protocol"]?.defaultValue == "TCP")
        #expect(schema.properties["spec"]?.required == ["selector", "template"])
        #expect(schema.properties["spec"]?.properties["strategy"]?.patchStrategy == .retainKeys)
    }

    @Test func `a schema that contains itself can be walked`() throws {
        let name = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
        let schema = try #require(SchemaCatalog.builtin.schema(named: name))
        let inner = try #require(schema.properties["properties"]?.additionalProperties)
        #expect(inner.definition == name)
        #expect(inner.properties["not"]?.properties["allOf"]?.items?.definition == name)
    }

    @Test func `the embedded types say what the server's OpenAPI document says`() throws {
        let document = try #require(try Vectors.json("builtin-schemas.json").objectValue)
        var kinds = 0
        for pair in document {
            let schema = try #require(SchemaCatalog.builtin.schema(named: pair.key), "\(pair.key) is missing")
            #expect(differences(schema, pair.value) == [], "\(pair.key)")
            for kind in pair.value["x-kubernetes-group-version-kind"]?.arrayValue ?? [] {
                let name = GroupVersionKind(
                    group: kind["group"]?.stringValue ?? "", version: kind["version"]?.stringValue ?? "",
                    kind: kind["kind"]?.stringValue ?? "")
                #expect(SchemaCatalog.builtin.schema(for: name)?.definition == pair.key, "\(name)")
                kinds += 1
            }
        }
        #expect(document.count == 507)
        #expect(kinds == 124)
    }

    @Test func `a catalog can learn and forget further kinds`() throws {
        let pod = GroupVersionKind(apiVersion: "v1", kind: "Pod")
        let widget = GroupVersionKind(apiVersion: "example.com/v1", kind: "Widget")
        let schema = try #require(SchemaCatalog.builtin.schema(for: pod))
        let catalog = SchemaCatalog.builtin.setting(schema, for: widget)
        #expect(catalog.schema(for: widget) === schema)
        #expect(SchemaCatalog.builtin.schema(for: widget) == nil)
        #expect(catalog.setting(nil, for: widget).schema(for: widget) == nil)
    }

    /// What differs between a schema and the document it was generated from, without following references.
    private func differences(_ schema: Schema, _ document: Value, path: String = "") -> [String] {
        var found: [String] = []
        func compare<T: Equatable>(_ name: String, _ left: T, _ right: T) {
            if left != right { found.append("\(path).\(name): \(left) != \(right)") }
        }
        func strings(_ key: String) -> [String] {
            (document[key]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        let reference = document["$ref"] ?? document["allOf"]?[0]?["$ref"]
        compare("default", schema.defaultValue, document["default"])
        compare("merge key", schema.patchMergeKey, document["x-kubernetes-patch-merge-key"]?.stringValue)
        var strategy: Schema.PatchStrategy = []
        let words = document["x-kubernetes-patch-strategy"]?.stringValue?.split(separator: ",") ?? []
        for word in words {
            strategy.insert(word == "merge" ? .merge : word == "replace" ? .replace : .retainKeys)
        }
        compare("patch strategy", schema.patchStrategy, strategy)
        if let reference = reference?.stringValue {
            compare("reference", schema.definition, reference.split(separator: "/").last.map(String.init))
            return found
        }
        let isUnion = document["oneOf"] != nil
        compare("type", schema.type.rawValue, document["type"]?.stringValue ?? "any")
        compare("int-or-string", schema.isIntOrString, document["format"]?.stringValue == "int-or-string")
        if !isUnion { compare("format", schema.format, document["format"]?.stringValue) }
        compare("enum", schema.enumeration.compactMap(\.stringValue), strings("enum"))
        compare("required", schema.required, strings("required"))
        compare("list type", schema.listType?.rawValue, document["x-kubernetes-list-type"]?.stringValue)
        compare("keys", schema.listMapKeys, strings("x-kubernetes-list-map-keys"))
        compare("map type", schema.mapType?.rawValue, document["x-kubernetes-map-type"]?.stringValue)
        let properties = document["properties"]?.objectValue ?? Object()
        compare("properties", schema.properties.map(\.name).sorted(), properties.map(\.key).sorted())
        for pair in properties {
            guard let field = schema.properties[pair.key] else { continue }
            found += differences(field, pair.value, path: "\(path).\(pair.key)")
        }
        compare("items", schema.items != nil, document["items"] != nil)
        if let items = schema.items, let document = document["items"] {
            found += differences(items, document, path: path + "[]")
        }
        compare("additional", schema.additionalProperties != nil, document["additionalProperties"] != nil)
        if let additional = schema.additionalProperties, let document = document["additionalProperties"] {
            found += differences(additional, document, path: path + "{}")
        }
        return found
    }
}
