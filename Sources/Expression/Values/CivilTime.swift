/// A point in time as a calendar and a clock in UTC show it, and the texts that Go's `time` reads and prints.
struct CivilTime: Sendable {
    var year: Int64 = 1
    var month: Int64 = 1
    var day: Int64 = 1
    /// Nanoseconds since midnight.
    var clock: Int64 = 0

    private static let second: Int64 = 1_000_000_000
    private static let dayLength = 86_400 * second

    init() {}

    init(nanoseconds: Int64) {
        clock = nanoseconds % Self.dayLength
        var days = nanoseconds / Self.dayLength
        if clock < 0 {
            clock += Self.dayLength
            days -= 1
        }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days. Years begin in
        // March, so that the leap day is the last of its year; 719,468 days lie between 0000-03-01 and
        // 1970-01-01.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nanoseconds since 1970; nil outside of the years 1678 to 2261, which 64 bits do not reach.
    var nanoseconds: Int64? {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let (midnight, isTooFar) = (era * 146_097 + dayOfEra - 719_468)
            .multipliedReportingOverflow(by: Self.dayLength)
        let (moment, isPast) = midnight.addingReportingOverflow(clock)
        return isTooFar || isPast ? nil : moment
    }

    private var daysInMonth: Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// What a text means by a layout of Go, in which `2006-01-02 15:04:05` stands for year, month, day and
    /// time.
    ///
    /// - Returns: Nil where the text is not of the layout, or the layout has parts other than numbers and a
    ///   zone.
    static func nanoseconds(of text: String, layout: String) -> Int64? {
        var time = CivilTime()
        var text = Substring(text).utf8
        var layout = Substring(layout).utf8
        var offset: Int64 = 0
        while !layout.isEmpty {
            if skip("2006", &layout) {
                guard let value = number(4, &text) else { return nil }
                time.year = value
            } else if skip("01", &layout) {
                guard let value = number(2, &text), (1...12).contains(value) else { return nil }
                time.month = value
            } else if skip("02", &layout) {
                guard let value = number(2, &text), value >= 1 else { return nil }
                time.day = value
            } else if skip("15", &layout) {
                guard let value = number(2, &text), value < 24 else { return nil }
                time.clock += value * 3_600 * second
            } else if skip("04", &layout) {
                guard let value = number(2, &text), value < 60 else { return nil }
                time.clock += value * 60 * second
            } else if skip("05", &layout) {
                guard let value = seconds(&text) else { return nil }
                time.clock += value
            } else if skip("Z07:00", &layout) {
                guard let value = zone(&text) else { return nil }
                offset = value
            } else {
                guard let byte = text.popFirst(), byte == layout.popFirst() else { return nil }
            }
        }
        guard text.isEmpty, time.day <= time.daysInMonth, let local = time.nanoseconds else { return nil }
        let (moment, isPast) = local.subtractingReportingOverflow(offset)
        return isPast ? nil : moment
    }

    private static func skip(_ part: String, _ layout: inout Substring.UTF8View) -> Bool {
        guard layout.starts(with: part.utf8) else { return false }
        layout.removeFirst(part.utf8.count)
        return true
    }

    private static func number(_ digits: Int, _ text: inout Substring.UTF8View) -> Int64? {
        let part = text.prefix(digits)
        guard part.count == digits, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        text.removeFirst(digits)
        return part.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Two digits and, as Go takes it everywhere after seconds, maybe a fraction.
    private static func seconds(_ text: inout Substring.UTF8View) -> Int64? {
        guard let whole = number(2, &text), whole < 60 else { return nil }
        guard text.first == UInt8(ascii: ".") else { return whole * second }
        text.removeFirst()
        var unit = second
        var fraction: Int64 = 0
        var count = 0
        while let digit = number(1, &text) {
            unit /= 10
            fraction += digit * unit
            count += 1
        }
        return count == 0 ? nil : whole * second + fraction
    }

    /// `Z`, or hours and minutes east.
    private static func zone(_ text: inout Substring.UTF8View) -> Int64? {
        guard let sign = text.popFirst() else { return nil }
        if sign == UInt8(ascii: "Z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(2, &text),
            hours < 24,
            skip(":", &text), let minutes = number(2, &text), minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60) * second
    }
}

extension CivilTime: CustomStringConvertible {
    /// `2023-08-14 00:00:00 +0000 UTC`, as Go's `time.Time` prints itself.
    var description: String {
        let seconds = clock / Self.second
        var text =
            "\(GoText.padded(year, to: 4))-\(GoText.padded(month, to: 2))-\(GoText.padded(day, to: 2)) "
        text += "\(GoText.padded(seconds / 3_600, to: 2)):\(GoText.padded(seconds / 60 % 60, to: 2)):"
        text += GoText.padded(seconds % 60, to: 2)
        if clock % Self.second != 0 {
            var fraction = GoText.padded(clock % Self.second, to: 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += ".\(fraction)"
        }
        return text + " +0000 UTC"
    }
}
