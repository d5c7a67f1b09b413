/// A place in the tree that an encoder fills. Codable hands containers out before their content is known, so the
/// unfinished tree is made of references and becomes a `Value` when it is read.
final class ValueSlot {
    enum Content {
        case value(Value)
        case object([(key: String, slot: ValueSlot)])
        case array([ValueSlot])
    }

    var content: Content = .value(.emptyObject)

    /// The finished value. Assigning replaces whatever the slot held.
    var value: Value {
        get {
            switch content {
            case .value(let value): value
            case .array(let slots): .array(slots.map(\.value))
            case .object(let pairs):
                .object(Object(pairs.lazy.map { Object.Pair(key: $0.key, value: $0.slot.value) }))
            }
        }
        set { content = .value(newValue) }
    }

    /// A new slot under a key.
    func slot(forKey key: String) -> ValueSlot {
        let slot = ValueSlot()
        guard case .object(var pairs) = content else {
            content = .object([(key, slot)])
            return slot
        }
        content = .value(.null)
        pairs.append((key, slot))
        content = .object(pairs)
        return slot
    }

    /// A new slot at the end of the list.
    func appendSlot() -> ValueSlot {
        let slot = ValueSlot()
        guard case .array(var slots) = content else {
            content = .array([slot])
            return slot
        }
        content = .value(.null)
        slots.append(slot)
        content = .array(slots)
        return slot
    }

    var count: Int {
        if case .array(let slots) = content { slots.count } else { 0 }
    }
}

/// The encoder of one value.
struct ValueWriter: Encoder {
    let slot: ValueSlot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(slot: ValueSlot = ValueSlot(), codingPath: [any CodingKey]) {
        self.slot = slot
        self.codingPath = codingPath
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = slot.content {} else { slot.content = .object([]) }
        return KeyedEncodingContainer(KeyedWriter<Key>(writer: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = slot.content {} else { slot.content = .array([]) }
        return UnkeyedWriter(writer: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func write(_ value: some Encodable) throws {
        if let value = value as? Value {
            slot.value = value
        } else {
            try value.encode(to: self)
        }
    }

    func real(_ number: Double) throws {
        guard number.isFinite else {
            throw ManifestError(
                .unsupported, "\(fieldPath(codingPath)): \(number) has no JSON form; use a finite number")
        }
        slot.value = .double(Real(number))
    }

    func integer(_ number: some FixedWidthInteger) {
        if let signed = Int64(exactly: number) {
            slot.value = .integer(signed)
        } else {
            slot.value = .double(Real(Double(number), spelled: number.description))
        }
    }
}

extension ValueWriter: SingleValueEncodingContainer {
    func encodeNil() throws { slot.value = .null }
    func encode(_ value: Bool) throws { slot.value = .bool(value) }
    func encode(_ value: String) throws { slot.value = .string(value) }
    func encode(_ value: Double) throws { try real(value) }
    func encode(_ value: Float) throws { try real(Double(value)) }
    func encode(_ value: Int) throws { integer(value) }
    func encode(_ value: Int8) throws { integer(value) }
    func encode(_ value: Int16) throws { integer(value) }
    func encode(_ value: Int32) throws { integer(value) }
    func encode(_ value: Int64) throws { integer(value) }
    func encode(_ value: UInt) throws { integer(value) }
    func encode(_ value: UInt8) throws { integer(value) }
    func encode(_ value: UInt16) throws { integer(value) }
    func encode(_ value: UInt32) throws { integer(value) }
    func encode(_ value: UInt64) throws { integer(value) }
    func encode<T: Encodable>(_ value: T) throws { try write(value) }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: ValueWriter
    var codingPath: [any CodingKey] { writer.codingPath }

    func encodeNil(forKey key: Key) throws { child(key).slot.value = .null }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try child(key).write(value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        child(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        let key = PlainKey(stringValue: "super")
        return ValueWriter(slot: writer.slot.slot(forKey: key.stringValue), codingPath: codingPath + [key])
    }

    func superEncoder(forKey key: Key) -> any Encoder { child(key) }

    private func child(_ key: Key) -> ValueWriter {
        ValueWriter(slot: writer.slot.slot(forKey: key.stringValue), codingPath: codingPath + [key])
    }
}

private struct UnkeyedWriter: UnkeyedEncodingContainer {
    let writer: ValueWriter
    var codingPath: [any CodingKey] { writer.codingPath }
    var count: Int { writer.slot.count }

    func encodeNil() throws { child().slot.value = .null }

    func encode<T: Encodable>(_ value: T) throws { try child().write(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        child().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }

    func superEncoder() -> any Encoder { child() }

    private func child() -> ValueWriter {
        let key = PlainKey(intValue: count)
        return ValueWriter(slot: writer.slot.appendSlot(), codingPath: codingPath + [key])
    }
}
