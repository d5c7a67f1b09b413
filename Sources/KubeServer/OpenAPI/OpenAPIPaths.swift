import KubeModel
import Manifest

/// The paths of an OpenAPI document: where resources are found, and which parameters their writes take.
///
/// kubectl reads here whether a server validates fields and knows dry runs. Bodies and answers are left out.
struct OpenAPIPaths {
    let dialect: SchemaWriter.Dialect

    /// The paths of one resource in the order collection, object, subresources.
    func paths(of resource: ResourceDefinition) -> [Object.Pair] {
        let base =
            GroupVersionResource(group: resource.group, version: resource.version, resource: resource.plural)
            .pathPrefix + (resource.isNamespaced ? "/namespaces/{namespace}" : "") + "/\(resource.plural)"
        var paths: [Object.Pair] = []
        let collection: [(method: String, verb: Verbs, action: String)] = [
            ("get", .list, "list"), ("post", .create, "post"),
            ("delete", .deleteCollection, "deletecollection"),
        ]
        add(base, collection.filter { resource.verbs.contains($0.verb) }, resource.kind, to: &paths)
        let object: [(method: String, verb: Verbs, action: String)] = [
            ("get", .get, "get"), ("put", .update, "put"), ("patch", .patch, "patch"),
            ("delete", .delete, "delete"),
        ]
        add("\(base)/{name}", object.filter { resource.verbs.contains($0.verb) }, resource.kind, to: &paths)
        let part = object + [("post", .create, "post")]
        for subresource in resource.subresources {
            add(
                "\(base)/{name}/\(subresource.name)", part.filter { subresource.verbs.contains($0.verb) },
                subresource.kind, to: &paths)
        }
        return paths
    }

    private func add(
        _ path: String, _ operations: [(method: String, verb: Verbs, action: String)],
        _ kind: GroupVersionKind,
        to paths: inout [Object.Pair]
    ) {
        guard !operations.isEmpty else { return }
        var item = Object()
        for operation in operations {
            item[operation.method] = [
                "parameters": .array(parameters(of: operation.action)),
                "responses": ["200": ["description": "OK"]],
                "x-kubernetes-action": .string(operation.action),
                "x-kubernetes-group-version-kind": SchemaWriter.kindValue(kind),
            ]
        }
        paths.append(Object.Pair(key: path, value: .object(item)))
    }

    private func parameters(of action: String) -> [Value] {
        var texts: [String]
        switch action {
        case "post", "put": texts = ["dryRun", "fieldManager", "fieldValidation"]
        case "patch": texts = ["dryRun", "fieldManager", "fieldValidation"]
        case "delete", "deletecollection": texts = ["dryRun", "propagationPolicy"]
        default: texts = []
        }
        if action == "list" || action == "deletecollection" {
            texts += ["labelSelector", "fieldSelector", "continue", "resourceVersion"]
        }
        var parameters = texts.map { parameter($0, type: "string") }
        if action == "patch" { parameters.append(parameter("force", type: "boolean")) }
        return parameters
    }

    private func parameter(_ name: String, type: String) -> Value {
        switch dialect {
        case .v2: ["name": .string(name), "in": "query", "type": .string(type)]
        case .v3: ["name": .string(name), "in": "query", "schema": ["type": .string(type)]]
        }
    }
}
