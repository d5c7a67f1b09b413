/// One request to a Kubernetes API, independent of what carries it: a socket or a call in the same process.
public struct APIRequest: Sendable {
    /// The HTTP methods the Kubernetes API uses.
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    public var method: Method
    /// The path as on the wire, percent-encoded, without the query: `/api/v1/namespaces/default/pods`.
    public var path: String
    /// The query parameters in order, decoded. A parameter without `=` has an empty value.
    public var query: [Parameter]
    public var headers: APIHeaders
    public var body: [UInt8]

    /// One decoded query parameter.
    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ method: Method, _ path: String, query: [Parameter] = [], headers: APIHeaders = APIHeaders(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a query parameter, nil where it is absent.
    public func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
