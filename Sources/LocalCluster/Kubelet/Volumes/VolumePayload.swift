import Glibc
import KubeClient
import KubeModel
import Manifest

/// Collects the files of a volume that shows objects of the API.
struct VolumePayload: Sendable {
    let references: PodReferences
    let fields: PodFields
    let tokens: ServiceAccountTokenFiles

    /// The kinds of volumes that are written, and written again when what they show changes.
    static let kinds = ["configMap", "secret", "downwardAPI", "projected"]

    /// The files of a volume, nil for one of another kind.
    ///
    /// - Throws: ``ConfigurationFault`` in upstream's words.
    func files(of volume: Value) async throws -> [String: ProjectedFile]? {
        for kind in Self.kinds {
            guard let source = volume.present(kind) else { continue }
            let mode = Self.mode(source["defaultMode"]) ?? 0o644
            guard kind == "projected" else {
                return try await files(
                    kind, source, mode: mode, nameField: kind == "secret" ? "secretName" : "name")
            }
            var files: [String: ProjectedFile] = [:]
            for item in source.list("sources") {
                guard let pair = item.objectValue?.first(where: { !$0.value.isNull }) else { continue }
                files.merge(try await projected(pair.key, pair.value, mode: mode)) { _, last in last }
            }
            return files
        }
        return nil
    }

    private func projected(
        _ kind: String, _ source: Value, mode: mode_t
    ) async throws -> [String: ProjectedFile] {
        switch kind {
        case "configMap", "secret", "downwardAPI":
            return try await files(kind, source, mode: mode, nameField: "name")
        case "serviceAccountToken":
            let token = try await tokens.token(source, for: fields.pod)
            return [source.text("path"): ProjectedFile(bytes: Array(token.utf8), mode: mode)]
        default:
            throw ConfigurationFault("a projected volume with \(kind) is not supported by this node")
        }
    }

    private func files(
        _ kind: String, _ source: Value, mode: mode_t, nameField: String
    ) async throws -> [String: ProjectedFile] {
        if kind == "downwardAPI" { return try facts(source, mode: mode) }
        let name = source.text(nameField)
        let isOptional = source["optional"]?.boolValue == true
        let entries =
            kind == "secret" ? try await references.secret(name) : try await references.configMap(name)
        guard let entries else {
            if isOptional { return [:] }
            throw ConfigurationFault("\(kind.lowercased()) \"\(name)\" not found")
        }
        let items = source.list("items")
        if items.isEmpty { return entries.mapValues { ProjectedFile(bytes: $0, mode: mode) } }
        var files: [String: ProjectedFile] = [:]
        for item in items {
            guard let bytes = entries[item.text("key")] else {
                if isOptional { continue }
                throw ConfigurationFault(
                    "references non-existent \(kind.lowercased()) key: \(item.text("key"))")
            }
            files[item.text("path")] = ProjectedFile(bytes: bytes, mode: Self.mode(item["mode"]) ?? mode)
        }
        return files
    }

    private func facts(_ source: Value, mode: mode_t) throws -> [String: ProjectedFile] {
        var files: [String: ProjectedFile] = [:]
        for item in source.list("items") {
            let text =
                if let reference = item.present("fieldRef") {
                    try fields.field(reference.text("fieldPath"))
                } else {
                    try fields.resource(item["resourceFieldRef"] ?? .emptyObject, container: "")
                }
            files[item.text("path")] = ProjectedFile(
                bytes: Array(text.utf8), mode: Self.mode(item["mode"]) ?? mode)
        }
        return files
    }

    private static func mode(_ value: Value?) -> mode_t? {
        value?.integerValue.map { mode_t(clamping: $0) & 0o777 }
    }
}

/// Tokens of service accounts that pods are shown as files: made by the server, kept until they grow old.
final class ServiceAccountTokenFiles: Sendable {
    private struct Token: Sendable {
        var text: String
        var renewal: Duration
    }

    private let client: KubeClient
    private let kept = KeyedStore<String, Token>()

    init(client: KubeClient) { self.client = client }

    func token(_ source: Value, for pod: Value) async throws -> String {
        let account = pod["spec", "serviceAccountName"]?.stringValue ?? "default"
        let audience = source.text("audience")
        let key = "\(pod.metadata.uid) \(account) \(audience) \(source.text("path"))"
        let now = client.timeline.now
        if let token = kept[key], token.renewal > now { return token.text }
        let seconds = source["expirationSeconds"]?.integerValue ?? 3600
        let request: Value = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": audience.isEmpty ? [] : [.string(audience)],
                "expirationSeconds": .integer(seconds),
                "boundObjectRef": [
                    "apiVersion": "v1", "kind": "Pod", "name": .string(pod.metadata.name),
                    "uid": .string(pod.metadata.uid),
                ],
            ],
        ]
        do {
            let answer = try await client.create(
                .serviceAccounts, request, namespace: pod.metadata.namespace, name: account,
                subresource: "token")
            guard let text = answer["status", "token"]?.stringValue else {
                throw ConfigurationFault("the server has answered no token")
            }
            // Renewed when four fifths of its life are over, as kubelet does.
            kept[key] = Token(text: text, renewal: now + .seconds(seconds * 4 / 5))
            return text
        } catch let error as APIError {
            throw ConfigurationFault(
                "failed to fetch token: \(error.message) (service account \(account) of namespace"
                    + " \(pod.metadata.namespace))")
        }
    }

    /// Forgets the tokens of a pod that is gone.
    func forget(_ uid: String) { kept.removeAll { $0.hasPrefix(uid + " ") } }
}
