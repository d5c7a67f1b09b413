public import KubeModel

/// Where a watch begins.
public enum WatchStart: Sendable, Hashable {
    /// After the state with this resource version, as a list or an earlier watch told it.
    case after(String)
    /// With an `added` event for every object there is, then a bookmark that `endsInitialEvents`.
    ///
    /// Older servers refuse this with `invalid`.
    case withInitialEvents
    /// With an `added` event for every object, at a state that may be old, without a mark where they end.
    case anywhere
}

extension KubeClient {
    /// Watches a collection.
    ///
    /// The sequence can be read once. It ends when the server ends it, which it does after some minutes; a new
    /// watch continues where it ended. It throws `APIError` for an error the server sends, with `isExpired`
    /// where the start is too old and the collection must be listed anew. ``WatchCache`` does all that.
    /// - Parameters:
    ///   - namespace: nil for cluster-wide resources and for all namespaces.
    ///   - timeoutSeconds: when the server is to end the watch; nil leaves it to the server.
    /// - Throws: `APIError`; ``KubeClientError``.
    public func watch(
        _ resource: GroupVersionResource, namespace: String?, selection: Selection = .all,
        from start: WatchStart, timeoutSeconds: Int? = nil, form: ObjectForm = .whole
    ) async throws -> WatchStream {
        var query = selection.parameters
        query += [.init("watch", "true"), .init("allowWatchBookmarks", "true")]
        switch start {
        case .after(let version): query.append(.init("resourceVersion", version))
        case .withInitialEvents:
            query += [.init("sendInitialEvents", "true"), .init("resourceVersionMatch", "NotOlderThan")]
        case .anywhere: query.append(.init("resourceVersion", "0"))
        }
        if let timeoutSeconds { query.append(.init("timeoutSeconds", String(timeoutSeconds))) }
        var call = Call(.get, ResourcePath(resource, namespace: namespace), query: query)
        call.request.headers["accept"] = form.objectMediaType
        return WatchStream(chunks: try await stream(call), eventLimit: settings.maximumEventSize)
    }
}
