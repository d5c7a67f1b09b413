extension YAMLEditor {
    /// Adds an entry to a mapping or an item to a list.
    ///
    /// A path that ends in a key adds the entry; `[+]` appends an item, `[n]` puts it before the item that is
    /// there now. What has no value yet, or `null`, becomes a mapping or a list.
    ///
    /// - Parameters:
    ///   - createsParents: whether mappings on the way are made where they are missing.
    ///   - document: the index of the document in the stream.
    /// - Throws: `ManifestError` with code `notFound`, or `notEditable` with the place and the reason: the key
    ///   exists, the place is reached through an alias, or cannot be written exactly.
    public mutating func insert(
        _ value: Value, at path: YAMLPath, placement: Placement = .last, createsParents: Bool = false,
        document: Int = 0
    ) throws(ManifestError) {
        guard let last = path.steps.last else {
            throw refusal("the root is there already; set it", try stream.document(document).root)
        }
        var location = YAMLLocation(root: try stream.document(document).root, file: stream.file)
        var value = value
        var step = last
        for (place, taken) in path.steps.dropLast().enumerated() {
            do throws(ManifestError) {
                try location.follow(taken)
            } catch {
                guard createsParents, error.code == .notFound, case .key = taken else { throw error }
                value = try Self.nested(value, under: path.steps[(place + 1)...])
                step = taken
                break
            }
        }
        try refuseDetour(location)
        try insert(value, step, into: location, placement)
    }

    /// A value wrapped in the mappings and lists that lead to it.
    private static func nested(
        _ value: Value, under steps: ArraySlice<YAMLPath.Step>
    ) throws(ManifestError) -> Value {
        var value = value
        for step in steps.reversed() {
            switch step {
            case .key(let key): value = .object([key: value])
            case .append, .index(0): value = .array([value])
            case .index, .item:
                throw ManifestError(
                    .notFound, "a list cannot be made for \(step); write [+] for its first item")
            }
        }
        return value
    }

    private mutating func insert(
        _ value: Value, _ step: YAMLPath.Step, into location: YAMLLocation, _ placement: Placement
    ) throws(ManifestError) {
        let node = location.node
        switch (node.kind, step) {
        case (.alias, _):
            throw refusal(
                "\(location.path) is the alias *\(node.anchor ?? ""); edit it where it is written", node)
        case (.mapping, .key(let key)):
            if node.place(ofKey: key) != nil {
                throw refusal("\(location.path) has the key '\(key)' already; set it", node)
            }
            let place = try place(of: key, in: location, placement)
            try insertElement(.entry(key, value), at: place, of: location)
        case (.sequence, _):
            let place = try place(of: step, in: location, placement)
            try insertElement(.item(value), at: place, of: location)
        case (.scalar, .key(let key)) where isNull(node):
            try replace(location, by: .object([key: value]))
        case (.scalar, .append) where isNull(node), (.scalar, .index(0)) where isNull(node):
            try replace(location, by: .array([value]))
        default:
            throw refusal("\(location.path) cannot take \(step): it is no \(Self.holderKind(step))", node)
        }
    }

    private static func holderKind(_ step: YAMLPath.Step) -> String {
        if case .key = step { "mapping" } else { "list" }
    }

    private func isNull(_ node: YAMLNode) -> Bool {
        node.isEmpty || (node.style == .plain && (try? node.value()) == .null)
    }

    /// The place among the entries of a mapping where a key goes.
    private func place(
        of key: String, in location: YAMLLocation, _ placement: Placement
    ) throws(ManifestError) -> Int {
        switch placement {
        case .first: return 0
        case .last: return location.node.count
        case .before(let step): return try place(of: step, in: location)
        case .after(let step): return try place(of: step, in: location) + 1
        case .sorted:
            let keys = location.node.entries.map(\.key)
            return keys.firstIndex { !$0.isMergeKey && YAMLKeyOrder.precedes(key, $0.scalarText) }
                ?? keys.count
        }
    }

    /// The place among the items of a list where a step says a new one goes.
    private func place(
        of step: YAMLPath.Step, in location: YAMLLocation, _ placement: Placement
    ) throws(ManifestError) -> Int {
        let count = location.node.count
        switch (placement, step) {
        case (.first, .append): return 0
        case (.before(let step), .append): return try place(of: step, in: location)
        case (.after(let step), .append): return try place(of: step, in: location) + 1
        case (_, .append), (_, .key("-")): return count
        case (_, .index(count)): return count
        case (_, .key(let key)) where JSONPointer.index(key) == count: return count
        default: return try place(of: step, in: location)
        }
    }

    private func place(
        of step: YAMLPath.Step, in location: YAMLLocation
    ) throws(ManifestError) -> Int {
        var inner = location
        try inner.follow(step)
        try refuseDetour(inner)
        return inner.holder?.place ?? 0
    }
}
