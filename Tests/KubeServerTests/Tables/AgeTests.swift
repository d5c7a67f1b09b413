import KubeModel
import Testing

@testable import KubeServer

@Suite struct AgeTests {
    @Test(arguments: [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (330, "5m30s"), (600, "10m"),
        (10_799, "179m"), (10_800, "3h"), (11_100, "3h5m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"),
        (180_000, "2d2h"), (691_200, "8d"), (63_071_999, "729d"), (63_072_000, "2y"), (64_000_000, "2y10d"),
        (252_288_000, "8y"),
    ])
    func `spans are shown with two units at most`(seconds: Int, text: String) {
        #expect(Age.text(.seconds(seconds)) == text)
    }

    @Test func `a missing moment is unknown`() {
        #expect(Age.text(since: nil, now: Timestamp(seconds: 0)) == "<unknown>")
    }
}
