import KubeModel

/// Which part of a container's log is wanted.
public struct LogOptions: Sendable, Hashable {
    /// Nil where the pod has one container.
    public var container: String?
    /// Whether the log goes on arriving as it is written.
    public var follows = false
    /// Whether the log of the container's run before this one is meant.
    public var previous = false
    /// The lines at the end that are wanted; nil for all.
    public var tailLines: Int?
    /// How far back to begin, in seconds; nil for the beginning.
    public var sinceSeconds: Int?
    /// The bytes after which the log is cut off; nil for no limit.
    public var limitBytes: Int?
    /// Whether each line begins with its time.
    public var timestamps = false

    /// The whole log up to now, without timestamps.
    public init() {}

    var parameters: [APIRequest.Parameter] {
        var parameters: [APIRequest.Parameter] = []
        if let container { parameters.append(.init("container", container)) }
        if follows { parameters.append(.init("follow", "true")) }
        if previous { parameters.append(.init("previous", "true")) }
        if let tailLines { parameters.append(.init("tailLines", String(tailLines))) }
        if let sinceSeconds { parameters.append(.init("sinceSeconds", String(sinceSeconds))) }
        if let limitBytes { parameters.append(.init("limitBytes", String(limitBytes))) }
        if timestamps { parameters.append(.init("timestamps", "true")) }
        return parameters
    }
}

extension KubeClient {
    /// The log of a pod's container, in chunks as they arrive.
    ///
    /// The sequence can be read once. It ends with the log or, when it follows, with the container.
    /// - Throws: `APIError`; ``KubeClientError``.
    public func log(
        pod: String, namespace: String, options: LogOptions = LogOptions()
    ) async throws -> any AsyncSequence<[UInt8], any Error> & Sendable {
        let path = ResourcePath(.pods, namespace: namespace, name: pod, subresource: "log")
        var call = Call(.get, path, query: options.parameters)
        call.request.headers["accept"] = "*/*"
        return try await stream(call)
    }
}
