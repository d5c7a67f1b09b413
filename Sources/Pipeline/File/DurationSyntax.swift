/// Times as pipeline files write them: a whole number and a unit.
public enum DurationSyntax {
    /// Reads `200ms`, `30s`, `10m`, `2h` or `7d`; nil for anything else and for more than 100 years.
    public static func parse(_ text: String) -> Duration? {
        let units: [(suffix: String, milliseconds: Int64)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            let digits = text.dropLast(unit.suffix.count)
            guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }), let count = Int64(digits)
            else { continue }
            let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow, milliseconds <= 3_155_760_000_000 else { return nil }
            return .milliseconds(milliseconds)
        }
        return nil
    }

    /// Writes a time shortly, as in `1m12s` or `0.4s`.
    public static func write(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds < 60 {
            let tenths = attoseconds / 100_000_000_000_000_000
            return seconds < 10 ? "\(seconds).\(tenths)s" : "\(seconds)s"
        }
        let minutes = seconds / 60
        guard minutes >= 60 else { return "\(minutes)m\(pad(seconds % 60))s" }
        return "\(minutes / 60)h\(pad(minutes % 60))m"
    }

    private static func pad(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
