import Testing

@testable import Dashboard

@Suite struct LogTextTests {
    @Test(arguments: [
        ("plain\n", "plain\n"), ("\u{1b}[31mred\u{1b}[0m\n", "red\n"), ("a\r\nb\r\n", "a\nb\n"),
        ("10 %\r50 %\r100 %\n", "100 %\n"), ("\u{1b}]0;title\u{7}text", "text"), ("a\u{0}b\u{8}c", "abc"),
        ("\u{1b}", ""), ("\u{1b}[", ""), ("\u{1b}[1;2", ""), ("ä€\n", "ä€\n"), ("x\u{1b}(By", "xy"),
    ])
    func `a log is shown without what moves a terminal's cursor`(log: String, text: String) {
        #expect(LogText.plain(Array(log.utf8)) == text)
    }

    @Test func `broken bytes do not end a log`() {
        #expect(LogText.plain([0x61, 0xff, 0x62]) == "a\u{FFFD}b")
    }

    @Test func `the tail has the last lines`() {
        let log = (1...100).map { "line \($0)\n" }.joined()
        #expect(LogText.tail(Array(log.utf8), lines: 2) == "line 99\nline 100")
    }

    @Test(arguments: [
        ("a\nb", false, "a\n"), ("a\nb", true, "a\n"), ("b", true, "b"), ("b", false, ""), ("", true, ""),
    ])
    func `only whole lines are sent while more may come`(log: String, isComplete: Bool, sent: String) {
        let ready = DashboardRoutes.ready(Array(log.utf8)[...], isComplete: isComplete)
        #expect(String(decoding: ready, as: UTF8.self) == sent)
    }
}
