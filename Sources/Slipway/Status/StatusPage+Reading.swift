public import KubeClient
import KubeModel
import Manifest

extension StatusPage {
    /// The kinds that tell what goes on.
    private static let kinds: [(group: String, resource: String)] = [
        ("slipway.dev", "repositories"), ("slipway.dev", "pullrequests"), ("slipway.dev", "pipelineruns"),
        ("slipway.dev", "releases"), ("slipway.dev", "deliveries"), ("slipway.dev", "promotions"),
        ("argoproj.io", "applications"), ("argoproj.io", "rollouts"),
    ]

    /// The page of an API; kinds that it does not know are passed over.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    public static func read(_ client: KubeClient) async throws -> StatusPage {
        var objects: [Value] = []
        for kind in kinds {
            let resource = GroupVersionResource(
                group: kind.group, version: "v1alpha1", resource: kind.resource)
            do {
                objects += try await client.listAll(resource, namespace: nil)
            } catch let error as APIError where error.isNotFound {
                continue
            }
        }
        return StatusPage(objects)
    }
}
