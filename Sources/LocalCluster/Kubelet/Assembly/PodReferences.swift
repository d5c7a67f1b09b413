import KubeClient
import KubeModel
import Manifest

/// A field of a pod's manifest that cannot be answered, in upstream's words.
struct ConfigurationFault: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The objects that a pod refers to, read from the API when they are needed.
struct PodReferences: Sendable {
    let client: KubeClient
    let namespace: String

    /// The entries of a ConfigMap, nil where it does not exist.
    func configMap(_ name: String) async throws -> [String: [UInt8]]? {
        guard let object = try await get(.configMaps, name) else { return nil }
        var entries: [String: [UInt8]] = [:]
        for pair in object["data"]?.objectValue ?? Object() {
            if let text = pair.value.stringValue { entries[pair.key] = Array(text.utf8) }
        }
        for pair in object["binaryData"]?.objectValue ?? Object() {
            entries[pair.key] = pair.value.stringValue.flatMap(EncodedBytes.decode)
        }
        return entries
    }

    /// The entries of a Secret, nil where it does not exist.
    func secret(_ name: String) async throws -> [String: [UInt8]]? {
        guard let object = try await get(.secrets, name) else { return nil }
        var entries: [String: [UInt8]] = [:]
        for pair in object["data"]?.objectValue ?? Object() {
            entries[pair.key] = pair.value.stringValue.flatMap(EncodedBytes.decode) ?? []
        }
        return entries
    }

    private func get(_ resource: GroupVersionResource, _ name: String) async throws -> Value? {
        do {
            return try await client.get(resource, name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }
}
