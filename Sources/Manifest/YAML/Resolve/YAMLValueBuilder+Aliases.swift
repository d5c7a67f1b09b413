// Aliases and merge keys.
extension YAMLValueBuilder {
    /// What an anchor stands for, with the aliases in it replaced.
    struct Expansion {
        struct Size {
            var nodes = 0
            var bytes = 0
            var depth = 0
        }

        var value: Value
        var size: Size
    }

    /// Builds the values of all anchors that aliases in a subtree need, in the order in which they end.
    ///
    /// An anchored node ends before its aliases, so whatever another one refers to is built before it.
    mutating func expandAnchors(in root: Int32) {
        guard tape.hasAliases else { return }
        var wanted: Set<Int32> = []
        var pending = [root]
        var total = 0
        while let node = pending.popLast() {
            for index in node..<records[Int(node)].next where records[Int(index)].kind == .alias {
                let alias = records[Int(index)]
                let target = tape.properties[Int(alias.detail)].node
                if records[Int(target)].next > index {
                    return report(
                        .recursiveAlias(tape.name(of: alias.start + 1..<alias.end)), at: alias.start)
                }
                guard wanted.insert(target).inserted else { continue }
                total += Int(records[Int(target)].next - target)
                if total > tape.limits.aliasNodes { return report(.aliasesTooLarge, at: alias.start) }
                pending.append(target)
            }
        }
        // Anchors may nest, so the order is that of their ends.
        for target in wanted.sorted(by: { records[Int($0)].next < records[Int($1)].next }) {
            added = Expansion.Size()
            let depth = expandedDepth(of: target)
            let value = build(target)
            if fault != nil { return }
            let record = records[Int(target)]
            added.nodes += Int(record.next - target)
            added.bytes += Int(record.end - record.start)
            added.depth = depth
            anchored[target] = Expansion(value: value, size: added)
        }
        added = Expansion.Size()
        if !wanted.isEmpty { _ = expandedDepth(of: root) }
    }

    /// The value an alias stands for.
    mutating func expansion(of alias: YAMLRecord) -> Value {
        let target = tape.properties[Int(alias.detail)].node
        guard let expansion = anchored[target] else { return .null }
        added.nodes += expansion.size.nodes
        added.bytes += expansion.size.bytes
        if added.nodes > tape.limits.aliasNodes || added.bytes > tape.limits.aliasBytes {
            report(.aliasesTooLarge, at: alias.start)
        }
        return expansion.value
    }

    /// How many levels the value of a subtree has; a fault where they are too many.
    private mutating func expandedDepth(of root: Int32) -> Int {
        var ends: [Int32] = []
        var deepest = 0
        for index in root..<records[Int(root)].next {
            while let end = ends.last, end <= index { ends.removeLast() }
            let record = records[Int(index)]
            var depth = ends.count
            switch record.kind {
            case .sequence, .mapping:
                ends.append(record.next)
                depth = ends.count
            case .alias:
                depth += anchored[tape.properties[Int(record.detail)].node]?.size.depth ?? 0
                if depth > tape.limits.depth { report(.aliasesTooDeep(tape.limits.depth), at: record.start) }
            case .scalar:
                break
            }
            deepest = Swift.max(deepest, depth)
        }
        return deepest
    }

    // MARK: Merge keys

    /// Whether a key that reads `<<` merges: plain without tag, or tagged `!!merge`.
    func isMergeKey(_ key: YAMLRecord) -> Bool {
        guard key.kind == .scalar else { return false }
        if key.properties >= 0 {
            let tag = tape.properties[Int(key.properties)].tag
            if tag >= 0 { return tape.tags[Int(tag)] == YAMLTag.merge }
        }
        return key.style == .plain
    }

    /// The pairs of a mapping with those of its merge keys in their place.
    ///
    /// The mapping's own keys win over merged ones, and earlier mappings of a list over later ones
    /// (yaml.org/type/merge).
    mutating func merged(_ pairs: [Object.Pair], of mapping: Int32) -> Object {
        let keys = YAMLNode(tape: tape, index: mapping).entries.map(\.key)
        let merges = keys.map { isMergeKey($0.record) && $0.scalarText == "<<" }
        var present: Set<String> = []
        for (place, pair) in pairs.enumerated() where !merges[place] { present.insert(pair.key) }
        var result: [Object.Pair] = []
        for (place, pair) in pairs.enumerated() {
            guard merges[place] else {
                result.append(pair)
                continue
            }
            for source in sources(of: pair.value, at: keys[place].record) {
                for merged in source where present.insert(merged.key).inserted { result.append(merged) }
            }
        }
        return Object(result)
    }

    private mutating func sources(of value: Value, at key: YAMLRecord) -> [Object] {
        let items: [Value]
        if case .array(let list) = value { items = list } else { items = [value] }
        var sources: [Object] = []
        for item in items {
            if case .object(let object) = item {
                sources.append(object)
            } else {
                report(.badMerge, at: key.start)
            }
        }
        return sources
    }
}
