public import Manifest

extension JSONPatch {
    /// How many bytes `copy` operations may add in one patch.
    private static let maximumCopiedBytes = 3 * 1024 * 1024

    /// Applies all operations in order, or none.
    ///
    /// - Throws: `inapplicablePatch`, naming the operation and path that failed.
    public func apply(to document: Value) throws(KubeModelError) -> Value {
        var result = document
        var copiedBytes = 0
        for operation in operations {
            switch operation.name {
            case "add": try Self.add(operation, to: &result)
            case "remove": try Self.remove(operation, from: &result)
            case "replace": try Self.replace(operation, in: &result)
            case "move": try Self.move(operation, in: &result)
            case "copy": try Self.copy(operation, in: &result, copiedBytes: &copiedBytes)
            case "test": try Self.test(operation, against: result)
            default: throw Self.fault("Unexpected kind: \(operation.name)")
            }
        }
        return result
    }

    private static func add(_ operation: Operation, to document: inout Value) throws(KubeModelError) {
        let path = try path(of: operation)
        let found = try change(path, in: &document) { (container, key) throws(KubeModelError) in
            try add(
                operation.value ?? .null, to: &container, key: key,
                context: "error in add for path: '\(path)'")
        }
        guard found else {
            throw fault("add operation does not apply: doc is missing path: \"\(path)\": missing value")
        }
    }

    private static func add(
        _ value: Value, to container: inout Value, key: String, context: String
    ) throws(KubeModelError) {
        guard case .array(var items) = container else {
            container[key] = value
            return
        }
        container = .null
        defer { container = .array(items) }
        if key == "-" {
            items.append(value)
            return
        }
        guard let index = Int(key) else {
            throw fault("\(context): value was not a proper array index: '\(key)': \(noNumber(key))")
        }
        let place = index < 0 ? index + items.count + 1 : index
        guard (0...items.count).contains(place) else { throw fault("\(context): \(invalidIndex(index))") }
        items.insert(value, at: place)
    }

    private static func remove(
        _ operation: Operation, from document: inout Value
    ) throws(KubeModelError) {
        let path = try path(of: operation)
        let found = try change(path, in: &document) { (container, key) throws(KubeModelError) in
            try remove(from: &container, key: key, context: "error in remove for path: '\(path)'")
        }
        guard found else {
            throw fault("remove operation does not apply: doc is missing path: \"\(path)\": missing value")
        }
    }

    private static func remove(
        from container: inout Value, key: String, context: String
    ) throws(KubeModelError) {
        guard case .array(var items) = container else {
            guard container[key] != nil else {
                throw fault("\(context): Unable to remove nonexistent key: \(key): missing value")
            }
            container[key] = nil
            return
        }
        let place = try place(key, in: items, context: context)
        container = .null
        items.remove(at: place)
        container = .array(items)
    }

    private static func replace(
        _ operation: Operation, in document: inout Value
    ) throws(KubeModelError) {
        let path = try path(of: operation)
        let value = operation.value ?? .null
        if path.isEmpty {
            guard value.objectValue != nil || value.arrayValue != nil else {
                throw fault("replace operation value must be object or array")
            }
            document = value
            return
        }
        let found = try change(path, in: &document) { (container, key) throws(KubeModelError) in
            guard case .array(var items) = container else {
                container[key] = value
                return
            }
            let place = try place(key, in: items, context: "replace operation does not apply: \(path)")
            container = .null
            items[place] = value
            container = .array(items)
        }
        guard found else {
            throw fault("replace operation does not apply: doc is missing path: \(path): missing value")
        }
    }

    private static func move(_ operation: Operation, in document: inout Value) throws(KubeModelError) {
        let from = try origin(of: operation)
        var moved = Value.null
        let found = try change(from, in: &document) { (container, key) throws(KubeModelError) in
            let context = "error in move for path: '\(key)'"
            moved = try member(key, of: container, context: context)
            try remove(from: &container, key: key, context: context)
        }
        guard found else {
            throw fault("move operation does not apply: doc is missing from path: \(from): missing value")
        }
        let path = try path(of: operation)
        let value = moved
        let placed = try change(path, in: &document) { (container, key) throws(KubeModelError) in
            try add(
                value, to: &container, key: key, context: "error in move for path: '\(path)'")
        }
        guard placed else {
            throw fault(
                "move operation does not apply: doc is missing destination path: \(path): missing value")
        }
    }

    private static func copy(
        _ operation: Operation, in document: inout Value, copiedBytes: inout Int
    ) throws(KubeModelError) {
        let from = try origin(of: operation)
        guard let (container, key) = container(of: from, in: document) else {
            throw fault("copy operation does not apply: doc is missing from path: \(from): missing value")
        }
        let value = try member(key, of: container, context: "error in copy for from: '\(from)'")
        // Copies of copies double the document with every operation, so what they add is counted.
        copiedBytes += JSON.write(value).count
        guard copiedBytes <= maximumCopiedBytes else {
            throw fault(
                "Unable to complete the copy, the accumulated size increase of copy is \(copiedBytes), "
                    + "exceeding the limit \(maximumCopiedBytes)")
        }
        let path = try path(of: operation)
        let placed = try change(path, in: &document) { (container, key) throws(KubeModelError) in
            try add(
                value, to: &container, key: key, context: "error while adding value during copy")
        }
        guard placed else {
            throw fault(
                "copy operation does not apply: doc is missing destination path: \(path): missing value")
        }
    }

    private static func test(_ operation: Operation, against document: Value) throws(KubeModelError) {
        let path = try path(of: operation)
        var found = document
        if !path.isEmpty {
            guard let (container, key) = container(of: path, in: document) else {
                throw fault("test operation does not apply: is missing path: \(path): missing value")
            }
            found = try member(key, of: container, context: "error in test for path: '\(path)'")
        }
        guard found == operation.value ?? .null else {
            throw fault("testing value \(path) failed: test failed")
        }
    }
}
