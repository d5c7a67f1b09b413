import KubeModel
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-23T11:47:09Z", 1_795_434_429, 0),
        ("2000-02-29T23:59:59Z", 951_868_799, 0), ("1969-12-31T23:59:59Z", -1, 0),
        ("1900-03-01T00:00:00Z", -2_203_891_200, 0), ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
    ])
    func `times are read and printed to the second`(text: String, seconds: Int64, nanoseconds: Int32) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        #expect(time.rfc3339 == text)
    }

    @Test func `offsets and fractions are understood`() throws {
        let time = try #require(Timestamp(rfc3339: "2026-01-31T10:05:00.25+02:00"))
        #expect(time.rfc3339 == "2026-01-31T08:05:00Z")
        #expect(time.rfc3339Micro == "2026-01-31T08:05:00.250000Z")
        #expect(Timestamp(rfc3339: "2026-01-31T08:05:00.1234567891Z")?.nanoseconds == 123_456_789)
        #expect(Timestamp(rfc3339: "2025-12-31T23:30:00-01:30")?.rfc3339 == "2026-01-01T01:00:00Z")
        #expect(time.wholeSeconds.rfc3339Micro == "2026-01-31T08:05:00.000000Z")
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T08:05:00", "2026-01-31 08:05:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T08:60:00Z",
        "2026-01-31T08:05:60Z", "2026-01-31T08:05:00.Z", "2026-01-31T08:05:00Zx", "2026-01-31T08:05:00+0200",
        "2026-01-31t08:05:00z", "2026-00-10T00:00:00Z", "2026-04-31T00:00:00Z", "12026-04-30T00:00:00Z",
    ])
    func `what is no time of RFC 3339 is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `every day of four centuries survives printing`() throws {
        for day in stride(from: -50_000 as Int64, to: 100_000, by: 1) {
            let time = Timestamp(seconds: day * 86_400 + 43_200)
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
        }
    }

    @Test func `times can be moved and measured`() {
        let time = Timestamp(seconds: 10, nanoseconds: 500_000_000)
        #expect(time.advanced(by: .milliseconds(700)) == Timestamp(seconds: 11, nanoseconds: 200_000_000))
        #expect(time.advanced(by: .milliseconds(-700)) == Timestamp(seconds: 9, nanoseconds: 800_000_000))
        #expect(time.advanced(by: .seconds(-11)) == Timestamp(seconds: -1, nanoseconds: 500_000_000))
        #expect(time.advanced(by: .milliseconds(900)).duration(since: time) == .milliseconds(900))
        #expect(time < time.advanced(by: .nanoseconds(1)))
    }

    @Test func `a time beyond the calendar is the calendar's end`() {
        let time = Timestamp(seconds: 10, nanoseconds: 999_999_999)
        #expect(time.advanced(by: .seconds(Int64.max)) == .latest)
        #expect(time.advanced(by: .seconds(Int64.min)) == .earliest)
        #expect(Timestamp.latest.advanced(by: .nanoseconds(1)) == .latest)
        #expect(Timestamp.earliest.advanced(by: .nanoseconds(-1)) == .earliest)
        #expect(Timestamp.latest.rfc3339 == "9999-12-31T23:59:59Z")
        #expect(Timestamp.earliest.rfc3339 == "0000-01-01T00:00:00Z")
        #expect(Timestamp.latest.duration(since: .earliest).components.seconds == 315_569_519_999)
    }

    @Test(arguments: [
        (Duration.seconds(Int64.max), "9999-12-31T23:59:59Z"),
        (.seconds(300_000_000_000), "9999-12-31T23:59:59Z"),
        (.seconds(Int64.min), "0000-01-01T00:00:00Z"), (.seconds(-300_000_000_000), "0000-01-01T00:00:00Z"),
    ])
    func `no time is moved to where it could not be spelled`(duration: Duration, text: String) {
        let moved = Timestamp(seconds: 1_767_225_600, nanoseconds: 999_999_999).advanced(by: duration)
        #expect(moved.rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == moved)
    }

    @Test func `the distance of the first and the last time can be told`() {
        let (first, last) = (Timestamp(seconds: .min), Timestamp(seconds: .max))
        #expect(last.duration(since: first) > .zero)
        #expect(first.duration(since: last) < .zero)
    }
}
