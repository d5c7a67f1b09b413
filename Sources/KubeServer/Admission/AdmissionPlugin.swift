public import KubeModel

/// A rule about writes that lives in the server's process.
///
/// All plugins change the object first, in their order; then all validate what came out, so that none can be
/// shown an object that another still changes.
public protocol AdmissionPlugin: Sendable {
    /// A short name for logs.
    var name: String { get }

    /// Changes the object of a creation or an update before it is validated.
    ///
    /// - Throws: the failure the request is answered with.
    func mutate(_ request: inout AdmissionRequest) async throws(APIError)

    /// Refuses what must not be written or deleted.
    ///
    /// - Throws: the failure the request is answered with.
    func validate(_ request: AdmissionRequest) async throws(APIError)
}

extension AdmissionPlugin {
    public func mutate(_ request: inout AdmissionRequest) async throws(APIError) {}
    public func validate(_ request: AdmissionRequest) async throws(APIError) {}
}

/// The plugins of a server, in the order they are asked.
struct AdmissionChain: Sendable {
    let plugins: [any AdmissionPlugin]

    /// Lets every plugin change the object, then lets every plugin judge it.
    func admit(_ request: inout AdmissionRequest) async throws(APIError) {
        if request.operation != .delete { try await mutate(&request) }
        try await validate(request)
    }

    /// The first half, for writes that validate the object itself in between.
    func mutate(_ request: inout AdmissionRequest) async throws(APIError) {
        for plugin in plugins { try await plugin.mutate(&request) }
    }

    /// The second half.
    func validate(_ request: AdmissionRequest) async throws(APIError) {
        for plugin in plugins { try await plugin.validate(request) }
    }
}
