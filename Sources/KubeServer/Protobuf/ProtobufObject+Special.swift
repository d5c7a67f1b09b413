import KubeModel
import Manifest

extension ProtobufObject {
    /// The value of a message that JSON shows as something other than its fields; nil for all other messages.
    static func special(_ name: String, _ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> Value?
    {
        switch name.split(separator: ".").last {
        case "Time", "MicroTime":
            let parts = try numbers(bytes)
            // An unset time is an empty message.
            guard let seconds = parts[1], seconds != 0 else { return .null }
            let nanoseconds = Int32(clamping: parts[2] ?? 0)
            guard (0..<1_000_000_000).contains(nanoseconds) else { throw ProtobufReader.Malformed() }
            let moment = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
            return .string(name.hasSuffix("MicroTime") ? moment.rfc3339Micro : moment.rfc3339)
        case "Quantity": return .string(try text(bytes, field: 1))
        case "IntOrString":
            let parts = try numbers(bytes)
            return parts[1] == 1 ? .string(try text(bytes, field: 3)) : .integer(parts[2] ?? 0)
        case "RawExtension", "FieldsV1":
            let json = Array(try content(bytes, field: 1))
            guard !json.isEmpty else { return .null }
            do {
                return try JSON.parse(json)
            } catch {
                throw ProtobufReader.Malformed()
            }
        case "ExtraValue":
            var items: [Value] = []
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                guard field.number == 1, case .bytes(let text) = field.content else { continue }
                items.append(.string(String(decoding: text, as: UTF8.self)))
            }
            return .array(items)
        default: return nil
        }
    }

    /// The integer fields of a message by number.
    private static func numbers(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> [Int: Int64] {
        var numbers: [Int: Int64] = [:]
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            if case .varint(let bits) = field.content { numbers[field.number] = Int64(bitPattern: bits) }
        }
        return numbers
    }

    private static func text(_ bytes: ArraySlice<UInt8>, field: Int) throws(ProtobufReader.Malformed)
        -> String
    {
        String(decoding: try content(bytes, field: field), as: UTF8.self)
    }

    private static func content(
        _ bytes: ArraySlice<UInt8>, field number: Int
    ) throws(ProtobufReader.Malformed) -> ArraySlice<UInt8> {
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            if field.number == number, case .bytes(let content) = field.content { return content }
        }
        return []
    }
}
