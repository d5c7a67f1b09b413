import Manifest

// Upstream takes what stands before a path's first slash for nothing and reads `~` leniently.
extension JSONPatch {
    static func path(of operation: Operation) throws(KubeModelError) -> String {
        guard let path = operation.path else {
            throw fault("\(operation.name) operation failed to decode path: missing value")
        }
        return path
    }

    static func origin(of operation: Operation) throws(KubeModelError) -> String {
        guard let from = operation.from else {
            throw fault("\(operation.name) operation failed to decode from: missing value")
        }
        return from
    }

    private static func tokens(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            guard part.utf8.contains(UInt8(ascii: "~")) else { return String(part) }
            var token = ""
            var rest = part.unicodeScalars[...]
            while let scalar = rest.popFirst() {
                if scalar == "~", rest.first == "0" || rest.first == "1" {
                    token.unicodeScalars.append(rest.removeFirst() == "0" ? "~" : "/")
                } else {
                    token.unicodeScalars.append(scalar)
                }
            }
            return token
        }
    }

    /// Changes the list or object that holds what a path leads to; answers false where there is none.
    static func change(
        _ path: String, in document: inout Value,
        _ body: (inout Value, String) throws(KubeModelError) -> Void
    ) throws(KubeModelError) -> Bool {
        let tokens = tokens(path)
        guard let key = tokens.last else { return false }
        return try change(tokens.dropLast(), in: &document, key: key, body)
    }

    private static func change(
        _ way: ArraySlice<String>, in node: inout Value, key: String,
        _ body: (inout Value, String) throws(KubeModelError) -> Void
    ) throws(KubeModelError) -> Bool {
        let step = way.first
        switch node {
        case .object(var object):
            guard let step else { break }
            guard object.contains(key: step) else { return false }
            node = .null
            defer { node = .object(object) }
            return try change(way.dropFirst(), in: &object[step, default: .null], key: key, body)
        case .array(var items):
            guard let step else { break }
            guard let place = place(step, in: items) else { return false }
            node = .null
            defer { node = .array(items) }
            return try change(way.dropFirst(), in: &items[place], key: key, body)
        default:
            return false
        }
        try body(&node, key)
        return true
    }

    /// The list or object that holds what a path leads to, nil where there is none.
    static func container(of path: String, in document: Value) -> (Value, key: String)? {
        let tokens = tokens(path)
        guard let key = tokens.last else { return nil }
        var node = document
        for step in tokens.dropLast() {
            switch node {
            case .object(let object):
                guard let next = object[step] else { return nil }
                node = next
            case .array(let items):
                guard let place = place(step, in: items) else { return nil }
                node = items[place]
            default: return nil
            }
        }
        guard node.objectValue != nil || node.arrayValue != nil else { return nil }
        return (node, key)
    }

    /// The member of a list or object; an absent key of an object reads as null.
    static func member(
        _ key: String, of container: Value, context: String
    ) throws(KubeModelError) -> Value {
        guard let items = container.arrayValue else { return container[key] ?? .null }
        return items[try place(key, in: items, context: context)]
    }

    private static func place(_ key: String, in items: [Value]) -> Int? {
        guard let index = Int(key) else { return nil }
        let place = index < 0 ? index + items.count : index
        return items.indices.contains(place) ? place : nil
    }

    static func place(
        _ key: String, in items: [Value], context: String
    ) throws(KubeModelError) -> Int {
        guard let index = Int(key) else {
            throw fault("\(context): \(noNumber(key))")
        }
        guard let place = place(key, in: items) else { throw fault("\(context): \(invalidIndex(index))") }
        return place
    }

    static func noNumber(_ key: String) -> String {
        "strconv.Atoi: parsing \(GoFormat.quoted(key)): invalid syntax"
    }

    static func invalidIndex(_ index: Int) -> String {
        "Unable to access invalid index: \(index): invalid index referenced"
    }

    static func fault(_ message: String) -> KubeModelError {
        KubeModelError(.inapplicablePatch, message)
    }
}
