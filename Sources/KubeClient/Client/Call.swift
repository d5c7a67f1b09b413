import KubeModel

/// A request with what the client must know to repeat it and to word its failure.
struct Call: Sendable {
    var request: APIRequest
    /// What the request is about; failures name it.
    var resource = GroupResource(resource: "")
    var name = ""
    /// Whether the outcome is the same however often the server sees the request.
    var isRepeatable: Bool

    /// A call for a place in the API.
    init(
        _ method: APIRequest.Method, _ path: ResourcePath, query: [APIRequest.Parameter] = [],
        body: [UInt8] = [], contentType: String = "application/json", isRepeatable: Bool = false
    ) {
        self.init(method, path.text, query: query, isRepeatable: isRepeatable)
        resource = path.resource.groupResource
        name = path.name ?? ""
        if !body.isEmpty {
            request.body = body
            request.headers["content-type"] = contentType
        }
    }

    /// A call for a path that is no resource's, such as discovery.
    init(
        _ method: APIRequest.Method, _ path: String, query: [APIRequest.Parameter] = [], isRepeatable: Bool
    ) {
        request = APIRequest(method, path, query: query, headers: ["accept": "application/json"])
        self.isRepeatable =
            isRepeatable || method == .get || method == .head
            || query.contains { $0.name == "dryRun" && $0.value == "All" }
    }
}
