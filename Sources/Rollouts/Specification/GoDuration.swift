import Manifest

/// Durations as Go's `time.ParseDuration` reads them, which is how Argo Rollouts' fields spell them.
enum GoDuration {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Reads `1h30m`, `-1.5s` or `0`; nil where the text is none of these or exceeds 292 years.
    static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            if first == "-" { sign = -1 }
            rest = rest.dropFirst()
        }
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard let amount = Double(number), number != "." else { return nil }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber || $0 == ".") }
            guard let unit = units.first(where: { $0.suffix == name }) else { return nil }
            rest = rest.dropFirst(name.count)
            total += amount * unit.nanoseconds
        }
        guard total < 9.2e18 else { return nil }
        return .nanoseconds(Int64(total * sign))
    }

    /// A field that takes seconds as a number or a text, or a duration: `30`, `"30"`, `"30s"`, `"5m"`.
    static func field(_ value: Value) -> Duration? {
        if let seconds = value.integerValue { return .seconds(seconds) }
        guard let text = value.stringValue else { return nil }
        if let seconds = Int64(text) { return .seconds(seconds) }
        return parse(text)
    }
}
