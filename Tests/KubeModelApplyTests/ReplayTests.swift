import KubeModel
import Manifest
import Testing

/// Plays recorded writes: the recorded answers stand for defaulting, so that what is compared is who owns what.
@Suite struct `Recorded writes` {
    static let names = [
        "apply-configmap", "apply-deployment", "crud-configmap", "custom-resources", "defaults",
        "finalizers-and-deletion", "generation-and-status", "merge-and-json-patch", "strategic-merge-patch",
    ]

    @Test(arguments: names) func `ownership is what a Kubernetes server recorded`(name: String) throws {
        let conversation = try Conversation(name)
        var store = Store()
        var compared = 0
        for step in conversation.steps {
            if try store.play(step) { compared += 1 }
        }
        #expect(compared > 0)
    }
}

/// The objects as the recorded server had them, with the ownership that was computed.
private struct Store {
    private var objects: [String: Value] = [:]
    private var catalog = SchemaCatalog.builtin

    /// Plays a step; answers whether there was something to compare.
    mutating func play(_ step: Conversation.Step) throws -> Bool {
        let path = step.objectPath
        if step.method == "DELETE", step.status == 200 {
            let managed = objects[path]?["metadata"]?["managedFields"]
            objects[path] = step.answer["metadata"]?["deletionTimestamp"] == nil ? nil : step.answer
            if objects[path] != nil { objects[path]?.set(managed, at: ["metadata", "managedFields"]) }
            return false
        }
        if step.method == "GET", let object = objects[path], step.answer["metadata"]?["managedFields"] != nil
        {
            expectOwnership(of: object, step)
            return true
        }
        guard ["POST", "PUT", "PATCH"].contains(step.method), step.query["dryRun"] == nil else {
            return false
        }
        if step.contentType.contains("apply-patch") { return try apply(step) }
        guard step.status < 300, let kind = GroupVersionKind(step.answer) else { return false }
        if kind.kind == "Scale" { return try scale(step) }
        let manager = fieldManager(kind, step)
        let time = Timestamp(seconds: Int64(1_000_000 + step.number))
        var new = objects[path] == nil ? Self.asOwned(step.answer, kind, asked: step.body) : step.answer
        new.set(step.body?["metadata"]?["managedFields"], at: ["metadata", "managedFields"])
        let result = manager.update(
            live: objects[path], new: new, manager: step.query["fieldManager"] ?? "unknown", at: time)
        if result["metadata"]?["deletionTimestamp"] != nil, result["metadata"]?["finalizers"] == nil {
            objects[path] = nil
        } else {
            objects[path] = result
        }
        expectOwnership(of: result, step)
        register(step.body ?? .null)
        return true
    }

