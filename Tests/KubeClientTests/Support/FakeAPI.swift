import KubeClient
import KubeModel
import Manifest
import Synchronization

/// A small API server in memory: enough of lists, watches and writes to drive the client, with faults on demand.
final class FakeAPI: APITransport {
    private struct Event {
        let version: Int
        let collection: String
        let line: [UInt8]
    }

    private struct Watcher {
        let collection: String
        let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
    }

    private struct State {
        var objects: [String: [String: Value]] = [:]
        var version = 1
        var history: [Event] = []
        /// Watches and continued lists from before this are too old.
        var compacted = 0
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var requests: [APIRequest] = []
        var intercept: (@Sendable (APIRequest) async throws -> APIResponse?)?
    }

    private let state = Mutex(State())
    /// Watchers whose consumer has left. With a lock of its own: a stream tells of its end while its task is
    /// locked for cancellation, and that task may be about to be woken under the lock of `state`.
    private let ended = Mutex<Set<Int>>([])

    /// Answers or fails requests before they reach the objects.
    func intercept(_ closure: (@Sendable (APIRequest) async throws -> APIResponse?)?) {
        state.withLock { $0.intercept = closure }
    }

    /// The requests so far.
    var requests: [APIRequest] { state.withLock { $0.requests } }
    var watcherCount: Int {
        let ended = ended.withLock { $0 }
        return state.withLock { $0.watchers.keys.count { !ended.contains($0) } }
    }

    func send(_ request: APIRequest) async throws -> APIResponse {
        let intercept = state.withLock { state in
            state.requests.append(request)
            return state.intercept
        }
        if let response = try await intercept?(request) { return response }
        do {
            return try answer(request)
        } catch let error as APIError {
            return Self.response(error.status.value, status: error.code)
        }
    }

    static func response(_ value: Value, status: Int = 200, headers: APIHeaders = [:]) -> APIResponse {
        APIResponse(status: status, headers: headers, body: .bytes(JSON.write(value)))
    }

    // MARK: Objects

    /// Puts an object into a collection as a client would, and tells the watches.
    @discardableResult
    func put(_ collection: String, _ object: Value) -> Value {
        state.withLock { Self.put(&$0, collection, object) }
    }

    func delete(_ collection: String, _ name: String) {
        state.withLock { Self.delete(&$0, collection, name) }
    }

    func objects(_ collection: String) -> [String: Value] { state.withLock { $0.objects[collection] ?? [:] } }

    // MARK: Faults

