import KubeModel
import Manifest
import TestSupport

/// Random documents without nulls, from a seed.
struct RandomValues {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    mutating func object(depth: Int) -> Value {
        var object = Object()
        for key in ["a", "b", "c", "d", "e"] where Bool.random(using: &random) {
            object[key] = value(depth: depth - 1)
        }
        return .object(object)
    }

    mutating func value(depth: Int) -> Value {
        switch number(below: depth > 0 ? 6 : 3) {
        case 0: return .integer(Int64(number(below: 3)))
        case 1: return .string(String(number(below: 3)))
        case 2: return .bool(Bool.random(using: &random))
        case 3: return .array((0..<number(below: 3)).map { _ in value(depth: depth - 1) })
        default: return object(depth: depth)
        }
    }

    /// An object that a schema allows, as far as strategic patches care: items with the same merge key stand
    /// in a list once, and so do scalars in lists that merge.
    mutating func object(of schema: Schema, depth: Int) -> Value {
        var object = Object()
        for (name, field) in schema.properties where number(below: 3) > 0 {
            if let value = value(of: field, depth: depth - 1) { object[name] = value }
        }
        if schema.properties.isEmpty {
            for name in ["x", "y", "z"] where Bool.random(using: &random) {
                object[name] = schema.additionalProperties.flatMap { value(of: $0, depth: depth - 1) } ?? "1"
            }
        }
        return .object(object)
    }

    private mutating func value(of schema: Schema, depth: Int) -> Value? {
        switch schema.type {
        case .boolean: return .bool(Bool.random(using: &random))
        case .integer, .number: return .integer(Int64(number(below: 3)))
        case .string, .any: return .string(String(number(below: 3)))
        case .object: return depth > 0 ? object(of: schema, depth: depth) : nil
        case .array:
            guard depth > 0, let items = schema.items else { return nil }
            return .array(list(of: items, schema, depth: depth))
        }
    }

    private mutating func list(of items: Schema, _ schema: Schema, depth: Int) -> [Value] {
        var list: [Value] = []
        for number in (0..<4).shuffled(using: &random).prefix(number(below: 4)) {
            guard var item = value(of: items, depth: depth - 1) else { continue }
            if let key = schema.patchMergeKey {
                item[key] =
                    items.properties[key]?.type == .integer ? .integer(Int64(number)) : .string("k\(number)")
            } else if schema.patchStrategy.contains(.merge) {
                item = .string("s\(number)")
            }
            list.append(item)
        }
        return list
    }
}
