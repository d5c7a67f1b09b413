public import KubeModel
import Manifest

/// Writes into new objects who made them, whatever the request says, so that nobody can speak for somebody else.
///
///     configuration.admission.append(RequesterStamp(.approvals, field: "user"))
public struct RequesterStamp: AdmissionPlugin {
    private let resource: GroupResource
    private let field: String

    /// - Parameters:
    ///   - resource: the objects, whose definition must forbid changes of the field.
    ///   - field: the field of `spec` that holds the user's name.
    public init(_ resource: GroupVersionResource, field: String) {
        self.resource = resource.groupResource
        self.field = field
    }

    public var name: String { "RequesterStamp" }

    public func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        guard request.resource.groupResource == resource, request.subresource.isEmpty else { return }
        switch request.operation {
        case .create: request.object?["spec", field] = .string(request.user.name)
        case .update: request.object?["spec", field] = request.oldObject?["spec", field]
        case .delete: break
        }
    }
}
