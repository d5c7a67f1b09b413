public import KubeClient
public import KubeModel
public import Manifest

/// Why a test cannot go on: what it waited for did not come.
public struct WaitFailure: Error, CustomStringConvertible {
    public let description: String

    /// A failure in these words.
    public init(_ description: String) { self.description = description }
}

extension KubeClient {
    /// Waits until an object is as a test wants it, as the watch tells of its changes, and answers it.
    ///
    /// - Parameters:
    ///   - what: what the failure says was not reached.
    ///   - limit: the time after which the test gives up; generous, as machines may be slow.
    @discardableResult
    public func wait(
        for name: String, of resource: GroupVersionResource, namespace: String? = "default", _ what: String,
        within limit: Duration = .seconds(180), until holds: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let last = LastSeen()
        let found = try await timeline.withTimeout(limit) { () async throws -> Value? in
            // A watch may end at any time; the next one begins with the present state.
            while !Task.isCancelled {
                let stream = try await watch(
                    resource, namespace: namespace, selection: Selection(fields: "metadata.name=\(name)"),
                    from: .withInitialEvents)
                do {
                    for try await event in stream {
                        switch event {
                        case .added(let object), .modified(let object):
                            await last.set(object)
                            if holds(object) { return object }
                        default: break
                        }
                    }
                } catch let error as APIError where error.isExpired {
                    continue
                }
            }
            return nil
        }
        if let found = found ?? nil { return found }
        let status = JSON.string(await last.value["status"] ?? .null)
        throw WaitFailure("\(name) did not become \(what); its status is \(status)")
    }
}

private actor LastSeen {
    var value: Value = .null
    func set(_ value: Value) { self.value = value }
}
