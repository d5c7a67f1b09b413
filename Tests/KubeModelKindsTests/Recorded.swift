import KubeModel
import Manifest

/// How objects are compared with recorded ones.
enum Recorded {
    /// Sorted JSON in which the values a server makes up stand masked, as they do in recordings, and without what
    /// the store and field management add.
    static func text(_ object: Value, _ step: Recording.Step) -> [String] {
        JSON.string(comparable(object, step), options: .init(indentation: 1, sortsKeys: true))
            .replacing(MaskedServer.uid, with: "<uid>").replacing(MaskedServer.address, with: "<ip>")
            .replacing(MaskedServer.time, with: "<time>")
            .split(separator: "\n").map(String.init)
    }

    /// A recorded object with a real time where the recording has none.
    static func unmasked(_ value: Value) -> Value {
        switch value {
        case "<time>": .string(MaskedServer.time)
        case "<ip>": .string(MaskedServer.address)
        case .array(let items): .array(items.map(unmasked))
        case .object(let object): .object(object.mapValues(unmasked))
        default: value
        }
    }

    private static func comparable(_ object: Value, _ step: Recording.Step) -> Value {
        var object = object
        for field in ["resourceVersion", "managedFields"] { object.metadata.fields[field] = nil }
        if object["spec"]?["renewTime"] != nil { object["spec", "renewTime"] = "<time>" }
        return without(step.ignored, object)
    }

    private static func without(_ keys: Set<String>, _ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map { without(keys, $0) })
        case .object(var object):
            object.removeAll { keys.contains($0.key) }
            return .object(object.mapValues { without(keys, $0) })
        default: return value
        }
    }

    /// The causes of a recorded refusal, as field errors print them.
    static func causes(_ step: Recording.Step) -> [String] {
        (step.response["details"]?["causes"]?.arrayValue ?? []).map { cause in
            "\(cause["field"]?.stringValue ?? ""): \(cause["message"]?.stringValue ?? "")"
        }.sorted()
    }
}
