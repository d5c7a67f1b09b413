import KubeModel
import Manifest

/// Answers the objects that are questions: access reviews, token reviews, `kubectl auth whoami`.
struct Reviews: Sendable {
    let authorizer: any Authorizer

    /// The object with its `status` filled in. Nothing of it is stored.
    ///
    /// - Parameters:
    ///   - resource: one of the resources that can only be created.
    ///   - namespace: the namespace of the request, empty for cluster-scoped reviews.
    func answer(
        _ object: Value, resource: ResourceDefinition, namespace: String, user: User
    ) async throws(APIError) -> Value {
        object
    }
}
