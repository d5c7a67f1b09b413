import Manifest

// What a tree finally stands for: the JSON that upstream makes of it before it prints.
extension Node {
    /// The value of the tree.
    ///
    /// - Throws: `invalidResource` where a scalar's text does not fit its tag, a field stands twice, a key is no
    ///   string or a number is not finite.
    func value() throws(KustomizeError) -> Value { try value(isRoot: true) }

    private func value(isRoot: Bool) throws(KustomizeError) -> Value {
        switch kind {
        case .scalar: return try scalarValue()
        case .sequence:
            var items: [Value] = []
            items.reserveCapacity(content.count)
            for item in content { items.append(try item.value(isRoot: false)) }
            return .array(items)
        case .mapping:
            var object = Object(minimumCapacity: content.count / 2)
            var place = 0
            while place + 1 < content.count {
                let key = content[place]
                let count = object.count
                object[key.text] = try content[place + 1].value(isRoot: false)
                guard object.count > count else {
                    throw KustomizeError(
                        .invalidResource, "yaml: mapping key \"\(key.text)\" already defined")
                }
                // Upstream's decoder makes a map that JSON cannot hold of one whose keys are not all strings.
                if !isRoot, !key.meansString {
                    throw KustomizeError(
                        .invalidResource, "json: unsupported type: map[interface {}]interface {}")
                }
                place += 2
            }
            return .object(object)
        }
    }

    private var meansString: Bool {
        isQuoted || tag == .string || (tag == .untagged && PlainScalar.tag(of: text) == .string)
    }

    private func scalarValue() throws(KustomizeError) -> Value {
        if tag == .string { return .string(text) }
        if tag == .binary { return .string(text) }
        let meaning = PlainScalar.tag(of: text)
        if isQuoted, tag == .untagged || tag == meaning { return .string(text) }
        if tag != .untagged, tag != meaning, !(tag == .float && meaning == .integer) {
            throw KustomizeError(
                .invalidResource, "yaml: cannot decode \(meaning.name) `\(text)` as a \(tag.name)")
        }
        switch tag == .untagged ? meaning : tag {
        case .untagged, .string, .binary: return .string(text)
        case .null: return .null
        case .boolean: return .bool(text.utf8.first.map { $0 | 0x20 == UInt8(ascii: "t") } ?? false)
        case .timestamp: return .string(Timestamp(text)?.text ?? text)
        case .integer: return Self.integerValue(text)
        case .float:
            guard let number = PlainScalar.double(text) ?? PlainScalar.integer(text).map(Self.double) else {
                throw KustomizeError(.invalidResource, "json: unsupported value: \(text)")
            }
            return GoNumber.value(number)
        }
    }

    private static func double(_ integer: (isNegative: Bool, magnitude: UInt64)) -> Double {
        integer.isNegative ? -Double(integer.magnitude) : Double(integer.magnitude)
    }

    private static func integerValue(_ text: String) -> Value {
        guard let (isNegative, magnitude) = PlainScalar.integer(text) else { return .string(text) }
        if isNegative { return .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) }
        if let number = Int64(exactly: magnitude) { return .integer(number) }
        return .double(Real(Double(magnitude), spelled: String(magnitude)))
    }

    /// The tree as text, for messages.
    var yamlText: String {
        guard let value = try? value() else { return text }
        return YAML.string(value, options: YAML.WriteOptions(keyOrder: .sorted))
    }

    /// The tree of a value that came through JSON. Strings that would read as something else are quoted.
    convenience init(_ value: Value) {
        switch value {
        case .null: self.init(kind: .scalar, tag: .null, text: "null")
        case .bool(let flag): self.init(kind: .scalar, tag: .boolean, text: flag ? "true" : "false")
        case .integer(let number): self.init(kind: .scalar, tag: .integer, text: String(number))
        case .double(let real):
            self.init(kind: .scalar, tag: PlainScalar.tag(of: real.text), text: real.text)
        case .string(let text):
            let isQuoted =
                text.utf8.contains(UInt8(ascii: "\n")) || PlainScalar.isTypedInYAML11(text) || text.isEmpty
            self.init(kind: .scalar, tag: .string, isQuoted: isQuoted, text: text)
        case .array(let items): self.init(kind: .sequence, content: items.map { Node($0) })
        case .object(let object):
            var object = object
            object.sortKeys()
            var content: [Node] = []
            content.reserveCapacity(object.count * 2)
            for pair in object {
                content.append(
                    .scalar(pair.key, tag: .string, isQuoted: PlainScalar.isTypedInYAML11(pair.key)))
                content.append(Node(pair.value))
            }
            self.init(kind: .mapping, content: content)
        }
    }
}

extension Node.Tag {
    /// The tag as YAML writes it.
    var name: String {
        switch self {
        case .untagged, .string: "!!str"
        case .integer: "!!int"
        case .float: "!!float"
        case .boolean: "!!bool"
        case .null: "!!null"
        case .timestamp: "!!timestamp"
        case .binary: "!!binary"
        }
    }
}

/// Numbers as Go prints them.
enum GoNumber {
    /// A number as upstream prints it: integral ones of up to 64 bits as integers, others with the shortest digits
    /// in the layout of `%g`.
    static func value(_ number: Double) -> Value {
        if number == number.rounded(), number.magnitude < 1e21 {
            // The shortest digits, filled up with zeros: beyond 2^53 not the exact value of the double.
            let (isNegative, digits, exponent) = shortest(number)
            let text = (isNegative ? "-" : "") + fixed(digits, exponent)
            if let integer = Int64(text) { return .integer(integer) }
            if UInt64(text) != nil { return .double(Real(number, spelled: text)) }
        }
        return .double(Real(number, spelled: general(number)))
    }

    /// The format `%g` at the shortest precision: below 10^-4 and from 10^6 on with an exponent.
    static func general(_ number: Double) -> String {
        let (isNegative, digits, exponent) = shortest(number)
        let power = exponent - 1
        let usesExponent = power < -4 || power >= 6
        return (isNegative ? "-" : "") + (usesExponent ? exponential(digits, power) : fixed(digits, exponent))
    }

    private static func exponential(_ digits: [UInt8], _ power: Int) -> String {
        let head = String(decoding: digits[..<1], as: UTF8.self)
        let tail = digits.count > 1 ? "." + String(decoding: digits[1...], as: UTF8.self) : ""
        let size = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
        return "\(head)\(tail)e\(power < 0 ? "-" : "+")\(size)"
    }

    private static func fixed(_ digits: [UInt8], _ exponent: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + text }
        if digits.count <= exponent { return text + String(repeating: "0", count: exponent - digits.count) }
        return String(decoding: digits[..<exponent], as: UTF8.self) + "."
            + String(decoding: digits[exponent...], as: UTF8.self)
    }

    /// The shortest digits that give the number back, and where its point is, counted from before the first.
    private static func shortest(_ number: Double) -> (isNegative: Bool, digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        var text = Array(number.magnitude.description.utf8)[...]
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)) ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
        }
        exponent += point ?? digits.count
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits == [UInt8(ascii: "0")] { exponent = 1 }
        return (number.sign == .minus, digits, exponent)
    }
}
