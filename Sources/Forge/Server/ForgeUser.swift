import KubeClient
import KubeModel
import Manifest
import Synchronization

/// Somebody who has proved who they are.
public struct ForgeUser: Sendable, Hashable {
    /// As the API server knows them.
    public var name: String
    /// What roles are given to besides the name.
    public var groups: [String]

    /// Names somebody who has been authenticated.
    public init(name: String, groups: [String] = []) {
        self.name = name
        self.groups = groups
    }
}

/// What somebody may do with a repository: verbs of `repositories.slipway.dev` in roles of the API.
public enum ForgeVerb: String, Sendable, Hashable {
    /// To clone and to see pull requests.
    case read = "get"
    /// To open pull requests and to push branches that are not protected.
    case push
    /// To comment on pull requests; whoever may review may do so, too.
    case comment
    /// To approve, and to ask for changes.
    case review
    /// To ask for a merge, and to close.
    case merge
}

/// Asks the API server who a token belongs to and what its owner may do (TokenReview, SubjectAccessReview).
struct ForgeAccess: Sendable {
    private struct Known: Sendable {
        var user: ForgeUser?
        var until: Duration
    }

    private static let memory = Duration.seconds(10)
    private static let capacity = 4096
    private let client: KubeClient
    private let tokens = TokenMemory()

    private final class TokenMemory: Sendable {
        let known = Mutex<[String: Known]>([:])
    }

    init(_ client: KubeClient) { self.client = client }

    /// The owner of a token; nil where it is nobody's.
    func user(of token: String) async throws -> ForgeUser? {
        let now = client.timeline.now
        if let known = tokens.known.withLock({ $0[token] }), known.until > now { return known.user }
        let answer = try await client.create(
            .tokenReviews,
            [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                "spec": ["token": .string(token)],
            ], namespace: nil)
        var user: ForgeUser?
        if answer["status", "authenticated"]?.boolValue == true,
            let name = answer["status", "user", "username"]?.stringValue
        {
            let groups = answer["status", "user", "groups"]?.arrayValue ?? []
            user = ForgeUser(name: name, groups: groups.compactMap(\.stringValue))
        }
        tokens.known.withLock { [user] known in
            if known.count >= Self.capacity { known = [:] }
            known[token] = Known(user: user, until: now + Self.memory)
        }
        return user
    }

    /// Whether somebody may do something with a repository.
    func may(_ user: ForgeUser, _ verb: ForgeVerb, _ repository: ObjectKey) async throws -> Bool {
        let answer = try await client.create(
            .subjectAccessReviews,
            [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                "spec": [
                    "user": .string(user.name), "groups": .array(user.groups.map { .string($0) }),
                    "resourceAttributes": [
                        "group": "slipway.dev", "version": "v1alpha1", "resource": "repositories",
                        "verb": .string(verb.rawValue), "namespace": .string(repository.namespace),
                        "name": .string(repository.name),
                    ],
                ],
            ], namespace: nil)
        return answer["status", "allowed"]?.boolValue == true
    }
}

extension GroupVersionResource {
    static let tokenReviews = GroupVersionResource(
        group: "authentication.k8s.io", version: "v1", resource: "tokenreviews")
    static let subjectAccessReviews = GroupVersionResource(
        group: "authorization.k8s.io", version: "v1", resource: "subjectaccessreviews")
}
