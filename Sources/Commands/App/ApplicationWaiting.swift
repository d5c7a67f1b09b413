import KubeClient
import KubeModel
import Manifest

/// Waits for an application to become what somebody waits for.
struct ApplicationWaiting {
    let options: AppOptions
    let client: KubeClient

    /// Waits, by watching; a watch that ends is begun anew.
    ///
    /// - Throws: `CommandFailure` where the time is over or the application goes.
    func wait(_ name: String, seconds: Int, _ condition: @escaping @Sendable (Value) -> Bool) async throws
        -> Value
    {
        let (client, namespace) = (client, options.namespace)
        _ = try await options.application(name, client)
        let found = try await client.timeline.withTimeout(.seconds(seconds)) { () -> Value? in
            while true {
                let events = try await client.watch(
                    Application.resource, namespace: namespace,
                    selection: Selection(fields: "metadata.name=\(name)"),
                    from: .withInitialEvents)
                for try await event in events {
                    switch event {
                    case .added(let object), .modified(let object):
                        if condition(object) { return object }
                    case .deleted: return nil
                    case .bookmark: continue
                    }
                }
            }
        }
        switch found {
        case .some(.some(let object)): return object
        case .some(.none): throw CommandFailure(.notFound, "application \(name) was deleted meanwhile")
        case .none:
            let now = try await options.application(name, client)
            let status = now["status"]
            let state = [
                status?["sync", "status"]?.stringValue ?? "not looked at yet",
                status?["health", "status"]?.stringValue, status?["operationState", "message"]?.stringValue,
            ].compactMap(\.self).joined(separator: ", ")
            throw CommandFailure(
                .refused,
                "application \(name) did not get there within \(seconds) s (\(state)); "
                    + "slipway app get \(name) -n \(namespace) shows what is the matter")
        }
    }
}
