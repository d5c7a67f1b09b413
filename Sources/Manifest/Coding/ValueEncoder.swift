/// Writes `Encodable` types as a value tree; keys keep the order in which the type encodes them.
public struct ValueEncoder: Sendable {
    public init() {}

    /// The tree of a value.
    ///
    /// - Throws: `ManifestError` with code `unsupported` for a number that is not finite.
    public func encode(_ value: some Encodable) throws(ManifestError) -> Value {
        do {
            let writer = ValueWriter(codingPath: [])
            try writer.write(value)
            return writer.slot.value
        } catch let error as ManifestError {
            throw error
        } catch {
            throw ManifestError(.unsupported, "\(type(of: value)) cannot be written: \(error)")
        }
    }
}

extension Value: Codable {
    /// Reads any value; through a foreign decoder as well, though there without number spellings and key order.
    public init(from decoder: any Decoder) throws {
        if let reader = decoder as? ValueReader {
            self = reader.value
            return
        }
        if let keyed = try? decoder.container(keyedBy: PlainKey.self) {
            var object = Object()
            for key in keyed.allKeys { object[key.stringValue] = try keyed.decode(Value.self, forKey: key) }
            self = .object(object)
            return
        }
        if var items = try? decoder.unkeyedContainer() {
            var array: [Value] = []
            while !items.isAtEnd { array.append(try items.decode(Value.self)) }
            self = .array(array)
            return
        }
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let flag = try? single.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? single.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? single.decode(Double.self), number.isFinite {
            self = .double(Real(number))
        } else {
            self = .string(try single.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let writer = encoder as? ValueWriter {
            writer.slot.value = self
            return
        }
        switch self {
        case .object(let object):
            var container = encoder.container(keyedBy: PlainKey.self)
            for pair in object { try container.encode(pair.value, forKey: PlainKey(stringValue: pair.key)) }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .null, .bool, .integer, .double, .string:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let flag): try container.encode(flag)
            case .integer(let number): try container.encode(number)
            case .double(let real): try container.encode(real.value)
            case .string(let text): try container.encode(text)
            default: try container.encodeNil()
            }
        }
    }
}
