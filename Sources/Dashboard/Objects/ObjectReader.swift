import KubeClient
import KubeModel
import Manifest

/// Reads the collections of a page once, as the user.
struct ObjectReader: Sendable {
    let client: KubeClient

    /// Lists the collections, all at the same time.
    ///
    /// A kind that the server does not know has no objects. What the user may not read is noted; only where nothing
    /// may be read at all the page is refused.
    /// - Throws: `APIError`, `KubeClientError`.
    func read(_ collections: [ObjectCollection]) async throws -> ObjectSet {
        var set = ObjectSet()
        try await withThrowingTaskGroup(of: (ObjectCollection, Answer).self) { group in
            for collection in collections {
                group.addTask { (collection, try await list(collection)) }
            }
            for try await (collection, answer) in group {
                switch answer {
                case .objects(let objects): set.set(objects, of: collection)
                case .absent:
                    set.set([], of: collection)
                    set.absent.insert(collection)
                case .refused(let error):
                    set.set([], of: collection)
                    set.refusals[collection] = error.message
                    if collection == collections.first { throw error }
                }
            }
        }
        return set
    }

    /// What came of a list.
    enum Answer: Sendable {
        case objects([Value])
        case absent
        case refused(APIError)
    }

    private func list(_ collection: ObjectCollection) async throws -> Answer {
        do {
            let objects = try await client.listAll(collection.resource, namespace: collection.namespace)
            return .objects(
                objects.map { object in
                    var object = object
                    collection.strip(&object)
                    return object
                })
        } catch let error as APIError where error.code == 404 {
            return .absent
        } catch let error as APIError where error.code == 403 {
            return .refused(error)
        }
    }
}
