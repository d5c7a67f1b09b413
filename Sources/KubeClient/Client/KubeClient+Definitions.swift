public import KubeModel
import Manifest

extension KubeClient {
    /// Teaches the server kinds and returns when it serves them all.
    ///
    /// Repeatable: definitions that are there already are brought up to date.
    /// - Parameters:
    ///   - definitions: the kinds, each of which is applied as a CustomResourceDefinition.
    ///   - timeout: how long to wait for the server to establish them.
    /// - Throws: `APIError` where a definition is refused; ``KubeClientError`` with `timeout` where one is not
    ///   established in time, which names it.
    public func install(_ definitions: [ResourceDefinition], timeout: Duration = .seconds(30)) async throws {
        for definition in definitions {
            try await apply(
                .customResourceDefinitions, definition.customResourceDefinition, namespace: nil,
                fieldManager: "slipway", force: true)
        }
        let deadline = timeline.now + timeout
        for definition in definitions {
            var pause = Duration.milliseconds(5)
            while !(try await isEstablished(definition)) {
                guard timeline.now < deadline else {
                    throw KubeClientError(
                        .timeout,
                        "the server did not establish \(definition.name) within \(timeout); "
                            + "kubectl describe crd \(definition.name) tells why")
                }
                try await timeline.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(250))
            }
        }
    }

    private func isEstablished(_ definition: ResourceDefinition) async throws -> Bool {
        let object = try await get(.customResourceDefinitions, definition.name, namespace: nil)
        return Conditions(object["status", "conditions"]?.arrayValue ?? []).isTrue("Established")
    }
}
