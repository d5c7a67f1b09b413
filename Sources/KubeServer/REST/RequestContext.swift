import KubeModel
import Synchronization

/// One request to a resource, with everything that is known about it before it is carried out.
struct RequestContext: Sendable {
    let request: APIRequest
    let info: RequestInfo
    let target: RequestInfo.Resource
    let resource: ResourceDefinition
    let user: User
    let form: AnswerForm
    let warnings: WarningCollector

    var query: QueryDecoder { QueryDecoder(parameters: request.query) }

    var renderer: ObjectRenderer { ObjectRenderer(resource) }

    /// The place of the object with a name; of the request's own without one.
    func key(name: String? = nil) -> ObjectKey {
        ObjectKey(
            resource: resource.storage.resource.description,
            namespace: resource.isNamespaced ? target.namespace : nil, name: name ?? target.name)
    }

    /// The failure that the object of the request does not exist.
    var notFound: APIError { .notFound(resource.groupResource, name: target.name) }
}

/// The warnings that go with an answer, each once.
final class WarningCollector: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) {
        texts.withLock { if !$0.contains(text) { $0.append(text) } }
    }

    /// Replaces what was collected by the first attempt of a write when it is decided again.
    func replaceAll(_ new: [String]) { texts.withLock { $0 = new } }

    var all: [String] { texts.withLock { $0 } }
}
