import KubeModel
import Manifest
import Testing

/// What a Kubernetes server recorded of its handling of a custom resource.
@Suite struct `Recorded custom resources` {
    let steps: [Value]
    let resource: CustomResourceSchema

    init() throws {
        steps = try #require(try Vectors.json("custom-resources.json")["steps"]?.arrayValue)
        let definition = try #require(
            steps.first { $0["request"]?["body"]?["kind"] == "CustomResourceDefinition" }?["request"]?["body"]
        )
        resource = CustomResourceSchema(version: try #require(definition["spec"]?["versions"]?[0]))
    }

    @Test func `created objects are defaulted and pruned`() throws {
        var compared = 0
        for step in steps {
            guard step["request"]?["method"] == "POST", let body = step["request"]?["body"],
                body["kind"] == "Widget", step["response"]?["status"] == 201
            else { continue }
            let (object, unknown) = try resource.decoded(body)
            #expect(object["spec"] == step["response"]?["body"]?["spec"])
            let warning = unknown.map { "299 - \"unknown field \\\"\($0)\\\"\"" }.first
            #expect(warning == step["response"]?["warning"]?.stringValue)
            compared += 1
        }
        #expect(compared == 1)
    }

    @Test func `invalid objects are refused with the same causes`() throws {
        var compared = 0
        for step in steps {
            guard step["response"]?["status"] == 422, let body = step["request"]?["body"],
                let causes = step["response"]?["body"]?["details"]?["causes"]?.arrayValue
            else { continue }
            let (object, _) = try resource.decoded(body)
            // The patches among the requests hold only the field that is wrong.
            let isPatch = step["request"]?["method"] == "PATCH"
            let faults = resource.faults(of: object).filter { !isPatch || $0.reason != .required }
            let found = faults.map { "\($0.reason.rawValue) \($0.field): \($0.message)" }.sorted()
            let recorded = causes.map { cause in
                let parts = ["reason", "field", "message"].map { cause[$0]?.stringValue ?? "" }
                return isPatch ? nil : "\(parts[0]) \(parts[1]): \(parts[2])"
            }
            if isPatch {
                #expect(found.count == 1)
                #expect(causes.first?["message"]?.stringValue == faults.first?.message)
            } else {
                #expect(found == recorded.compactMap(\.self).sorted())
            }
            compared += 1
        }
        #expect(compared == 4)
    }

    @Test func `strict decoding names the unknown field`() throws {
        let step = try #require(
            steps.first { $0["request"]?["path"]?.stringValue?.contains("fieldValidation=Strict") == true })
        let (_, unknown) = try resource.decoded(try #require(step["request"]?["body"]))
        let kind = GroupVersionKind(apiVersion: "open.example.com/v1", kind: "Widget")
        let error = DecodingFaults.strictFailure(of: kind, DecodingFaults.strictMessages(unknown: unknown))
        #expect(error.message == step["response"]?["body"]?["message"]?.stringValue)
        #expect(error.code == 400)
    }

    @Test func `the recorded definition is accepted`() throws {
        let definition = try #require(
            steps.first { $0["request"]?["body"]?["kind"] == "CustomResourceDefinition" }?["request"]?["body"]
        )
        let document = try #require(definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"])
        #expect(StructuralRules.faults(of: document, at: FieldPath("schema"), hasStatus: true).isEmpty)
    }
}
