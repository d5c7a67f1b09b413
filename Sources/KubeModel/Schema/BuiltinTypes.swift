import Manifest
import Synchronization

/// The types of ``BuiltinSchemas``, each read when it is first asked for.
final class BuiltinTypes: Sendable {
    /// Where the text of each type lies; found in one pass over the text on first use.
    private struct Index: Sendable {
        var names: [GroupVersionKind: String] = [:]
        var ranges: [String: Range<Int>] = [:]
    }

    private struct State: Sendable {
        var index: Index?
        var schemas: [String: Schema] = [:]
    }

    private let state = Mutex(State())

    /// The name of the type whose objects have a kind.
    func definition(of kind: GroupVersionKind) -> String? {
        state.withLock { Self.index(in: &$0).names[kind] }
    }

    /// The schema of a type by its full name.
    func schema(named name: String) -> Schema? {
        state.withLock { state in
            if let schema = state.schemas[name] { return schema }
            guard let range = Self.index(in: &state).ranges[name] else { return nil }
            let lines = Self.text(in: range).split(separator: "\n")
            let schema = read(name: name, head: lines[0], fields: lines.dropFirst())
            state.schemas[name] = schema
            return schema
        }
    }

    private static func index(in state: inout State) -> Index {
        if let index = state.index { return index }
        var index = Index()
        BuiltinSchemas.text.withUTF8Buffer { text in
            var start = 0
            while start < text.count {
                var end = start
                repeat {
                    while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
                    end = Swift.min(end + 1, text.count)
                } while end < text.count && text[end] == UInt8(ascii: " ")
                let head = text[start..<end].prefix { $0 != UInt8(ascii: "\n") }
                let words = head.split(separator: UInt8(ascii: " "))
                let name = fullName(Substring(decoding: words[0], as: UTF8.self))
                index.ranges[name] = start..<end
                for word in words.dropFirst(2) where word.starts(with: "gvk=".utf8) {
                    let parts = Substring(decoding: word.dropFirst(4), as: UTF8.self)
                        .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
                    let kind = GroupVersionKind(group: parts[0], version: parts[1], kind: parts[2])
                    index.names[kind] = name
                }
                start = end
            }
        }
        state.index = index
        return index
    }

    private static func text(in range: Range<Int>) -> String {
        BuiltinSchemas.text.withUTF8Buffer { String(decoding: $0[range], as: UTF8.self) }
    }

    /// The full name of a type of which the text leaves the common prefixes out.
    private static func fullName(_ name: Substring) -> String {
        switch name.prefix(while: { $0 != "." }) {
        case "api": "io.k8s.apimachinery.pkg.\(name)"
        case "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis.\(name)"
        case "apiregistration": "io.k8s.kube-aggregator.pkg.apis.\(name)"
        case "meta": "io.k8s.apimachinery.pkg.apis.\(name)"
        case "runtime", "util": "io.k8s.apimachinery.pkg.\(name)"
        default: "io.k8s.api.\(name)"
        }
    }
}

// MARK: - Reading

extension BuiltinTypes {
    private func read(name: String, head: Substring, fields: ArraySlice<Substring>) -> Schema {
        let words = head.split(separator: " ")
        var draft = shape(words[1], enumeration: [])
        draft.definition = name
        apply(words.dropFirst(2), to: &draft)
        var required: [(place: Int, name: String)] = []
        var properties: [(name: String, link: Schema.Link)] = []
        for field in fields {
            let words = field.split(separator: " ")
            let name = String(words[0])
            for word in words.dropFirst(2) where word.first == "!" {
                required.append((Int(word.dropFirst()) ?? 0, name))
            }
            properties.append((name, link(shape: words[1], attributes: words.dropFirst(2))))
        }
        draft.properties = Schema.Properties(properties)
        draft.required = required.sorted { $0.place < $1.place }.map(\.name)
        return Schema(draft)
    }

    /// A child of a shape; what is said of the field comes on top of what its type says.
    private func link(shape text: Substring, attributes: ArraySlice<Substring>) -> Schema.Link {
        let attributes = Array(attributes.filter { $0.first != "!" })
        if Self.isTypeName(text) {
            let name = Self.fullName(text)
            return Schema.Link(deferred: { [self] in
                let schema = schema(named: name)
                guard !attributes.isEmpty || schema == nil else { return schema ?? Schema(Schema.Draft()) }
                var draft = schema?.draft ?? Schema.Draft()
                apply(attributes[...], to: &draft)
                return Schema(draft)
            })
        }
        let enumeration =
            attributes.first { $0.hasPrefix("enum=") }?.dropFirst(5).split(
                separator: ",", omittingEmptySubsequences: false) ?? []
        var draft = shape(text, enumeration: enumeration.map { .string(Self.spaced($0)) })
        apply(attributes[...], to: &draft)
        return Schema.Link(Schema(draft))
    }

    private static func isTypeName(_ text: Substring) -> Bool {
        text.first != "[" && text.first != "{" && text.contains(".")
    }

    private static func spaced(_ text: Substring) -> String {
        String(text.map { $0 == "~" ? " " : $0 })
    }

    /// A schema of a shape; the enumeration belongs to the scalars in it.
    private func shape(_ text: Substring, enumeration: [Value]) -> Schema.Draft {
        var draft = Schema.Draft()
        switch text.first {
        case "[":
            draft.type = .array
            draft.items = child(text.dropFirst().dropLast(), enumeration: enumeration)
            return draft
        case "{":
            draft.type = .object
            draft.additionalProperties = child(text.dropFirst().dropLast(), enumeration: enumeration)
            return draft
        default:
            break
        }
        let parts = text.split(separator: ":", maxSplits: 1)
        draft.format = parts.count > 1 ? String(parts[1]) : nil
        draft.enumeration = enumeration
        switch parts[0] {
        case "o": draft.type = .object
        case "s": draft.type = .string
        case "int-or-string": draft.isIntOrString = true
        case "quantity": draft.format = "quantity"
        default: draft.type = Schema.JSONType(rawValue: String(parts[0])) ?? .any
        }
        return draft
    }

    private func child(_ text: Substring, enumeration: [Value]) -> Schema.Link {
        Self.isTypeName(text)
            ? link(shape: text, attributes: []) : Schema.Link(Schema(shape(text, enumeration: enumeration)))
    }

    private func apply(_ attributes: ArraySlice<Substring>, to draft: inout Schema.Draft) {
        for attribute in attributes {
            guard let equals = attribute.firstIndex(of: "=") else {
                if attribute == "-" { draft.isLeftOutWhenZero = true }
                continue
            }
            let value = attribute[attribute.index(after: equals)...]
            switch attribute[..<equals] {
            case "": draft.defaultValue = Self.defaultValue(value)
            case "list": draft.listType = Schema.ListType(rawValue: String(value))
            case "keys": draft.listMapKeys = value.split(separator: ",").map(String.init)
            case "map": draft.mapType = Schema.MapType(rawValue: String(value))
            case "merge": draft.patchMergeKey = String(value)
            case "patch":
                for word in value.split(separator: ",") {
                    switch word {
                    case "merge": draft.patchStrategy.insert(.merge)
                    case "replace": draft.patchStrategy.insert(.replace)
                    default: draft.patchStrategy.insert(.retainKeys)
                    }
                }
            default: break
            }
        }
    }

    private static func defaultValue(_ text: Substring) -> Value {
        switch text {
        case "{}": .emptyObject
        case "true": true
        case "false": false
        default: Int64(text).map(Value.integer) ?? .string(String(text))
        }
    }
}
