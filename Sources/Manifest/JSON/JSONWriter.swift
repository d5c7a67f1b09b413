/// Writes values into one growing buffer.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let options: JSON.WriteOptions
    private var depth = 0

    init(options: JSON.WriteOptions) {
        self.options = options
        bytes.reserveCapacity(1024)
    }

    mutating func write(_ value: Value) {
        switch value {
        case .null: append("null")
        case .bool(true): append("true")
        case .bool(false): append("false")
        case .integer(let number): write(number)
        case .double(let real): bytes.append(contentsOf: real.text.utf8)
        case .string(let text): write(text)
        case .array(let items): write(items)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ items: [Value]) {
        guard !items.isEmpty else { return append("[]") }
        bytes.append(UInt8(ascii: "["))
        depth += 1
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(item)
        }
        depth -= 1
        breakLine()
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: Object) {
        guard !object.isEmpty else { return append("{}") }
        var object = object
        if options.sortsKeys { object.sortKeys() }
        bytes.append(UInt8(ascii: "{"))
        depth += 1
        var isFirst = true
        for pair in object {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            breakLine()
            write(pair.key)
            bytes.append(UInt8(ascii: ":"))
            if options.indentation != nil { bytes.append(UInt8(ascii: " ")) }
            write(pair.value)
        }
        depth -= 1
        breakLine()
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine() {
        guard let indentation = options.indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<indentation * depth { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func write(_ number: Int64) {
        // Digits are made from the back into a fixed buffer: `String(number)` would cost an allocation and a copy.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var place = 20
            var rest = number.magnitude
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                place -= 1
                digits[place] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(digits)[place...]))
        }
    }

    private mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                writeEscape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            append("u00")
            for nibble in [byte >> 4, byte & 15] {
                bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            }
        }
    }
}
