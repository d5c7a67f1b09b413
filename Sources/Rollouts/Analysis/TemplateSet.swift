import KubeModel
import Manifest

/// Analysis templates joined into what a run is made of (Argo Rollouts, `FlattenTemplates`).
struct TemplateSet: Sendable {
    /// All metrics, their arguments not put in yet.
    var metrics: [Value] = []
    var arguments: [Value] = []
    var dryRun: [Value] = []
    var measurementRetention: [Value] = []

    /// Joins templates.
    ///
    /// - Parameters:
    ///   - templates: in order, each once, those they refer to included.
    ///   - overrides: values that replace those of the templates' arguments.
    /// - Throws: `invalidSpec` where two metrics or two values of an argument clash, or one has no value.
    init(_ templates: [Value], overrides: [(name: String, value: String)]) throws(RolloutsError) {
        var names: Set<String> = []
        for template in templates {
            for metric in template["spec", "metrics"]?.arrayValue ?? [] {
                let name = metric["name"]?.stringValue ?? ""
                guard names.insert(name).inserted else {
                    throw RolloutsError(
                        .invalidSpec,
                        "two metrics of the analysis templates have the name '\(name)'; rename one")
                }
                metrics.append(metric)
            }
            for argument in template["spec", "args"]?.arrayValue ?? [] { try add(argument, of: template) }
            dryRun += template["spec", "dryRun"]?.arrayValue ?? []
            measurementRetention += template["spec", "measurementRetention"]?.arrayValue ?? []
        }
        for (name, value) in overrides {
            let argument: Value = ["name": .string(name), "value": .string(value)]
            if let place = arguments.firstIndex(where: { $0["name"]?.stringValue == name }) {
                arguments[place] = argument
            } else {
                arguments.append(argument)
            }
        }
        for argument in arguments where argument["value"] == nil && argument["valueFrom"] == nil {
            throw RolloutsError(
                .invalidSpec,
                "args.\(argument["name"]?.stringValue ?? "?") was not resolved; give it a value where the analysis is asked for"
            )
        }
        guard !metrics.isEmpty else {
            throw RolloutsError(.invalidSpec, "the analysis templates have no metrics")
        }
    }

    private mutating func add(_ argument: Value, of template: Value) throws(RolloutsError) {
        let name = argument["name"]?.stringValue ?? ""
        guard let place = arguments.firstIndex(where: { $0["name"]?.stringValue == name }) else {
            arguments.append(argument)
            return
        }
        let (old, new) = (arguments[place], argument)
        func has(_ value: Value) -> Bool { value["value"] != nil || value["valueFrom"] != nil }
        if has(old), has(new), old != new {
            throw RolloutsError(
                .invalidSpec,
                "argument '\(name)' has different values in the analysis templates (\(template.metadata.name) is one); remove one"
            )
        }
        if has(new) { arguments[place] = new }
    }
}

/// Puts arguments into metrics: `{{args.service}}`.
struct ArgumentValues: Sendable {
    var values: [String: String]
    /// Values that came from secrets; they are taken out of messages.
    var secrets: [String] = []

    /// A metric with the arguments in all its texts.
    ///
    /// - Throws: `invalidSpec` naming an argument without a value.
    func resolve(_ value: Value) throws(RolloutsError) -> Value {
        switch value {
        case .string(let text): return .string(try resolve(text))
        case .array(let items):
            var resolved: [Value] = []
            for item in items { resolved.append(try resolve(item)) }
            return .array(resolved)
        case .object(let object):
            var resolved = Object(minimumCapacity: object.count)
            for pair in object { resolved[try resolve(pair.key)] = try resolve(pair.value) }
            return .object(resolved)
        default: return value
        }
    }

    private func resolve(_ text: String) throws(RolloutsError) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            let inner = rest[open.upperBound..<close.lowerBound]
            let name = inner.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let spelled = String(name)
            if spelled.hasPrefix("args.") {
                let key = String(spelled.dropFirst(5))
                guard let value = values[key] else {
                    throw RolloutsError(
                        .invalidSpec, "failed to resolve {{\(spelled)}}: there is no such argument")
                }
                result += value
            } else {
                result += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// A message without what is secret.
    func redacted(_ message: String) -> String {
        secrets.reduce(message) { text, secret in
            secret.isEmpty ? text : text.replacing(secret, with: "*****")
        }
    }
}
