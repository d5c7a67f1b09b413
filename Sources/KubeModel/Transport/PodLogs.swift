public import Manifest

/// Where the output of containers comes from; whoever runs the pods provides it.
public protocol PodLogs: Sendable {
    /// The output of one container, complete or followed as the query says.
    ///
    /// - Throws: the failure the request is answered with.
    func log(_ request: PodLogRequest) throws(APIError) -> APIResponse
}

/// A request for the output of a container.
public struct PodLogRequest: Sendable {
    /// The pod as it is stored.
    public let pod: Value
    public let container: String
    /// The parameters of the request: `follow`, `tailLines`, `previous`, `timestamps`, `sinceSeconds`, …
    public let query: [APIRequest.Parameter]

    public init(pod: Value, container: String, query: [APIRequest.Parameter]) {
        self.pod = pod
        self.container = container
        self.query = query
    }
}
