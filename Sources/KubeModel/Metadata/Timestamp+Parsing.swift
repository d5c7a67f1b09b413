extension Timestamp {
    /// Reads a time of RFC 3339: `2026-01-31T08:05:00Z`, `…T10:05:00.25+02:00`; nil for anything else.
    ///
    /// As in Go, the letters are upper case, a leap second is refused, and digits beyond the nanosecond are
    /// dropped.
    public init?(rfc3339 text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), (1...12).contains(month), reader.take("-"),
            let day = reader.number(digits: 2), (1...Self.days(in: month, of: year)).contains(day),
            reader.take("T"),
            let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
            let minute = reader.number(digits: 2), minute < 60, reader.take(":"),
            let second = reader.number(digits: 2), second < 60,
            let nanoseconds = reader.fraction(), let offset = reader.zoneOffset(), reader.isAtEnd
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        self.init(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: Int32(nanoseconds))
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts in eras of 400 years that begin in March, so that the leap day comes last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == bytes.count }

        mutating func take(_ expected: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: expected) else { return false }
            place += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard place < bytes.count, bytes[place] >= UInt8(ascii: "0"), bytes[place] <= UInt8(ascii: "9")
            else { return nil }
            defer { place += 1 }
            return Int64(bytes[place] - UInt8(ascii: "0"))
        }

        mutating func number(digits: Int) -> Int64? {
            var number: Int64 = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                number = number * 10 + digit
            }
            return number
        }

        /// The nanoseconds behind a point or comma; 0 where there is none, nil where no digit follows.
        mutating func fraction() -> Int64? {
            guard take(".") || take(",") else { return 0 }
            guard var number = digit() else { return nil }
            var count = 1
            while let digit = digit() {
                if count < 9 {
                    number = number * 10 + digit
                    count += 1
                }
            }
            for _ in count..<9 { number *= 10 }
            return number
        }

        /// The seconds by which the zone's clocks are ahead of UTC.
        mutating func zoneOffset() -> Int64? {
            if take("Z") { return 0 }
            let isAhead = take("+")
            guard isAhead || take("-"), let hours = number(digits: 2), hours <= 24, take(":"),
                let minutes = number(digits: 2), minutes < 60
            else { return nil }
            let offset = hours * 3600 + minutes * 60
            return isAhead ? offset : -offset
        }
    }
}
