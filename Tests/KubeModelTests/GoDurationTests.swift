import KubeModel
import Manifest
import Testing

@Suite struct GoDurationTests {
    @Test(arguments: [
        ("0", Duration.zero), ("30s", .seconds(30)), ("1h30m", .seconds(5400)),
        ("-1.5s", .milliseconds(-1500)),
        ("250ms", .milliseconds(250)), ("1us", .microseconds(1)), ("+2m", .seconds(120)),
    ])
    func `durations are read as Go reads them`(text: String, duration: Duration) {
        #expect(GoDuration.parse(text) == duration)
    }

    @Test(arguments: ["", "-", "3", "s", "1x", "1.s.", "1 s", "300y", "9999999h"])
    func `what is no duration is none`(text: String) { #expect(GoDuration.parse(text) == nil) }

    @Test func `fields take seconds as well`() {
        #expect(GoDuration.field(30) == .seconds(30))
        #expect(GoDuration.field("30") == .seconds(30))
        #expect(GoDuration.field("5m") == .seconds(300))
        #expect(GoDuration.field(true) == nil)
        // What Go could not count in nanoseconds.
        #expect(GoDuration.field(.integer(.max)) == nil)
        #expect(GoDuration.field("-9223372036854775808") == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(10), "10s"), (.seconds(80), "1m20s"),
        (.seconds(300), "5m0s"), (.milliseconds(1500), "1.5s"), (.seconds(3600), "1h0m0s"),
        (.milliseconds(61_050), "1m1.05s"),
    ])
    func `durations are printed as Go prints them`(duration: Duration, text: String) {
        #expect(GoDuration.text(duration) == text)
    }
}
