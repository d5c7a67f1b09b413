public import Manifest

/// Durations as Go reads and prints them (`time.ParseDuration`, `time.Duration.String`), which is how the fields and
/// the messages of many kinds spell them.
public enum GoDuration {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Reads `1h30m`, `-1.5s` or `0`; nil where the text is none of these or exceeds 292 years.
    public static func parse(_ text: String) -> Duration? {
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

    /// Reads a field that takes seconds as a number or a text, or a duration: `30`, `"30"`, `"30s"`, `"5m"`; nil where
    /// it is none of these or exceeds 292 years.
    public static func field(_ value: Value) -> Duration? {
        if let number = value.integerValue { return seconds(number) }
        guard let text = value.stringValue else { return nil }
        if let number = Int64(text) { return seconds(number) }
        return parse(text)
    }

    /// Go counts nanoseconds in 64 bits.
    private static func seconds(_ number: Int64) -> Duration? {
        let limit = Int64.max / 1_000_000_000
        return (-limit...limit).contains(number) ? .seconds(number) : nil
    }

    /// Prints a duration to the millisecond: `10s`, `1m20s`, `5m0s`, `1.5s`, `250ms`, `0s`.
    public static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0 { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        let hours = seconds / 3600
        let minutes = seconds / 60 % 60
        var text = "\(seconds % 60)"
        if milliseconds > 0 {
            var digits = String(milliseconds)
            digits = String(repeating: "0", count: 3 - digits.count) + digits
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        text += "s"
        if hours > 0 || minutes > 0 { text = "\(minutes)m" + text }
        if hours > 0 { text = "\(hours)h" + text }
        return text
    }
}
