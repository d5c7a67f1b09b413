/// What somebody has ordered.
public struct Order: Sendable, Equatable {
    public var item: String
    public var quantity: Int

    public init(item: String, quantity: Int) {
        self.item = item
        self.quantity = quantity
    }

    /// Why an order cannot be taken; nil where it can.
    public var refusal: String? {
        if item.isEmpty || item.utf8.count > 100 { return "an item has 1 to 100 bytes" }
        if !item.unicodeScalars.allSatisfy({ $0.value >= 32 }) { return "an item has no control characters" }
        return (1...1_000).contains(quantity) ? nil : "a quantity is from 1 to 1000"
    }

    /// Reads `item=apple&quantity=3`.
    public init?(form: String) {
        var fields: [Substring: String] = [:]
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = Self.unescaped(parts[1]) else { return nil }
            fields[parts[0]] = value
        }
        guard let item = fields["item"], let quantity = fields["quantity"].flatMap({ Int($0) }) else {
            return nil
        }
        self.init(item: item, quantity: quantity)
    }

    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(code)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
