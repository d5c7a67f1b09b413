/// A date or time that a plain scalar stands for: `2024-05-06`, `2001-12-14t21:59:43.10-05:00`.
struct Timestamp {
    /// The moment as JSON has it: `2024-05-06T00:00:00Z`.
    let text: String

    /// Reads the forms that upstream's YAML library takes for timestamps; nil for everything else.
    init?(_ source: String) {
        var scanner = Scanner(bytes: Array(source.utf8))
        guard let year = scanner.number(exactly: 4), scanner.skip("-"), let month = scanner.number(upTo: 2),
            scanner.skip("-"), let day = scanner.number(upTo: 2),
            (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        if scanner.isAtEnd {
            text = "\(date)T00:00:00Z"
            return
        }
        let hasZone = scanner.skip("T") || scanner.skip("t")
        guard hasZone || scanner.skip(" ") else { return nil }
        guard let hour = scanner.number(upTo: 2), scanner.skip(":"), let minute = scanner.number(upTo: 2),
            scanner.skip(":"), let second = scanner.number(upTo: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = scanner.skip(".") ? scanner.digits() : ""
        guard fraction.utf8.count <= 9 else { return nil }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        var zone = "Z"
        if hasZone {
            guard let read = scanner.zone() else { return nil }
            zone = read
        }
        guard scanner.isAtEnd else { return nil }
        let time = "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
        text = "\(date)T\(time)\(fraction.isEmpty ? "" : ".\(fraction)")\(zone)"
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private struct Scanner {
        let bytes: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == bytes.count }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }

        mutating func digits() -> String {
            let start = place
            while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
                place += 1
            }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        mutating func number(exactly width: Int) -> Int? {
            let digits = digits()
            return digits.utf8.count == width ? Int(digits) : nil
        }

        mutating func number(upTo width: Int) -> Int? {
            let digits = digits()
            return digits.utf8.count <= width ? Int(digits) : nil
        }

        /// `Z` or an offset such as `-05:00`.
        mutating func zone() -> String? {
            if skip("Z") { return "Z" }
            let isNegative = skip("-")
            guard isNegative || skip("+"), let hour = number(exactly: 2), skip(":"),
                let minute = number(exactly: 2),
                hour <= 24, minute < 60
            else { return nil }
            if hour == 0, minute == 0 { return "Z" }
            return "\(isNegative ? "-" : "+")\(Timestamp.padded(hour, 2)):\(Timestamp.padded(minute, 2))"
        }
    }
}
