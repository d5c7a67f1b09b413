/// A moment in UTC, as objects store it: `creationTimestamp` to the second, leases and events finer.
public struct Timestamp: Sendable, Hashable {
    /// Whole seconds since 1970-01-01T00:00:00Z, negative before.
    public let seconds: Int64
    /// What is added to the seconds, 0 ..< 1,000,000,000.
    public let nanoseconds: Int32

    /// A moment given by its distance from 1970-01-01T00:00:00Z.
    ///
    /// - Precondition: `nanoseconds` lies in 0 ..< 1,000,000,000.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        precondition((0..<1_000_000_000).contains(nanoseconds), "nanoseconds must be less than a second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The moment without its fraction of a second, which is what a round trip through an object leaves of it.
    public var wholeSeconds: Timestamp { Timestamp(seconds: seconds) }

    /// The time as `metav1.Time` writes it: `2026-01-31T08:05:00Z`.
    public var rfc3339: String { Calendar(self).text + "Z" }

    /// The time as `metav1.MicroTime` writes it: `2026-01-31T08:05:00.000000Z`.
    public var rfc3339Micro: String {
        Calendar(self).text + "." + Calendar.padded(Int64(nanoseconds / 1000), to: 6) + "Z"
    }

    /// The first moment that RFC 3339 can write.
    public static let earliest = Timestamp(seconds: -62_167_219_200)
    /// The last second that RFC 3339 can write, of the year 9999.
    public static let latest = Timestamp(seconds: 253_402_300_799)

    /// The moment `duration` later or, where it is negative, earlier, to the nanosecond; at most ``latest`` and at least
    /// ``earliest``, since durations come from users, who write the largest number where they mean "never".
    public func advanced(by duration: Duration) -> Timestamp {
        let (wholeSeconds, attoseconds) = duration.components
        let sum = Int64(nanoseconds) + attoseconds / 1_000_000_000
        let carry = sum < 0 ? -1 : sum / 1_000_000_000
        let (total, isBeyond) = (seconds + carry).addingReportingOverflow(wholeSeconds)
        guard !isBeyond else { return wholeSeconds < 0 ? .earliest : .latest }
        let moment = Timestamp(seconds: total, nanoseconds: Int32(sum - carry * 1_000_000_000))
        return min(max(moment, .earliest), .latest)
    }

    /// How long after `earlier` this moment is.
    public func duration(since earlier: Timestamp) -> Duration {
        .seconds(seconds) - .seconds(earlier.seconds) + .nanoseconds(Int64(nanoseconds - earlier.nanoseconds))
    }
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// The time to the second.
    public var description: String { rfc3339 }
}

/// A date of the proleptic Gregorian calendar with a time of day, in UTC.
private struct Calendar {
    let year: Int64
    let month: Int64
    let day: Int64
    let secondOfDay: Int64

    /// Counts in eras of 400 years that begin in March, so that the leap day comes last.
    init(_ moment: Timestamp) {
        let days = (moment.seconds >= 0 ? moment.seconds : moment.seconds - 86_399) / 86_400
        secondOfDay = moment.seconds - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var text: String {
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return Self.padded(year, to: 4) + "-" + Self.padded(month, to: 2) + "-" + Self.padded(day, to: 2)
            + "T" + time.map { Self.padded($0, to: 2) }.joined(separator: ":")
    }

    static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
