import Foundation
import KubeModel
import Manifest
import Testing

@testable import Kustomize

/// The tables that upstream builds in, one by one.
@Suite struct DefaultDataTests {
    private static func data(_ name: String) throws -> Value {
        let file = VectorTests.folder.appending(path: "data/\(name)")
        return try YAML.parse(Array(try Data(contentsOf: file))).first ?? .null
    }

    @Test(arguments: [
        "commonAnnotations", "commonLabels", "images", "namePrefix", "nameSuffix", "namespace", "replicas",
        "templateLabels", "varReference",
    ])
    func `the default field specs are upstream's`(list: String) throws {
        let expected = try Self.data("kustomize-default-fieldspecs.yaml")[list]?.arrayValue ?? []
        let standard = TransformerConfiguration.standard
        let specs =
            switch list {
            case "commonAnnotations": standard.commonAnnotations
            case "commonLabels": standard.commonLabels
            case "images": standard.images
            case "namePrefix": standard.namePrefix
            case "nameSuffix": standard.nameSuffix
            case "namespace": standard.namespace
            case "replicas": standard.replicas
            case "templateLabels": standard.templateLabels
            default: standard.varReference
            }
        #expect(!expected.isEmpty)
        #expect(Set(specs.map(\.description)) == Set(expected.map(Self.description)))
    }

    @Test func `the default name references are upstream's`() throws {
        let expected = try Self.data("kustomize-default-fieldspecs.yaml")["nameReference"]?.arrayValue ?? []
        var described: Set<String> = []
        for reference in expected {
            for spec in reference["fieldSpecs"]?.arrayValue ?? [] {
                described.insert("\(Self.kind(reference)) \(Self.description(spec))")
            }
        }
        var own: Set<String> = []
        for reference in TransformerConfiguration.standard.nameReference {
            for spec in reference.referrers { own.insert("\(reference.gvk.idText) \(spec)") }
        }
        #expect(own == described)
    }

    private static func kind(_ value: Value) -> String {
        GroupVersionKind(
            group: value["group"]?.stringValue ?? "", version: value["version"]?.stringValue ?? "",
            kind: value["kind"]?.stringValue ?? ""
        ).idText
    }

    private static func description(_ spec: Value) -> String {
        "\(kind(spec)):\(spec["create"]?.boolValue ?? false):\(spec["path"]?.stringValue ?? "")"
    }

    @Test func `the merge keys are upstream's`() throws {
        let expected = try Self.data("kustomize-mergekeys.json").objectValue ?? Object()
        #expect(expected.count == BuiltinMergeSchemas.kinds.count)
        for pair in expected {
            let parts = pair.key.split(separator: " ").map(String.init)
            let gvk = GroupVersionKind(apiVersion: parts[0], kind: parts[1])
            let schema = try #require(BuiltinMergeSchemas.schema(for: gvk), "\(pair.key)")
            var rules: [String: [String]] = [:]
            Self.flatten(schema, "", into: &rules)
            var wanted: [String: [String]] = [:]
            for rule in pair.value.objectValue ?? Object() where !rule.key.hasSuffix("/matchExpressions/key")
            {
                wanted[rule.key] = (rule.value["keys"]?.arrayValue ?? []).compactMap(\.stringValue)
            }
            #expect(rules == wanted, "\(pair.key)")
        }
    }

    private static func flatten(_ schema: MergeSchema, _ path: String, into rules: inout [String: [String]]) {
        if case .merge(let keys)? = schema.list { rules[path] = keys }
        for (name, field) in schema.fields {
            flatten(field, path.isEmpty ? name : "\(path)/\(name)", into: &rules)
        }
    }

    @Test func `the kinds without namespace are upstream's`() throws {
        let expected = try Self.data("kustomize-cluster-scoped.json").arrayValue ?? []
        let own = KindScopes.clusterScoped.flatMap { kind, versions in versions.map { "\($0) \(kind)" } }
        #expect(Set(own) == Set(expected.compactMap(\.stringValue)))
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the hash is SHA-256`(message: String, digest: String) {
        #expect(SHA256.hexadecimal(Array(message.utf8)) == digest)
    }

    @Test(arguments: [
        ("2024-05-06", "2024-05-06T00:00:00Z"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
        ("2001-1-4 1:2:3", "2001-01-04T01:02:03Z"), ("2024-02-30", nil), ("24-05-06", nil),
        ("2024-05-06x", nil),
    ])
    func `a date is a timestamp`(text: String, moment: String?) {
        #expect(Timestamp(text)?.text == moment)
    }
}
