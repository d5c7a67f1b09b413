import KubeClient
import KubeModel
import Manifest
import Synchronization

/// The kinds that the cluster's definitions add to the built-in ones, learned when they are first needed.
final class CatalogStore: Sendable {
    private let catalog = Mutex(KindCatalog())
    private let client: KubeClient

    init(_ client: KubeClient) { self.client = client }

    /// What is known now.
    var current: KindCatalog { catalog.withLock { $0 } }

    /// Learns a definition that was just applied or seen.
    func learn(_ definition: Value) { catalog.withLock { $0.learn(definition) } }

    /// Learns a kind where it is not known; a kind without a definition stays unknown.
    func learn(_ mapping: RESTMapping) async throws {
        if current.knows(mapping.kind) || mapping.kind.group.isEmpty { return }
        do {
            let name = "\(mapping.resource.resource).\(mapping.resource.group)"
            learn(try await client.get(.customResourceDefinitions, name, namespace: nil))
        } catch let error as APIError where error.isNotFound || error.code == 403 {
            return
        }
    }
}
