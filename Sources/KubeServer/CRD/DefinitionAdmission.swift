import KubeModel
import Manifest

/// Refuses definitions whose schemas are not structural, and new objects of definitions that are going.
struct DefinitionAdmission: AdmissionPlugin {
    let store: Store

    var name: String { "DefinitionAdmission" }

    func validate(_ request: AdmissionRequest) async throws(APIError) {
        if request.resource.groupResource == DefinitionNames.resource {
            try checkSchemas(request)
        } else if request.operation == .create, ResourceDefinition.builtinKinds[request.kind] == nil {
            try checkDefinition(request)
        }
    }

    private func checkSchemas(_ request: AdmissionRequest) throws(APIError) {
        guard let definition = request.object, request.subresource.isEmpty,
            definition["spec"] != request.oldObject?["spec"]
        else { return }
        var faults: [FieldError] = []
        let path = FieldPath("spec", "versions")
        for (place, version) in definition.items("spec", "versions").enumerated() {
            guard let schema = version["schema", "openAPIV3Schema"] else { continue }
            faults += StructuralRules.faults(
                of: schema, at: path.index(place).child("schema", "openAPIV3Schema"),
                hasStatus: version["subresources", "status"]?.objectValue != nil)
        }
        if !faults.isEmpty {
            let kind = GroupKind(group: request.kind.group, kind: request.kind.kind)
            throw .invalid(kind, name: request.name, errors: faults)
        }
    }

    private func checkDefinition(_ request: AdmissionRequest) throws(APIError) {
        let resource = request.resource.groupResource
        let definition = store.value(of: DefinitionNames.resource, name: resource.description)
        guard definition?.metadata.isDeleting == true else { return }
        var error = APIError.methodNotSupported(resource, action: "create")
        error.status.message = "create not allowed while custom resource definition is terminating"
        throw error
    }
}
