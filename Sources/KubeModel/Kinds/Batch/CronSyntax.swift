/// The syntax of schedules, with the faults that the parser upstream uses reports.
enum CronSyntax {
    /// One of the five fields: its bounds and the names of its numbers.
    private struct Field {
        let bounds: ClosedRange<Int>
        var names: [String: Int] = [:]
    }

    private static let fields = [
        Field(bounds: 0...59), Field(bounds: 0...23), Field(bounds: 1...31),
        Field(
            bounds: 1...12,
            names: numbered(
                from: 1,
                ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])),
        Field(
            bounds: 0...6, names: numbered(from: 0, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])),
    ]

    private static func numbered(from first: Int, _ names: [String]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 + first) })
    }

    private struct Fault: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    /// What is wrong with a schedule; nil where nothing is.
    static func fault(of schedule: String) -> String? {
        do {
            try check(schedule)
            return nil
        } catch {
            return error.message
        }
    }

    private static func check(_ schedule: String) throws(Fault) {
        var text = schedule[...]
        if text.hasPrefix("TZ=") || text.hasPrefix("CRON_TZ=") {
            guard let space = text.firstIndex(of: " ") else { throw Fault("provided bad location \(text)") }
            text = text[space...].drop { $0 == " " }
        }
        if text.hasPrefix("@") { return try checkDescriptor(text) }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == fields.count else {
            throw Fault(
                "expected exactly 5 fields, found \(words.count): [\(words.joined(separator: " "))]")
        }
        for (word, field) in zip(words, fields) {
            for part in word.split(separator: ",") { try check(part, field) }
        }
    }

    private static func checkDescriptor(_ text: Substring) throws(Fault) {
        let known = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]
        if known.contains(String(text)) { return }
        guard text.hasPrefix("@every ") else { throw Fault("unrecognized descriptor: \(text)") }
        let duration = text.dropFirst("@every ".count)
        if !isDuration(duration) {
            throw Fault(
                "failed to parse duration \(text): time: invalid duration \(GoFormat.quoted(duration))")
        }
    }

    /// Numbers with units, such as `1h30m`.
    private static func isDuration(_ text: Substring) -> Bool {
        var rest = text
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
        if rest == "0" { return true }
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = rest.dropFirst(number.count).prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            guard number.contains(where: \.isNumber), number.count(where: { $0 == "." }) < 2,
                ["ns", "us", "µs", "ms", "s", "m", "h"].contains(String(unit))
            else { return false }
            rest = rest.dropFirst(number.count + unit.count)
        }
        return true
    }

    /// One range with or without a step: `*`, `1-5`, `mon-fri/2`.
    private static func check(_ text: Substring, _ field: Field) throws(Fault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        var (start, end) = (field.bounds.lowerBound, field.bounds.upperBound)
        if ends[0] != "*", ends[0] != "?" {
            start = try number(ends[0], field.names)
            switch ends.count {
            case 1: end = start
            case 2: end = try number(ends[1], field.names)
            default: throw Fault("too many hyphens: \(text)")
            }
        }
        var step = 1
        if parts.count > 2 { throw Fault("too many slashes: \(text)") }
        if parts.count == 2 {
            step = try number(parts[1], [:])
            if ends.count == 1 { end = field.bounds.upperBound }
        }
        let (low, high) = (field.bounds.lowerBound, field.bounds.upperBound)
        if start < low { throw Fault("beginning of range (\(start)) below minimum (\(low)): \(text)") }
        if end > high { throw Fault("end of range (\(end)) above maximum (\(high)): \(text)") }
        if start > end {
            throw Fault("beginning of range (\(start)) beyond end of range (\(end)): \(text)")
        }
        if step == 0 { throw Fault("step of range should be a positive number: \(text)") }
    }

    private static func number(_ text: Substring, _ names: [String: Int]) throws(Fault) -> Int {
        if let named = names[text.lowercased()] { return named }
        guard let number = Int(text) else {
            throw Fault(
                "failed to parse int from \(text): strconv.Atoi: parsing \(GoFormat.quoted(text)): invalid syntax"
            )
        }
        if number < 0 { throw Fault("negative number (\(number)) not allowed: \(text)") }
        return number
    }
}
