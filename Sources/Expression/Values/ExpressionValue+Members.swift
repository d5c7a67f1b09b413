extension ExpressionValue {
    /// `value[property]` and `value.property`: of a map the value or nothing, of a list the element from
    /// either end.
    func member(_ property: ExpressionValue) throws(ExpressionFault) -> ExpressionValue {
        switch self {
        case .map(let map):
            guard case .string(let key) = property else {
                throw .evaluation("cannot use \(property.typeName) to get an element from \(typeName)")
            }
            return map[key] ?? .null
        case .array(let items): return items[try Self.place(property, count: items.count)]
        case .string(let text):
            let bytes = text.utf8
            let place = try Self.place(property, count: bytes.count)
            return .int(Int(bytes[bytes.index(bytes.startIndex, offsetBy: place)]))
        default:
            let hint = isNull ? "there is no value here; `?.` and `??` take that into account" : nil
            throw .evaluation("cannot fetch \(property) from \(typeName)", hint: hint)
        }
    }

    private static func place(_ property: ExpressionValue, count: Int) throws(ExpressionFault) -> Int {
        var place = try property.integer()
        if place < 0 { place &+= count }
        guard (0..<count).contains(place) else {
            let hint = count == 0 ? "there is no data; len(…) > 0 tells" : nil
            throw .evaluation("index out of range: \(place) (array length is \(count))", hint: hint)
        }
        return place
    }

    /// `value[from:to]` of a list, or of a text in bytes; bounds count from the end if negative and are
    /// clamped.
    func slice(_ from: ExpressionValue?, _ to: ExpressionValue?) throws(ExpressionFault) -> ExpressionValue {
        switch self {
        case .array(let items): return .array(Array(items[try Self.bounds(from, to, items.count)]))
        case .string(let text):
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[try Self.bounds(from, to, bytes.count)], as: UTF8.self))
        default: throw .evaluation("cannot slice \(typeName)")
        }
    }

    private static func bounds(
        _ from: ExpressionValue?, _ to: ExpressionValue?, _ count: Int
    ) throws(ExpressionFault) -> Range<Int> {
        var start = try from?.integer() ?? 0
        var end = try to?.integer() ?? count
        if start < 0 { start = max(0, start &+ count) }
        if end < 0 { end = max(0, end &+ count) }
        end = min(end, count)
        return min(start, end)..<end
    }
}