    /// Ends all watches, with an error or as a server does.
    func endWatches(throwing error: (any Error)? = nil) {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return state.watchers.values.map(\.continuation)
        }
        for watcher in watchers { watcher.finish(throwing: error) }
    }

    /// Forgets the history, so that older watches cannot be continued.
    func compact() {
        state.withLock { state in
            state.compacted = state.version
            state.history = []
        }
    }

    /// Sends bytes to all watches as they are.
    func sendRaw(_ text: String) {
        state.withLock { state in
            for watcher in state.watchers.values { watcher.continuation.yield([UInt8](text.utf8)) }
        }
    }

    /// Tells all watches the present version.
    func sendBookmark() {
        state.withLock { state in
            let line = Self.line("BOOKMARK", ["metadata": ["resourceVersion": .string("\(state.version)")]])
            for watcher in state.watchers.values { watcher.continuation.yield(line) }
        }
    }

    // MARK: Serving

    private func answer(_ request: APIRequest) throws -> APIResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        let isCollection = collections.contains { request.path.hasSuffix("/" + $0) }
        let collection = isCollection ? request.path : "/" + parts.dropLast().joined(separator: "/")
        let name = isCollection ? nil : parts.last
        let resource = GroupResource(resource: collection.split(separator: "/").last.map(String.init) ?? "")
        return try state.withLock { state in
            let existing = name.flatMap { state.objects[collection]?[$0] }
            switch (request.method, name) {
            case (.get, nil) where request.parameter("watch") == "true":
                return try watch(&state, collection, request)
            case (.get, nil): return try list(&state, collection, request)
            case (.get, let name?):
                guard let existing else { throw APIError.notFound(resource, name: name) }
                return Self.response(existing)
            case (.post, _):
                let object = try JSON.parse(request.body)
                guard state.objects[collection]?[object.metadata.name] == nil else {
                    throw APIError.alreadyExists(resource, name: object.metadata.name)
                }
                return Self.response(Self.put(&state, collection, object), status: 201)
            case (.put, let name?):
                let object = try JSON.parse(request.body)
                guard let existing else { throw APIError.notFound(resource, name: name) }
                let version = object.metadata.resourceVersion
                guard version.isEmpty || version == existing.metadata.resourceVersion else {
                    throw APIError.modified(resource, name: name)
                }
                return Self.response(Self.put(&state, collection, object))
            case (.patch, let name?):
                guard var object = existing else { throw APIError.notFound(resource, name: name) }
                for pair in try JSON.parse(request.body).objectValue ?? [:] { object[pair.key] = pair.value }
                return Self.response(Self.put(&state, collection, object))
            case (.delete, let name?):
                guard let existing else { throw APIError.notFound(resource, name: name) }
                Self.delete(&state, collection, name)
                return Self.response(existing)
            default: throw APIError.badRequest("the fake does not serve \(request.method) \(request.path)")
            }
        }
    }

    private let collections = ["configmaps", "leases", "events", "pods", "deployments"]

    private static func put(_ state: inout State, _ collection: String, _ object: Value) -> Value {
        var object = object
        let name = object.metadata.name
        let existing = state.objects[collection]?[name]
        state.version += 1
        object.metadata.resourceVersion = "\(state.version)"
        if let existing {
            object.metadata.uid = existing.metadata.uid
        } else {
            object.metadata.uid = "00000000-0000-4000-8000-" + String(100_000_000_000 + state.version)
        }
        state.objects[collection, default: [:]][name] = object
        publish(&state, collection, existing == nil ? "ADDED" : "MODIFIED", object)
        return object
    }

    private static func delete(_ state: inout State, _ collection: String, _ name: String) {
        guard var object = state.objects[collection]?.removeValue(forKey: name) else { return }
        state.version += 1
        object.metadata.resourceVersion = "\(state.version)"
        publish(&state, collection, "DELETED", object)
    }

    private static func publish(_ state: inout State, _ collection: String, _ type: String, _ object: Value) {
        let line = line(type, object)
        state.history.append(Event(version: state.version, collection: collection, line: line))
        for watcher in state.watchers.values where watcher.collection == collection {
            watcher.continuation.yield(line)
        }
    }

    private static func line(_ type: String, _ object: Value) -> [UInt8] {
        JSON.write(["type": .string(type), "object": object]) + [UInt8(ascii: "\n")]
    }

    private func list(_ state: inout State, _ collection: String, _ request: APIRequest) throws -> APIResponse
    {
        var rest = (state.objects[collection] ?? [:]).sorted { $0.key < $1.key }[...]
        var version = state.version
        if let token = request.parameter("continue") {
            // The version of the first page and the last name, so that no object is passed over.
            let parts = token.split(separator: ":").map(String.init)
            guard parts.count == 2, let begun = Int(parts[0]), begun > state.compacted else {
                throw APIError.expired("The provided continue parameter is too old")
            }
            version = begun
            rest = rest.drop { $0.key <= parts[1] }
        }
        let page = rest.prefix(request.parameter("limit").flatMap { Int($0) } ?? Int.max)
        var metadata: Value = ["resourceVersion": .string("\(version)")]
        if page.count < rest.count, let last = page.last {
            metadata["continue"] = .string("\(version):\(last.key)")
        }
        return Self.response([
            "kind": "ConfigMapList", "apiVersion": "v1", "metadata": metadata,
            "items": .array(page.map(\.value)),
        ])
    }

    private func watch(_ state: inout State, _ collection: String, _ request: APIRequest) throws
        -> APIResponse
    {
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        if request.parameter("sendInitialEvents") == "true" {
            for (_, object) in state.objects[collection] ?? [:] {
                continuation.yield(Self.line("ADDED", object))
            }
            continuation.yield(
                Self.line(
                    "BOOKMARK",
                    [
                        "metadata": [
                            "resourceVersion": .string("\(state.version)"),
                            "annotations": ["k8s.io/initial-events-end": "true"],
                        ]
                    ]))
        } else {
            let version = request.parameter("resourceVersion").flatMap { Int($0) } ?? 0
            guard version >= state.compacted else { throw APIError.expired("too old resource version") }
            for event in state.history where event.version > version && event.collection == collection {
                continuation.yield(event.line)
            }
        }
        let number = state.nextWatcher
        state.nextWatcher += 1
        state.watchers[number] = Watcher(collection: collection, continuation: continuation)
        continuation.onTermination = { [weak self] _ in
            guard let self else { return }
            _ = self.ended.withLock { $0.insert(number) }
        }
        return APIResponse(status: 200, body: .stream(stream))
    }
}
