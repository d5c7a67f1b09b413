/// Makes a ``Value`` of a subtree of the tape.
///
/// It runs over the records from the last to the first, so the values of a collection's children lie on
/// top of a stack when the collection is reached: no recursion, whatever the depth.
struct YAMLValueBuilder {
    let tape: YAMLTape
    let bytes: UnsafeBufferPointer<UInt8>
    let records: UnsafeBufferPointer<YAMLRecord>
    let duplicateKeys: YAML.DuplicateKeys
    let dialect: YAML.Dialect
    /// Values that wait for their collection, the first child on top.
    var values: [Value] = []
    /// The fault nearest to the start of the text. Later ones are met first.
    var fault: (place: Int32, fault: YAMLFault)?
    /// Fingerprints of the keys of the mapping at hand.
    var fingerprints: [UInt64] = []
    /// What the anchors stand for that aliases in the subtree refer to, by node.
    var anchored: [Int32: Expansion] = [:]
    /// What aliases have added so far.
    var added = Expansion.Size()

    /// The value of a node.
    static func value(
        of index: Int32, on tape: YAMLTape, duplicateKeys: YAML.DuplicateKeys, dialect: YAML.Dialect
    ) throws(ManifestError) -> Value {
        let outcome = tape.bytes.withUnsafeBufferPointer { bytes in
            tape.records.withUnsafeBufferPointer { records -> Result<Value, ManifestError> in
                var builder = YAMLValueBuilder(
                    tape: tape, bytes: bytes, records: records, duplicateKeys: duplicateKeys,
                    dialect: dialect)
                builder.expandAnchors(in: index)
                let value = builder.fault == nil ? builder.build(index) : .null
                return builder.error.map { .failure($0) } ?? .success(value)
            }
        }
        return try outcome.get()
    }

    /// The fault as an error. Line numbers are counted here, once, and not where a fault is found.
    private var error: ManifestError? {
        guard let (place, fault) = fault else { return nil }
        guard case .duplicateKey(let key, let first) = fault else { return tape.error(fault, at: Int(place)) }
        let line = ManifestError.Position(offset: first, in: bytes).line
        return tape.error(.duplicateKey(key, first: line), at: Int(place))
    }

    /// Keeps the fault that a reader meets first.
    mutating func report(_ found: YAMLFault, at place: Int32) {
        if let fault, fault.place <= place { return }
        fault = (place, found)
    }

    /// The value of the subtree at `root`.
    mutating func build(_ root: Int32) -> Value {
        var index = records[Int(root)].next
        while index > root {
            index &-= 1
            let record = records[Int(index)]
            let isKey = record.flags.contains(.key) && index != root
            switch record.kind {
            case .scalar:
                if !isKey { values.append(scalar(record)) }
            case .alias:
                if !isKey { values.append(expansion(of: record)) }
            case .sequence, .mapping:
                let value = record.kind == .sequence ? sequence(record) : mapping(record, at: index)
                if isKey { reportComplexKey(record) } else { values.append(value) }
            }
        }
        return values.popLast() ?? .null
    }

    /// `{{` reads as a mapping that is the key of a mapping, but its author means a template.
    private mutating func reportComplexKey(_ key: YAMLRecord) {
        let start = Int(key.start)
        let isTemplate = start > 0 && bytes[start] == Ascii.openBrace && bytes[start - 1] == Ascii.openBrace
        report(isTemplate ? .template : .complexKey, at: isTemplate ? key.start - 1 : key.start)
    }

    private mutating func sequence(_ record: YAMLRecord) -> Value {
        let count = Int(record.count)
        return .array(
            [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
                for place in 0..<count { buffer.initializeElement(at: place, to: values.removeLast()) }
                initialized = count
            })
    }

    @inline(__always)
    private mutating func scalar(_ record: YAMLRecord) -> Value {
        if record.properties >= 0 {
            let properties = tape.properties[Int(record.properties)]
            if properties.tag >= 0 { return tagged(record, tag: tape.tags[Int(properties.tag)]) }
        }
        guard record.flags.contains(.verbatim) else { return .string(YAMLText.string(of: record, in: bytes)) }
        let text = YAMLText.verbatim(record, in: bytes)
        guard record.style == .plain else { return .string(String(decoding: text, as: UTF8.self)) }
        switch YAMLScalar.resolve(text, dialect) {
        case .string: return .string(String(decoding: text, as: UTF8.self))
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .number(let real): return .double(real)
        case .notFinite:
            report(.notFinite(String(decoding: text, as: UTF8.self)), at: record.start)
            return .null
        }
    }

    private mutating func tagged(_ record: YAMLRecord, tag: String) -> Value {
        switch YAMLScalar.tagged(tag, text: YAMLText.string(of: record, in: bytes)) {
        case .success(let value):
            return value
        case .failure(let fault):
            report(fault, at: record.start)
            return .null
        }
    }

    // MARK: Mappings

