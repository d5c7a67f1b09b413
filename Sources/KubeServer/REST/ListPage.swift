import KubeModel
import Manifest

/// One page of a list: the selected objects of one state of their resource.
struct ListPage: Sendable {
    let objects: [StoredObject]
    let revision: UInt64
    /// Where the next page starts, nil on the last one.
    let continuation: ContinueToken?
    /// How many objects follow, known only where no selector is involved.
    let remaining: Int?

    /// Reads a page as the query asks.
    ///
    /// - Throws: `badRequest` for unusable tokens, `expired` where the state asked for is no longer known,
    ///   `timeout` where it is not yet.
    init(of resource: String, in store: Store, selection: ObjectSelection, options: ListOptions)
        throws(APIError)
    {
        let token = options.continuation.isEmpty ? nil : try ContinueToken(options.continuation)
        if token != nil, !options.resourceVersion.isEmpty, options.resourceVersion != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        let snapshot = try Self.snapshot(of: resource, in: store, options: options, token: token)
        // As upstream, whoever takes any state gets all of it.
        let limit = options.resourceVersion == "0" && token == nil ? 0 : options.limit
        self.init(snapshot, selection: selection, from: token?.start ?? "", limit: limit)
    }

    private static func snapshot(
        of resource: String, in store: Store, options: ListOptions, token: ContinueToken?
    ) throws(APIError) -> ResourceSnapshot {
        if let token {
            guard let revision = token.revision else { return store.snapshot(of: resource) }
            if let snapshot = store.snapshot(of: resource, at: revision) { return snapshot }
            var error = APIError.expired(expiredContinuation)
            error.status.metadata["continue"] = .string(token.inconsistent.text)
            throw error
        }
        switch try options.demand() {
        case .newest: return store.snapshot(of: resource)
        case .notOlderThan(let revision):
            let snapshot = store.snapshot(of: resource)
            if snapshot.revision < revision {
                throw .tooLargeResourceVersion(revision, current: snapshot.revision)
            }
            return snapshot
        case .exactly(let revision):
            let current = store.revision
            if current < revision { throw .tooLargeResourceVersion(revision, current: current) }
            guard let snapshot = store.snapshot(of: resource, at: revision) else {
                throw .expired("The resourceVersion for the provided list is too old.")
            }
            return snapshot
        }
    }

    private static let expiredContinuation =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        + "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
        + "the results. Continuing with the provided token results in an inconsistent list - objects that were "
        + "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
        + "list."

    private init(_ snapshot: ResourceSnapshot, selection: ObjectSelection, from start: String, limit: Int) {
        let prefix = selection.pathPrefix
        var iterator = snapshot.objects.makeIterator(from: prefix + start)
        var found: [StoredObject] = []
        if limit == 0, selection.selectsAll, prefix.isEmpty { found.reserveCapacity(snapshot.objects.count) }
        var next: ContinueToken?
        var remaining: Int?
        while let object = iterator.next(), object.path.hasPrefix(prefix) {
            if limit > 0, found.count == limit, let last = found.last {
                next = ContinueToken(
                    revision: snapshot.revision, after: String(last.path.dropFirst(prefix.count)))
                if selection.selectsAll {
                    var count = 1
                    while let other = iterator.next(), other.path.hasPrefix(prefix) { count += 1 }
                    remaining = count
                }
                break
            }
            if selection.selectsAll || selection.matches(object) { found.append(object) }
        }
        objects = found
        revision = snapshot.revision
        continuation = next
        self.remaining = remaining
    }

    /// The list's `metadata`.
    var metadata: Object {
        var metadata: Object = ["resourceVersion": .string(String(revision))]
        if let continuation { metadata["continue"] = .string(continuation.text) }
        if let remaining { metadata["remainingItemCount"] = .integer(Int64(remaining)) }
        return metadata
    }

    /// The list as JSON, put together from the objects' bytes.
    func json(_ renderer: ObjectRenderer) throws(APIError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(objects.reduce(256) { $0 + $1.bytes.count })
        let resource = renderer.resource
        bytes +=
            "{\"kind\":\"\(resource.listKind)\",\"apiVersion\":\"\(resource.apiVersion)\",\"metadata\":".utf8
        bytes += JSON.write(.object(metadata))
        bytes += ",\"items\":[".utf8
        var isFirst = true
        for object in objects {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            try renderer.appendListItem(object, to: &bytes)
        }
        bytes += "]}".utf8
        return bytes
    }
}
