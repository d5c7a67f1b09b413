/// Maps numbers to places along an axis.
struct Scale: Sendable, Hashable {
    let low: Double
    let high: Double
    let start: Double
    let end: Double

    /// A scale over a range of numbers; one of no width is widened, so that there is always a place.
    init(_ low: Double, _ high: Double, start: Double, end: Double) {
        let isWide = high > low
        self.low = isWide ? low : low - 0.5
        self.high = isWide ? high : low + 0.5
        self.start = start
        self.end = end
    }

    /// The place of a number; numbers beyond the range are put at its ends.
    func place(_ number: Double) -> Double {
        let share = (min(max(number, low), high) - low) / (high - low)
        return start + share * (end - start)
    }

    /// Round numbers within the range, for the marks of an axis.
    func marks(about count: Int) -> [Double] {
        let step = Self.roundStep((high - low) / Double(max(1, count)))
        var marks: [Double] = []
        var number = (low / step).rounded(.up)
        while number * step <= high * (1 + 1e-12), marks.count < 20 {
            marks.append(number * step)
            number += 1
        }
        return marks
    }

    /// 1, 2 or 5 times a power of ten, not below the number.
    static func roundStep(_ number: Double) -> Double {
        guard number.isFinite, number > 0 else { return 1 }
        var power = 1.0
        while power * 10 <= number { power *= 10 }
        while power > number { power /= 10 }
        for factor in [1.0, 2, 5] where factor * power >= number * (1 - 1e-9) { return factor * power }
        return 10 * power
    }
}

/// Numbers as charts and pages show them: short, and the same in every locale.
enum Figures {
    /// With so many places after the point; zeros at the end are left away.
    static func spelled(_ number: Double, places: Int = 2) -> String {
        guard number.isFinite else { return number.isNaN ? "–" : number > 0 ? "∞" : "−∞" }
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        guard number.magnitude < 1e12 else { return String(number) }
        let scaled = Int64((number.magnitude * factor).rounded())
        let whole = scaled / Int64(factor)
        var fraction = String(scaled % Int64(factor))
        while fraction.count < places { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let sign = number < 0 && scaled != 0 ? "−" : ""
        return sign + String(whole) + (fraction.isEmpty || places == 0 ? "" : "." + fraction)
    }

    /// A share in percent.
    static func percent(_ share: Double) -> String {
        spelled(share * 100, places: share < 0.01 ? 3 : share < 0.1 ? 2 : 1) + " %"
    }

    /// A number of bytes.
    static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var number = Double(count)
        var unit = 0
        while number >= 1024, unit < units.count - 1 {
            number /= 1024
            unit += 1
        }
        return "\(spelled(number, places: unit == 0 ? 0 : 1)) \(units[unit])"
    }

    /// A number of whole things with spaces between groups of three.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "\u{202F}" }
            text.append(digit)
        }
        return (number < 0 ? "−" : "") + text
    }
}
