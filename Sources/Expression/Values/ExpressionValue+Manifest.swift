public import Manifest

extension ExpressionValue {
    /// A decoded document as Go's `encoding/json` decodes it into `any`: every number is a float.
    ///
    /// So `result.count % 2` is refused for an answer from the web, here as there; `int(…)` makes an integer
    /// of it.
    public init(_ document: Value) {
        switch document {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .float(Double(number))
        case .double(let real): self = .float(real.value)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map(ExpressionValue.init))
        case .object(let object):
            var map: [String: ExpressionValue] = [:]
            map.reserveCapacity(object.count)
            for pair in object { map[pair.key] = ExpressionValue(pair.value) }
            self = .map(map)
        }
    }
}
