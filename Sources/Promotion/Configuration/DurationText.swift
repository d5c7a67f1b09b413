/// Times as delivery files write them: whole numbers and units, `90s`, `10m`, `1h30m`, `2d`.
enum DurationText {
    /// - Returns: nil for anything else, and for more than ten years.
    static func parse(_ text: String) -> Duration? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var total: Int64 = 0
        var digits = ""
        var lastUnit = Int64.max
        for character in text {
            if ("0"..."9").contains(character) {
                digits.append(character)
                continue
            }
            guard let unit = units[character], unit < lastUnit, let count = Int64(digits),
                count <= 315_576_000
            else { return nil }
            total += count * unit
            guard total <= 315_576_000 else { return nil }
            lastUnit = unit
            digits = ""
        }
        guard digits.isEmpty, lastUnit != .max else { return nil }
        return .seconds(total)
    }
}
