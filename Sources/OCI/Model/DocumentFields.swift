import Manifest

/// Reads the fields of a JSON document, with errors that name the document and the field.
struct DocumentFields {
    let object: Object
    /// What messages call the place, such as `manifest: layers[2]`.
    let place: String

    /// The fields of a whole document.
    ///
    /// A document that two readers would read differently, by keys it has twice, is refused.
    init(parsing bytes: [UInt8], as name: String) throws(OCIError) {
        let value: Value
        do throws(ManifestError) {
            value = try JSON.parse(bytes, options: JSON.ReadOptions(strict: true, maximumDepth: 64))
        } catch {
            throw OCIError(.invalidDocument, "the \(name) is no valid JSON", cause: error)
        }
        guard let object = value.objectValue else {
            throw OCIError(.invalidDocument, "the \(name) is \(value.kindDescription), not an object")
        }
        self.init(object: object, place: name)
    }

    init(object: Object, place: String) {
        self.object = object
        self.place = place
    }

    /// A field's value; null counts as absent, as in Go.
    func value(_ key: String) -> Value? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func fault(_ key: String, _ problem: String) -> OCIError {
        OCIError(.invalidDocument, "\(place): \(key) \(problem)")
    }

    func optionalString(_ key: String) throws(OCIError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.stringValue else {
            throw fault(key, "is \(value.kindDescription), not a string")
        }
        return text
    }

    func string(_ key: String) throws(OCIError) -> String {
        guard let text = try optionalString(key) else { throw fault(key, "is missing") }
        return text
    }

    func optionalInteger(_ key: String) throws(OCIError) -> Int64? {
        guard let value = value(key) else { return nil }
        guard let number = value.integerValue else {
            throw fault(key, "is \(value.kindDescription), not an integer")
        }
        return number
    }

    func integer(_ key: String) throws(OCIError) -> Int64 {
        guard let number = try optionalInteger(key) else { throw fault(key, "is missing") }
        return number
    }

    func flag(_ key: String) throws(OCIError) -> Bool {
        guard let value = value(key) else { return false }
        guard let flag = value.boolValue else {
            throw fault(key, "is \(value.kindDescription), not true or false")
        }
        return flag
    }

    func optionalFields(_ key: String) throws(OCIError) -> DocumentFields? {
        guard let value = value(key) else { return nil }
        guard let object = value.objectValue else {
            throw fault(key, "is \(value.kindDescription), not an object")
        }
        return DocumentFields(object: object, place: "\(place): \(key)")
    }

    func fields(_ key: String) throws(OCIError) -> DocumentFields {
        guard let fields = try optionalFields(key) else { throw fault(key, "is missing") }
        return fields
    }

    /// The objects of a list; an absent list is empty.
    func list(_ key: String) throws(OCIError) -> [DocumentFields] {
        guard let value = value(key) else { return [] }
        guard let items = value.arrayValue else {
            throw fault(key, "is \(value.kindDescription), not a list")
        }
        var list: [DocumentFields] = []
        for (index, item) in items.enumerated() {
            guard let object = item.objectValue else {
                throw fault("\(key)[\(index)]", "is \(item.kindDescription), not an object")
            }
            list.append(DocumentFields(object: object, place: "\(place): \(key)[\(index)]"))
        }
        return list
    }

    /// A list of strings; an absent list is empty.
    func strings(_ key: String) throws(OCIError) -> [String] {
        guard let value = value(key) else { return [] }
        guard let items = value.arrayValue else {
            throw fault(key, "is \(value.kindDescription), not a list")
        }
        var list: [String] = []
        for (index, item) in items.enumerated() {
            guard let text = item.stringValue else {
                throw fault("\(key)[\(index)]", "is \(item.kindDescription), not a string")
            }
            list.append(text)
        }
        return list
    }

    /// An object of strings; an absent one is empty.
    func stringMap(_ key: String) throws(OCIError) -> [String: String] {
        guard let fields = try optionalFields(key) else { return [:] }
        var map: [String: String] = [:]
        for pair in fields.object {
            guard let text = pair.value.stringValue else {
                throw fields.fault(pair.key, "is \(pair.value.kindDescription), not a string")
            }
            map[pair.key] = text
        }
        return map
    }

    /// The keys of an object whose values say nothing, such as a configuration's `ExposedPorts`.
    func keySet(_ key: String) throws(OCIError) -> [String] {
        guard let fields = try optionalFields(key) else { return [] }
        return fields.object.keys.sorted()
    }
}

extension Value {
    /// An object of strings with its keys in order.
    init(sorting map: [String: String]) {
        self = .object(
            Object(map.sorted { $0.key < $1.key }.map { Object.Pair(key: $0.key, value: .string($0.value)) }))
    }

    /// An object whose keys are a set.
    init(keySet keys: [String]) {
        self = .object(Object(keys.sorted().map { Object.Pair(key: $0, value: .emptyObject) }))
    }
}
