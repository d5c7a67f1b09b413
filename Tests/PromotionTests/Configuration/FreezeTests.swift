import KubeModel
import Testing

@testable import Promotion

struct FreezeTests {
    struct Case: Sendable {
        var freezes: [DeliverySpec.Freeze]
        var now: String
        var until: String?
        var holds = true
    }

    static let cases: [Case] = [
        // 2026-01-02 was a Friday.
        Case(
            freezes: [.init(until: "2026-01-02T10:00:00Z")], now: "2026-01-02T09:59:59Z",
            until: "2026-01-02T10:00:00Z"),
        Case(freezes: [.init(until: "2026-01-02T10:00:00Z")], now: "2026-01-02T10:00:00Z", holds: false),
        Case(freezes: [.init(from: "2026-01-02T10:00:00Z")], now: "2026-01-02T09:00:00Z", holds: false),
        Case(freezes: [.init(from: "2026-01-02T10:00:00Z")], now: "2026-01-02T11:00:00Z", until: nil),
        Case(freezes: [.init(days: ["Fri"])], now: "2026-01-02T12:00:00Z", until: "2026-01-03T00:00:00Z"),
        Case(
            freezes: [.init(days: ["Fri", "Sat", "Sun"])], now: "2026-01-02T12:00:00Z",
            until: "2026-01-05T00:00:00Z"),
        Case(
            freezes: [.init(from: "16:00", until: "08:00", days: ["Fri"])], now: "2026-01-03T07:00:00Z",
            until: "2026-01-03T08:00:00Z"),
        Case(
            freezes: [.init(from: "16:00", until: "08:00", days: ["Fri"])], now: "2026-01-02T15:59:00Z",
            holds: false),
        Case(
            freezes: [.init(from: "16:00", until: "18:00", days: ["Fri"], zone: "+02:00")],
            now: "2026-01-02T14:30:00Z", until: "2026-01-02T16:00:00Z"),
        Case(
            freezes: [.init(from: "23:00", days: ["Thu"], zone: "-05:00")], now: "2026-01-02T04:30:00Z",
            until: "2026-01-02T05:00:00Z"),
        Case(
            freezes: [
                .init(until: "2026-01-02T10:00:00Z"),
                .init(from: "2026-01-02T09:30:00Z", until: "2026-01-02T11:00:00Z"),
            ],
            now: "2026-01-02T09:00:00Z", until: "2026-01-02T11:00:00Z"),
        Case(
            freezes: [.init(days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])],
            now: "2026-01-02T09:00:00Z", until: nil),
    ]

    @Test(arguments: cases) func `a freeze holds, and its end is known`(_ test: Case) throws {
        let now = try #require(Timestamp(rfc3339: test.now))
        let hold = FreezeCalendar(test.freezes).hold(at: now)
        #expect((hold != nil) == test.holds)
        #expect(hold?.until?.rfc3339 == test.until)
    }

    @Test(arguments: [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("0s", 0)])
    func `times are read`(_ text: String, _ seconds: Int) {
        #expect(DurationText.parse(text) == .seconds(seconds))
    }

    @Test(arguments: ["", "5", "m", "-1m", "1m1h", "1.5h", "10 m", "99999999999d", "1w"])
    func `what is no time is refused`(_ text: String) { #expect(DurationText.parse(text) == nil) }
}
