/// Floats as Go's `strconv.ParseFloat` reads them.
enum GoNumber {
    /// The number of a text: decimal, hexadecimal with an exponent, `inf`, `infinity` or `nan` in any case.
    static func float(_ text: String) -> Double? {
        let body = text.drop { $0 == "+" || $0 == "-" }
        guard text.count - body.count <= 1, let first = body.utf8.first else { return nil }
        if (0x30...0x39).contains(first) || first == UInt8(ascii: ".") { return Double(text) }
        switch body.lowercased() {
        case "nan": return text.count == body.count ? .nan : nil
        case "inf", "infinity": return text.hasPrefix("-") ? -.infinity : .infinity
        default: return nil
        }
    }

    /// Whether a number that was read is one the text means, not what is left of one that is too large.
    static func isInRange(_ number: Double, _ text: String) -> Bool {
        !number.isInfinite || !text.contains { $0.isWholeNumber }
    }
}

/// Spans of time as Go's `time.ParseDuration` reads them: `1h30m`, `-1.5s`, `250ms`.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    static func parse(_ text: String) throws(ExpressionFault) -> Int64 {
        let invalid = ExpressionFault.evaluation(
            "time: invalid duration \(GoText.quoted(text))", hint: "write a number and a unit: 90s, 5m, 1h30m"
        )
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { throw invalid }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let whole = digits(&rest)
            var fraction = Substring()
            if rest.hasPrefix(".") {
                rest.removeFirst()
                fraction = digits(&rest)
            }
            guard !whole.isEmpty || !fraction.isEmpty else { throw invalid }
            let name = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            guard !name.isEmpty else {
                throw .evaluation(
                    "time: missing unit in duration \(GoText.quoted(text))", hint: "write 90s, 5m or 1h30m")
            }
            rest.removeFirst(name.count)
            guard let unit = units.first(where: { $0.name == name })?.nanoseconds else {
                throw .evaluation(
                    "time: unknown unit \(GoText.quoted(String(name))) in duration \(GoText.quoted(text))")
            }
            let count = whole.isEmpty ? 0 : UInt64(whole)
            guard let count, case (let product, let isTooLarge) = count.multipliedReportingOverflow(by: unit),
                !isTooLarge
            else { throw invalid }
            let part = fraction.isEmpty ? 0 : UInt64((Double("0.\(fraction)") ?? 0) * Double(unit))
            // Neither summand reaches 2^63 beyond this check, so the sum does not trap.
            guard product <= 1 << 63, total <= 1 << 63 else { throw invalid }
            total = total &+ product
            guard total <= 1 << 63 else { throw invalid }
            total += part
        }
        if isNegative, total == 1 << 63 { return .min }
        guard total < 1 << 63 else { throw invalid }
        return isNegative ? -Int64(total) : Int64(total)
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest.removeFirst(digits.count)
        return digits
    }
}
