public import KubeClient
public import KubeModel
import Logging
public import Manifest
public import Testing

extension KubeClient {
    /// Waits until an object is as it should be, and answers it.
    ///
    /// - Parameter limit: generous, as it only says when a test that fails has failed; nothing is asserted about time.
    /// - Throws: `CancellationError` after it has recorded what the object was like instead.
    @discardableResult
    public func wait(
        for resource: GroupVersionResource, _ name: String, in namespace: String = "default",
        limit: Duration = .seconds(300), sourceLocation: SourceLocation = #_sourceLocation,
        until isRight: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let cache = WatchCache(
            self, resource, namespace: namespace, selection: .init(fields: "metadata.name=\(name)"),
            mode: .full, logger: .silent)
        let found = try await timeline.withTimeout(limit) {
            await withTaskGroup(of: Value?.self) { group in
                group.addTask {
                    await cache.run()
                    return nil
                }
                group.addTask {
                    for await event in cache.subscribe() {
                        if let value = event.object.value, isRight(value) { return value }
                    }
                    return nil
                }
                let value = await group.next() ?? nil
                group.cancelAll()
                return value
            }
        }
        if let found, let value = found { return value }
        let present = try? await get(resource, name, namespace: namespace)
        Issue.record(
            "\(name) did not become what was waited for: \(present.map { JSON.string($0) } ?? "absent")",
            sourceLocation: sourceLocation)
        throw CancellationError()
    }
}
