import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct OpenAPITests {
    private let openAPI = OpenAPI(registry: ResourceRegistry())

    private func bytes(_ path: String, accept: String? = nil) throws -> [UInt8] {
        let response = try #require(try openAPI.answer(path: path, accept: accept))
        guard case .bytes(let bytes) = response.body else { return [] }
        return bytes
    }

    @Test func `patches find merge keys and strategies`() throws {
        let document = try JSON.parse(bytes("/openapi/v3/api/v1"))
        let schemas = try #require(document["components", "schemas"])
        let spec = try #require(schemas["io.k8s.api.core.v1.PodSpec"])
        let containers = try #require(spec["properties", "containers"])
        #expect(containers["x-kubernetes-patch-merge-key"] == "name")
        #expect(containers["x-kubernetes-patch-strategy"] == "merge")
        #expect(containers["x-kubernetes-list-map-keys"] == ["name"])
        #expect(containers["items", "$ref"] == "#/components/schemas/io.k8s.api.core.v1.Container")
        #expect(
            spec["properties", "volumes"]?["x-kubernetes-patch-strategy"] == "merge,retainKeys")
    }

    @Test func `every reference leads to a schema`() throws {
        for path in ["api/v1", "apis/apps/v1", "apis/apiextensions.k8s.io/v1"] {
            let document = try JSON.parse(bytes("/openapi/v3/\(path)"))
            let schemas = try #require(document["components", "schemas"]?.objectValue)
            var open = Array(schemas.values)
            while let value = open.popLast() {
                if let reference = value["$ref"]?.stringValue {
                    let name = String(reference.split(separator: "/").last ?? "")
                    #expect(schemas.contains(key: name), "\(path): \(reference)")
                }
                open += value.objectValue.map { Array($0.values) } ?? value.arrayValue ?? []
            }
        }
    }

    @Test func `clients see that patches are validated field by field`() throws {
        let document = try JSON.parse(bytes("/openapi/v3/apis/apps/v1"))
        let patch = document["paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch"]
        let operation = try #require(patch)
        #expect(operation["x-kubernetes-group-version-kind", "kind"] == "Deployment")
        #expect(operation.items("parameters").map { $0.text("name") }.contains("fieldValidation"))
    }

    @Test func `kubectl gets version 2 as a protocol buffer it takes for one`() throws {
        let accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
        let response = try #require(try openAPI.answer(path: "/openapi/v2", accept: accept))
        #expect(response.headers["content-type"]?.contains("@") == false)
        var reader = ProtobufReader(try bytes("/openapi/v2", accept: accept)[...])
        var numbers: [Int] = []
        while let field = try reader.next() { numbers.append(field.number) }
        #expect(numbers == [1, 2, 8, 9])
    }

    @Test(arguments: [SchemaWriter.Dialect.v2, .v3])
    func `a custom resource has the fields of every object`(dialect: SchemaWriter.Dialect) throws {
        let schema = Schema.customResource([
            "type": "object",
            "properties": [
                "metadata": ["type": "object"],
                "spec": ["type": "object", "properties": ["size": ["type": "string"]]],
            ],
        ])
        var writer = SchemaWriter(dialect)
        let kind = GroupVersionKind(group: "example.com", version: "v1", kind: "Widget")
        writer.add(schema, named: "com.example.v1.Widget", kinds: [kind])
        let widget = try #require(writer.definitions["com.example.v1.Widget"])
        #expect(widget["properties", "apiVersion"] == ["type": "string"])
        #expect(widget["properties", "kind"] == ["type": "string"])
        let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
        let written = try #require(widget["properties", "metadata"])
        #expect("\(written)".contains(dialect.referencePrefix + metadata))
        #expect(writer.definitions[metadata] != nil)
        #expect(widget["properties", "spec"]?["properties", "size"] == ["type": "string"])
        #expect(widget["x-kubernetes-embedded-resource"] == nil)
    }

    @Test func `paths of versions that are not served have no document`() throws {
        let missing = try openAPI.answer(path: "/openapi/v3/apis/apps/v9", accept: nil)
        #expect(missing == nil)
        #expect(throws: APIError.self) {
            try openAPI.answer(path: "/openapi/v3/api/v1", accept: "application/x-unknown")
        }
    }
}
