public import Manifest

/// The form in which the API server stores and answers objects of built-in kinds.
///
/// The server reads a document into Go structs and writes them out again. On the way empty lists, maps and zero
/// values that are left out by their type disappear (`data: {}`, `hostNetwork: false`), fields that are always
/// written appear (`resources: {}`, `status: {}`, `rules: null`), and quantities and times take their canonical
/// spelling (`0.5` becomes `500m`). Field owners, patches and comparisons build on that form.
public struct WireForm: Sendable {
    /// What Go's types know of one type's fields; see ``WireFormTable``.
    private struct Marks {
        var pointers: Set<Substring> = []
        var lists: Set<Substring> = []
        var times: Set<Substring> = []
        var omitted: Set<Substring> = []
    }

    private let marks: [Substring: Marks]
    private let absent = AbsentFields()

    /// The form of Kubernetes 1.36's types.
    public static let builtin = WireForm(table: WireFormTable.text.description)

    private init(table: String) {
        var marks: [Substring: Marks] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2 else { continue }
            let names = words[1].dropFirst().split(separator: ",")
            switch words[1].first {
            case "*": marks[words[0], default: Marks()].pointers.formUnion(names)
            case "[": marks[words[0], default: Marks()].lists.formUnion(names)
            case "@": marks[words[0], default: Marks()].times.formUnion(names)
            default: marks[words[0], default: Marks()].omitted.formUnion(names)
            }
        }
        self.marks = marks
    }

    /// Brings an object into the form; fields without a schema stay as they are.
    ///
    /// - Throws: ``DecodingFault`` where a value is not of its field's type.
    public func apply(to object: inout Value, schema: Schema) throws(DecodingFault) {
        if case .null = object { return }
        try DecodingFault.check(object, schema: schema)
        switch object {
        case .array(let items): object = .array(try applied(to: items, schema: schema))
        case .object(let fields):
            if schema.properties.isEmpty {
                object = .object(try applied(toMap: fields, schema: schema))
            } else {
                object = .object(try applied(toStruct: fields, schema: schema))
            }
        default: try CanonicalSpelling.apply(to: &object, schema: schema)
        }
    }

    private func applied(to items: [Value], schema: Schema) throws(DecodingFault) -> [Value] {
        guard let itemSchema = schema.items else { return items }
        var items = items
        for index in items.indices {
            if items[index].isNull { items[index] = Self.zero(of: itemSchema) }
            try apply(to: &items[index], schema: itemSchema)
        }
        return items
    }

    private func applied(toMap object: Object, schema: Schema) throws(DecodingFault) -> Object {
        guard let entrySchema = schema.additionalProperties else { return object }
        var object = object
        for index in object.indices {
            var entry = object[index].value
            if entry.isNull { entry = Self.zero(of: entrySchema) }
            try apply(to: &entry, schema: entrySchema)
            object.setValue(entry, at: index)
        }
        return object
    }

    private func applied(toStruct object: Object, schema: Schema) throws(DecodingFault) -> Object {
        var object = object
        let marks = marks[Self.shortName(schema.definition)]
        var dropped: Set<String> = []
        for index in object.indices {
            let name = object[index].key
            guard let field = schema.properties[name] else { continue }
            var entry = object[index].value
            do {
                try apply(to: &entry, schema: field)
            } catch {
                throw error.inField(name, of: schema.definition)
            }
            object.setValue(entry, at: index)
            if isLeftOut(entry, named: name, schema: field, marks: marks) { dropped.insert(name) }
        }
        if !dropped.isEmpty { object.removeAll { dropped.contains($0.key) } }
        for (name, value) in writtenWhenAbsent(schema, marks) where !object.contains(key: name) {
            object[name] = value
        }
        return object
    }

    /// Whether the field is not written at all, so that it reads as absent.
    private func isLeftOut(_ value: Value, named name: String, schema: Schema, marks: Marks?) -> Bool {
        switch value {
        case .null: return true
        case .array(let items):
            return items.isEmpty && marks?.lists.contains(name[...]) != true
        case .object(let object):
            let isMap = schema.properties.isEmpty && schema.additionalProperties != nil
            return object.isEmpty && isMap && marks?.lists.contains(name[...]) != true
        case .string, .bool, .integer, .double:
            guard Self.isZero(value), Self.isScalar(schema) else { return false }
            if marks?.pointers.contains(name[...]) == true { return false }
            return schema.defaultValue == nil || marks?.omitted.contains(name[...]) == true
        }
    }

    /// The fields of a struct that are written even if the object does not have them.
    private func writtenWhenAbsent(_ schema: Schema, _ marks: Marks?) -> [(name: String, value: Value)] {
        guard let definition = schema.definition else { return absentFields(of: schema, marks) }
        if let known = absent.fields(of: definition) { return known }
        // Found without the lock, since structs are in structs.
        let fields = absentFields(of: schema, marks)
        absent.keep(fields, of: definition)
        return fields
    }

    private func absentFields(of schema: Schema, _ marks: Marks?) -> [(name: String, value: Value)] {
        schema.properties.compactMap { name, field in
            writtenWhenAbsent(name, field, marks).map { (name, $0) }
        }
    }

    /// What is written for a field that the object does not have; nil for nothing.
    private func writtenWhenAbsent(_ name: String, _ schema: Schema, _ marks: Marks?) -> Value? {
        if let marks {
            if marks.lists.contains(name[...]) || marks.times.contains(name[...]) { return .null }
            if marks.omitted.contains(name[...]) { return nil }
        }
        guard var value = schema.defaultValue else {
            // The one quantity that is a struct by value without a default in the schema.
            return schema.format == "quantity" && name == "divisor" ? "0" : nil
        }
        // The schema's own default is of its type.
        try? apply(to: &value, schema: schema)
        return value
    }

    private static func isScalar(_ schema: Schema) -> Bool {
        switch schema.type {
        case .string, .integer, .number, .boolean: true
        case .object, .array, .any: false
        }
    }

    private static func isZero(_ value: Value) -> Bool {
        switch value {
        case .string(let text): text.isEmpty
        case .bool(let flag): !flag
        case .integer(let number): number == 0
        case .double(let real): real.value == 0
        case .null, .array, .object: false
        }
    }

    private static func zero(of schema: Schema) -> Value {
        switch schema.type {
        case .string: ""
        case .integer, .number: 0
        case .boolean: false
        case .object: .emptyObject
        case .array, .any: .null
        }
    }

    /// `core.v1.Pod` for `io.k8s.api.core.v1.Pod`.
    private static func shortName(_ definition: String?) -> Substring {
        guard let definition else { return "" }
        var place = definition.utf8.endIndex
        for _ in 0..<3 {
            guard let dot = definition.utf8[..<place].lastIndex(of: UInt8(ascii: ".")) else {
                return definition[...]
            }
            place = dot
        }
        return definition[definition.utf8.index(after: place)...]
    }
}
