import KubeClient
import KubeModel
import Manifest

/// Builds the environment of a container from its manifest.
struct ContainerEnvironment: Sendable {
    let fields: PodFields
    let references: PodReferences
    /// The services the pod is told of.
    let services: [EnvironmentVariable]

    /// The variables in order, later ones winning, without the image's.
    ///
    /// - Throws: ``ConfigurationFault`` that names the object or the key that is missing.
    func variables(of container: Value) async throws -> [EnvironmentVariable] {
        var result = services
        var known = Dictionary(services.map { ($0.name, $0.value) }) { _, last in last }
        func add(_ name: String, _ value: String) {
            result.append(EnvironmentVariable(name, value))
            known[name] = value
        }
        for source in container.list("envFrom") {
            for (name, value) in try await all(of: source) { add(source.text("prefix") + name, value) }
        }
        for variable in container.list("env") {
            let name = variable.text("name")
            guard let source = variable.present("valueFrom") else {
                add(name, VariableExpansion.expand(variable.text("value"), known))
                continue
            }
            if let value = try await value(from: source, container: container.text("name")) {
                add(name, value)
            }
        }
        return result
    }

    private func all(of source: Value) async throws -> [(String, String)] {
        var entries: [String: [UInt8]]?
        if let reference = source.present("configMapRef") {
            entries = try await references.configMap(reference.text("name"))
            if entries == nil, reference["optional"]?.boolValue != true {
                throw ConfigurationFault("configmap \"\(reference.text("name"))\" not found")
            }
        } else if let reference = source.present("secretRef") {
            entries = try await references.secret(reference.text("name"))
            if entries == nil, reference["optional"]?.boolValue != true {
                throw ConfigurationFault("secret \"\(reference.text("name"))\" not found")
            }
        }
        return (entries ?? [:]).sorted { $0.key < $1.key }.map {
            ($0.key, String(decoding: $0.value, as: UTF8.self))
        }
    }

    private func value(from source: Value, container: String) async throws -> String? {
        if let reference = source.present("fieldRef") {
            return try fields.field(reference.text("fieldPath"))
        }
        if let reference = source.present("resourceFieldRef") {
            return try fields.resource(reference, container: container)
        }
        let isSecret = source.present("secretKeyRef") != nil
        guard let reference = source.present("secretKeyRef") ?? source.present("configMapKeyRef") else {
            let kind = source.objectValue?.first?.key ?? "valueFrom"
            throw ConfigurationFault("\(kind) is not supported by this node")
        }
        let (name, key) = (reference.text("name"), reference.text("key"))
        let isOptional = reference["optional"]?.boolValue == true
        let entries = isSecret ? try await references.secret(name) : try await references.configMap(name)
        guard let entries else {
            if isOptional { return nil }
            throw ConfigurationFault("\(isSecret ? "secret" : "configmap") \"\(name)\" not found")
        }
        guard let value = entries[key] else {
            if isOptional { return nil }
            throw ConfigurationFault(
                "couldn't find key \(key) in \(isSecret ? "Secret" : "ConfigMap")"
                    + " \(references.namespace)/\(name)")
        }
        return String(decoding: value, as: UTF8.self)
    }
}