    private mutating func apply(_ step: Conversation.Step) throws -> Bool {
        guard var body = step.body, step.query["fieldManager"] != nil else { return false }
        if body.stringValue != nil {
            // The one configuration that was sent as YAML.
            body = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "x"], "data": ["yaml": "yes"],
            ]
        }
        guard let kind = GroupVersionKind(body) else { return false }
        if step.status == 400 { return false }
        let path = step.objectPath
        let time = Timestamp(seconds: Int64(1_000_000 + step.number))
        do throws(APIError) {
            var result = try fieldManager(kind, step).apply(
                live: objects[path], applied: body, manager: step.query["fieldManager"] ?? "",
                force: step.query["force"] == "true", at: time)
            #expect(step.status < 300, "\(step)")
            expectOwnership(of: result, step)
            // Of objects without defaults in Go code, the merge alone gives the recorded fields.
            for field in ["data", "spec"] where kind.group != "apps" {
                let merged = catalog.schema(for: kind)?.defaulted(result) ?? result
                #expect((merged[field] ?? .null) == (step.answer[field] ?? .null), "\(step)")
            }
            let managed = result["metadata"]?["managedFields"]
            result = step.answer
            result.set(managed, at: ["metadata", "managedFields"])
            objects[path] = result
        } catch {
            #expect(error.status.message == step.answer["message"]?.stringValue, "\(step)")
            #expect(error.status.code == step.status, "\(step)")
            let causes = error.status.details?.causes.map { [$0.reason, $0.message, $0.field] }
            let recorded = step.answer["details"]?["causes"]?.arrayValue?.map { cause in
                ["reason", "message", "field"].map { cause[$0]?.stringValue ?? "" }
            }
            #expect(causes == recorded, "\(step)")
        }
        return true
    }

    /// A created object without what the server fills in only after it has noted who owns what.
    private static func asOwned(_ answer: Value, _ kind: GroupVersionKind, asked: Value?) -> Value {
        var object = answer
        let later: [[String]] =
            switch kind.kind {
            case "Namespace": [["spec", "finalizers"]]
            case "Pod": [["spec", "priority"], ["spec", "preemptionPolicy"]]
            case "Service":
                [
                    ["spec", "clusterIP"], ["spec", "clusterIPs"], ["spec", "ipFamilies"],
                    ["spec", "ipFamilyPolicy"],
                ]
            case "Job": [["metadata", "labels"], ["spec", "selector"], ["spec", "template", "metadata"]]
            case "PersistentVolumeClaim": [["metadata", "finalizers"]]
            default: []
            }
        for path in later {
            var value = asked
            for name in path { value = value?[name] }
            object.set(value, at: path)
        }
        return object
    }

    private func fieldManager(_ kind: GroupVersionKind, _ step: Conversation.Step) -> FieldManager {
        let schema = catalog.schema(for: kind)
        let filter =
            schema?.definition != nil
            ? FieldFilter.builtin(kind, subresource: step.subresource)
            : FieldFilter.customResource(hasStatus: true, subresource: step.subresource)
        return FieldManager(kind: kind, schema: schema, subresource: step.subresource, resetFields: filter)
    }

    /// Learns the schemas of a definition.
    private mutating func register(_ object: Value) {
        guard object["kind"] == "CustomResourceDefinition", let group = object["spec"]?["group"]?.stringValue,
            let kind = object["spec"]?["names"]?["kind"]?.stringValue
        else { return }
        for version in object["spec"]?["versions"]?.arrayValue ?? [] {
            let resource = CustomResourceSchema(version: version)
            let name = GroupVersionKind(group: group, version: resource.version, kind: kind)
            catalog = catalog.setting(resource.schema, for: name)
        }
    }

    /// Plays a write to the scale subresource; the parent's ownership is compared by the next look at it.
    private mutating func scale(_ step: Conversation.Step) throws -> Bool {
        var parent = try #require(objects[step.objectPath])
        let kind = try #require(GroupVersionKind(parent))
        let scaleKind = GroupVersionKind(apiVersion: "autoscaling/v1", kind: "Scale")
        let ownership = ScaleOwnership(apiVersion: kind.apiVersion)
        var live = step.answer
        live.set(parent["spec"]?["replicas"], at: ["spec", "replicas"])
        live = ownership.entries(ofParent: try ManagedFields(of: parent)).replacing(in: live)
        let manager = FieldManager(
            kind: scaleKind, schema: catalog.schema(for: scaleKind), subresource: "scale",
            resetFields: .builtin(scaleKind, subresource: "scale"))
        let written = manager.update(
            live: live, new: step.answer, manager: "unknown", at: Timestamp(seconds: 2_000_000))
        let entries = ownership.entries(
            ofParent: try ManagedFields(of: parent), afterWriting: try ManagedFields(of: written))
        parent.set(step.answer["spec"]?["replicas"], at: ["spec", "replicas"])
        objects[step.objectPath] = entries.replacing(in: parent)
        return true
    }

    private func expectOwnership(of result: Value, _ step: Conversation.Step) {
        func entries(_ object: Value) -> [String] {
            (object["metadata"]?["managedFields"]?.arrayValue ?? []).map { entry in
                var entry = entry
                if entry["time"] != nil { entry["time"] = "<time>" }
                return JSON.string(entry, options: JSON.WriteOptions(sortsKeys: true))
            }.sorted()
        }
        #expect(entries(result) == entries(step.answer), "\(step.testDescription)")
    }
}
