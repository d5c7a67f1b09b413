import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Manifest

/// Asks the API server whether whoever sends a request may read the log of a run: `get` on `pipelineruns/log`.
struct LogAccess: Sendable {
    let client: KubeClient

    /// - Parameter namespace: the run's.
    func allows(_ request: Request, run: String, namespace: String) async -> Bool {
        guard let header = request.headers[.authorization], header.hasPrefix("Bearer "),
            let review = try? await client.create(
                Self.tokenReviews,
                [
                    "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                    "spec": ["token": .string(String(header.dropFirst("Bearer ".count)))],
                ], namespace: nil), review["status", "authenticated"]?.boolValue == true,
            let user = review["status", "user", "username"]
        else { return false }
        let answer = try? await client.create(
            Self.accessReviews,
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                "spec": [
                    "user": user, "groups": review["status", "user", "groups"] ?? [],
                    "resourceAttributes": [
                        "group": "slipway.dev", "version": "v1alpha1", "resource": "pipelineruns",
                        "subresource": "log", "verb": "get", "namespace": .string(namespace),
                        "name": .string(run),
                    ],
                ],
            ], namespace: nil)
        return answer?["status", "allowed"]?.boolValue == true
    }

    private static let tokenReviews = GroupVersionResource(
        group: "authentication.k8s.io", version: "v1", resource: "tokenreviews")
    private static let accessReviews = GroupVersionResource(
        group: "authorization.k8s.io", version: "v1", resource: "subjectaccessreviews")
}
