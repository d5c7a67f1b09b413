import Dashboard
import Forge
import KubeClient
import KubeModel
import Manifest

/// Does what pages ask the forge of this process for, without a connection to itself: neither certificates nor a proxy
/// may stand between them.
struct PagesForge: PullRequestActions {
    let actions: ForgeActions

    func act(
        _ action: String, pullRequest: String, repository: Value, fields: [String: String], token: String
    ) async throws -> String {
        var object = Object()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        let key = ObjectKey(namespace: repository.metadata.namespace, name: pullRequest)
        return try await actions.act(action, key, .object(object), token: token)
    }
}