    private mutating func mapping(_ record: YAMLRecord, at index: Int32) -> Value {
        let count = Int(record.count)
        var hasMerge = false
        fingerprints.removeAll(keepingCapacity: true)
        let pairs = [Object.Pair](unsafeUninitializedCapacity: count) { buffer, initialized in
            var child = index &+ 1
            for place in 0..<count {
                let key = records[Int(child)]
                let text = keyText(key)
                if text == "<<", isMergeKey(key) { hasMerge = true }
                buffer.initializeElement(at: place, to: Object.Pair(key: text, value: values.removeLast()))
                child = records[Int(key.next)].next
            }
            initialized = count
        }
        let isUnique = keysDiffer(pairs, of: index)
        if hasMerge { return .object(merged(pairs, of: index)) }
        if isUnique { return .object(Object(uniquePairs: pairs)) }
        return .object(Object(pairs))
    }

    /// The text of a key. The record of a complex key has none; it is a fault already.
    @inline(__always)
    private mutating func keyText(_ record: YAMLRecord) -> String {
        guard record.flags.contains(.verbatim), record.properties < 0 else { return rareKeyText(record) }
        let text = YAMLText.verbatim(record, in: bytes)
        fingerprints.append(Self.fingerprint(text))
        if record.style == .plain {
            let meaning = YAMLScalar.resolve(text, dialect)
            guard case .string = meaning else {
                fingerprints.removeLast()
                return appendFingerprint(meaning.key(String(decoding: text, as: UTF8.self)))
            }
        }
        return KeyTable.shared.string(for: text) ?? String(decoding: text, as: UTF8.self)
    }

    private mutating func rareKeyText(_ record: YAMLRecord) -> String {
        var record = record
        if record.kind == .alias {
            record = records[Int(tape.properties[Int(record.detail)].node)]
            if record.kind != .scalar { report(.complexKey, at: record.start) }
        }
        guard record.kind == .scalar else { return appendFingerprint("") }
        let text = YAMLText.string(of: record, in: bytes)
        let properties = record.properties < 0 ? nil : tape.properties[Int(record.properties)]
        if let properties, properties.tag >= 0 {
            let tag = tape.tags[Int(properties.tag)]
            guard tag != YAMLTag.merge else { return appendFingerprint(text) }
            switch YAMLScalar.tagged(tag, text: text) {
            case .success(let value): return appendFingerprint(Self.keyText(of: value))
            case .failure(let fault):
                report(fault, at: record.start)
                return appendFingerprint(text)
            }
        }
        guard record.style == .plain else { return appendFingerprint(text) }
        var copy = text
        return appendFingerprint(copy.withUTF8 { YAMLScalar.resolve($0, dialect) }.key(text))
    }

    /// The key that a scalar value is in an object.
    static func keyText(of value: Value) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): YAMLScalar.integer(number).key("")
        case .double(let real): YAMLScalar.number(real).key("")
        case .bool(let flag): YAMLScalar.bool(flag).key("")
        default: YAMLScalar.null.key("")
        }
    }

    private mutating func appendFingerprint(_ text: String) -> String {
        var copy = text
        fingerprints.append(copy.withUTF8 { Self.fingerprint($0) })
        return text
    }

    /// A number that differs for most different keys: their length, first and last bytes.
    @inline(__always)
    private static func fingerprint(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(text)
        if text.count >= 8 {
            let head = raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            let tail = raw.loadUnaligned(fromByteOffset: text.count &- 8, as: UInt64.self)
            return (head &* 0x9E37_79B9_7F4A_7C15) ^ (tail &+ UInt64(text.count))
        }
        var packed = UInt64(text.count)
        for byte in text { packed = packed << 8 | UInt64(byte) }
        return packed
    }

    /// Whether all keys differ; reports the first that does not.
    @inline(__always)
    private mutating func keysDiffer(_ pairs: [Object.Pair], of mapping: Int32) -> Bool {
        let count = pairs.count
        if count > 24 { return manyKeysDiffer(pairs, of: mapping) }
        var isUnique = true
        for second in 1..<Swift.max(count, 1) {
            for first in 0..<second where fingerprints[first] == fingerprints[second] {
                guard pairs[first].key == pairs[second].key else { continue }
                if isUnique { reportDuplicate(first, second, of: mapping, key: pairs[second].key) }
                isUnique = false
            }
        }
        return isUnique
    }

    private mutating func manyKeysDiffer(_ pairs: [Object.Pair], of mapping: Int32) -> Bool {
        var places: [String: Int] = [:]
        places.reserveCapacity(pairs.count)
        for (place, pair) in pairs.enumerated() {
            if let first = places.updateValue(place, forKey: pair.key) {
                reportDuplicate(first, place, of: mapping, key: pair.key)
                return false
            }
        }
        return true
    }

    private mutating func reportDuplicate(_ first: Int, _ second: Int, of mapping: Int32, key: String) {
        guard duplicateKeys == .refused else { return }
        let keys = YAMLNode(tape: tape, index: mapping).entries.map(\.key.record.start)
        report(.duplicateKey(key, first: Int(keys[first])), at: keys[second])
    }
}
