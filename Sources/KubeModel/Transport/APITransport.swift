/// What carries a request to an API server and its answer back.
///
/// `KubeClient` speaks to a real API server over HTTP and to the embedded one by a call in the same process;
/// nothing above it can tell which.
public protocol APITransport: Sendable {
    /// Sends one request. Answers of any status are returned; only a lost or refused connection is thrown.
    func send(_ request: APIRequest) async throws -> APIResponse
}

/// The answer to an ``APIRequest``.
public struct APIResponse: Sendable {
    /// The HTTP status code.
    public var status: Int
    public var headers: APIHeaders
    public var body: Body

    /// The answer's bytes: complete, or arriving for as long as a watch or a followed log lasts.
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Chunks as they arrive. The stream's consumer ends it by cancelling its task or dropping the iterator.
        case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
    }

    public init(status: Int, headers: APIHeaders = APIHeaders(), body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
