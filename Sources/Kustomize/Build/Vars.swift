import KubeModel
import Manifest

/// Puts the values of vars in the place of `$(NAME)`.
struct VarTransformer: Transformer {
    private let values: [String: VarValue]
    private let specs: [FieldSpec]

    /// What a var stands for.
    enum VarValue {
        case string(String)
        case integer(Int)
        case float(Double)
        case bool(Bool)
        /// An object or a list, which is put nowhere.
        case structure

        /// The value as part of a text.
        var text: String? {
            switch self {
            case .string(let text): text
            case .integer(let number): String(number)
            case .float(let number): GoNumber.general(number)
            case .bool(let flag): flag ? "true" : "false"
            case .structure: nil
            }
        }

        /// The value as a scalar of its own.
        var node: Node? {
            switch self {
            case .string(let text): .string(text)
            case .integer(let number): .scalar(String(number), tag: .integer)
            case .float(let number): .scalar(GoNumber.general(number), tag: .float)
            case .bool(let flag): .scalar(flag ? "true" : "false", tag: .boolean)
            case .structure: nil
            }
        }
    }

    /// - Throws: `notFound` where an object or a field that a var reads is missing.
    init(_ accumulator: Accumulator) throws(KustomizeError) {
        var values: [String: VarValue] = [:]
        for name in accumulator.vars.keys.sorted(by: precedesInBytes) {
            guard let entry = accumulator.vars[name] else { continue }
            guard let resource = accumulator.resources.resources.first(where: { $0.varNames.contains(name) })
            else {
                throw KustomizeError(
                    .notFound, "var '\(entry)' cannot be mapped to a field in the set of known resources")
            }
            let found: Node?
            do throws(KustomizeError) {
                found = try resource.node.lookup(Self.path(entry.fieldPath))
            } catch {
                found = nil
            }
            guard let found else {
                throw KustomizeError(
                    .notFound, "field specified in var '\(entry)' not found in corresponding resource")
            }
            values[name] = Self.value(of: found)
        }
        self.values = values
        specs = accumulator.configuration.varReference
    }

    /// `a.b[0].c` is `a`, `b`, `0`, `c`.
    private static func path(_ text: String) -> [String] {
        FieldPath.splitBrackets(text).flatMap { part -> [String] in
            guard part.hasSuffix("]"), let open = part.lastIndex(of: "[") else { return [part] }
            let index = part[part.index(after: open)...].dropLast()
            guard !index.isEmpty, index.allSatisfy(\.isNumber) else { return [part] }
            let name = String(part[..<open])
            return name.isEmpty ? [String(index)] : [name, String(index)]
        }
    }

    private static func value(of node: Node) -> VarValue {
        guard node.kind == .scalar else { return .structure }
        switch node.tag {
        case .integer: return Int(node.text).map(VarValue.integer) ?? .string(node.text)
        case .float: return Double(node.text).map(VarValue.float) ?? .string(node.text)
        case .boolean: return .bool(node.text.lowercased() == "true")
        default: return .string(node.text)
        }
    }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        guard !values.isEmpty else { return }
        let index = FieldSpecIndex(specs)
        for resource in resources.resources where !resource.isEmpty {
            for spec in index[resource.kind] {
                try spec.visit(resource) { (node) throws(KustomizeError) in try expand(node) }
            }
            resource.identityChanged()
        }
    }

    private func expand(_ node: Node) throws(KustomizeError) {
        if node.isNull { return }
        switch node.kind {
        case .scalar: if node.isString { expandScalar(node) }
        case .mapping:
            for (key, value) in node.fields {
                guard key.isString else {
                    throw KustomizeError(
                        .inapplicable, "invalid map key: value='\(key.text)', tag='\(key.tag.name)'")
                }
                if value.isString { expandScalar(value) }
            }
        case .sequence:
            for item in node.content {
                guard item.isString else {
                    throw KustomizeError(.inapplicable, "invalid value type expect a string")
                }
                expandScalar(item)
            }
        }
    }

    private func expandScalar(_ node: Node) {
        let expanded = expansion(of: node.text)
        expanded.style = .plain
        node.become(expanded)
    }

    /// `$(NAME)` stands for a value, `$$` for `$`; unknown names stay as they are.
    private func expansion(of text: String) -> Node {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "$"), place + 1 < bytes.count else {
                output.append(bytes[place])
                place += 1
                continue
            }
            switch bytes[place + 1] {
            case UInt8(ascii: "$"):
                output.append(UInt8(ascii: "$"))
                place += 2
            case UInt8(ascii: "("):
                guard let close = bytes[place...].firstIndex(of: UInt8(ascii: ")")) else {
                    output += "$(".utf8
                    place += 2
                    continue
                }
                let name = String(decoding: bytes[(place + 2)..<close], as: UTF8.self)
                if place == 0, close == bytes.count - 1, let node = values[name]?.node { return node }
                output += (values[name]?.text ?? "$(\(name))").utf8
                place = close + 1
            default:
                output += bytes[place...(place + 1)]
                place += 2
            }
        }
        return .string(String(decoding: output, as: UTF8.self))
    }
}

extension VarEntry {
    /// Whether an object is the one that the var reads. Without a namespace any will do.
    func matches(_ id: ResourceID) -> Bool {
        guard id.name == objectName, id.gvk.group == objectGroup, id.gvk.version == objectVersion,
            id.gvk.kind == objectKind
        else { return false }
        guard !objectNamespace.isEmpty else { return true }
        return objectNamespace == id.effectiveNamespace
    }
}
