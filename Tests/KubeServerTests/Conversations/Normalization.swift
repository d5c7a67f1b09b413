import Manifest

/// Takes from an answer what differs from run to run, as the recordings were treated.
enum Normalization {
    private static var time: Regex<(Substring, Substring?)> { #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/# }
    private static var uid: Regex<Substring> {
        #/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#
    }
    private static var address: Regex<Substring> { #/\d+\.\d+\.\d+\.\d+/# }
    private static var age: Regex<(Substring, Substring)> { #/(\d+[smhd])+/# }
    private static var version: Regex<Substring> { #/resourceVersion: \d+/# }

    /// - Parameter isRecorded: whether the texts are in this form already, so that only lists need their order.
    static func normalize(_ value: Value, key: String = "", isRecorded: Bool = false) -> Value {
        switch value {
        case .object(let object):
            return .object(
                Object(
                    object.map { pair in
                        .init(
                            key: pair.key.replacing(uid, with: "<uid>"),
                            value: normalize(pair.value, key: pair.key, isRecorded: isRecorded))
                    }))
        case .array(let items):
            let items = items.map { normalize($0, key: key, isRecorded: isRecorded) }
            switch key {
            case "managedFields":
                return .array(items.sorted { order(ofManager: $0) < order(ofManager: $1) })
            case "causes": return .array(items.sorted { text(of: $0) < text(of: $1) })
            default: return .array(items)
            }
        case .string(let text): return isRecorded ? value : .string(normalize(text, key: key))
        default: return value
        }
    }

    private static func normalize(_ text: String, key: String) -> String {
        var text = text
        if key == "message", text.contains(" is invalid: [") {
            text = text.split { " \n\t,[]".contains($0) }.map(String.init).sorted(by: byBytes)
                .joined(separator: " ")
        } else if key == "message", text.unicodeScalars.count > 300 {
            text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(100)))
        }
        switch key {
        case "uid": return "<uid>"
        case "resourceVersion": return text.isEmpty || text == "0" ? text : "<rv>"
        case "continue" where !text.isEmpty: return "<continue>"
        default: break
        }
        if text.wholeMatch(of: time) != nil { return "<time>" }
        if key == "clusterIP" || key == "clusterIPs", text.wholeMatch(of: address) != nil { return "<ip>" }
        if key == "cells", text.wholeMatch(of: age) != nil { return "<age>" }
        // Most texts hold neither; regular expressions are slow on all of them.
        if text.utf8.count >= 36 { text = text.replacing(uid, with: "<uid>") }
        if text.contains("resourceVersion: ") {
            text = text.replacing(version, with: "resourceVersion: <rv>")
        }
        return text
    }

    private static func byBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func order(ofManager entry: Value) -> String {
        ["manager", "operation", "subresource"].map { entry[$0]?.stringValue ?? "" }.joined(
            separator: "\u{0}")
    }

    private static func text(of value: Value) -> String {
        JSON.string(value, options: JSON.WriteOptions(sortsKeys: true))
    }

    /// The value without the keys and dotted paths that are not compared.
    static func strip(_ value: Value, _ ignored: Set<String>, path: String = "") -> Value {
        switch value {
        case .object(let object):
            return .object(
                Object(
                    object.compactMap { pair in
                        let place = path.isEmpty ? pair.key : "\(path).\(pair.key)"
                        if ignored.contains(pair.key) || ignored.contains(place) { return nil }
                        return .init(key: pair.key, value: strip(pair.value, ignored, path: place))
                    }))
        case .array(let items): return .array(items.map { strip($0, ignored, path: path) })
        default: return value
        }
    }

    /// Where something expected is not contained in what was answered; nil where everything is.
    static func difference(_ expected: Value, _ found: Value, path: String = "") -> String? {
        switch (expected, found) {
        case (.object(let wanted), .object(let present)):
            for pair in wanted {
                guard let value = present[pair.key] else {
                    return "\(path).\(pair.key): missing (want \(JSON.string(pair.value).prefix(160)))"
                }
                if let difference = difference(pair.value, value, path: "\(path).\(pair.key)") {
                    return difference
                }
            }
            return nil
        case (.array(let wanted), .array(let present)):
            guard wanted.count == present.count else {
                return
                    "\(path): want \(wanted.count) items, got \(present.count): \(JSON.string(found).prefix(300))"
            }
            for (index, (left, right)) in zip(wanted, present).enumerated() {
                if let difference = difference(left, right, path: "\(path)[\(index)]") { return difference }
            }
            return nil
        default:
            return expected == found
                ? nil
                : "\(path): want \(JSON.string(expected).prefix(400)), got \(JSON.string(found).prefix(400))"
        }
    }
}
