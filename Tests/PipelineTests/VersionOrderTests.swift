import Testing

@testable import Pipeline

struct VersionOrderTests {
    /// Versions of an ecosystem, lowest first; those in one list are equal.
    struct Ladder: Sendable, CustomTestStringConvertible {
        let order: VersionOrder
        let steps: [[String]]
        var testDescription: String { "\(order)" }
    }

    static let ladders: [Ladder] = [
        // SemVer 2.0 §11, with Go's pseudo-versions and numbers beyond 64 bits.
        Ladder(
            order: .semantic,
            steps: [
                ["0.0.0-20190101000000-abcdefabcdef"], ["0.0.1"], ["1.0.0-alpha"], ["1.0.0-alpha.1"],
                ["1.0.0-alpha.beta"], ["1.0.0-beta"], ["1.0.0-beta.2"], ["1.0.0-beta.11"], ["1.0.0-rc.1"],
                ["1.0.0", "v1.0.0", "1.0.0+build.5", "1.0"], ["1.2.0"], ["1.10.0"],
                ["2.0.0+incompatible", "2.0.0"], ["99999999999999999999.0.0"], ["100000000000000000000.0.0"],
            ]),
        // PEP 440, "Summary of permitted suffixes and relative ordering", epochs and local versions.
        Ladder(
            order: .python,
            steps: [
                ["1.0.dev456"], ["1.0a1", "1.0-alpha1", "1.0.a.1"], ["1.0a2.dev456"], ["1.0a12.dev456"],
                ["1.0a12"],
                ["1.0b1.dev456"], ["1.0b2"], ["1.0b2.post345.dev456"], ["1.0b2.post345"], ["1.0rc1.dev456"],
                ["1.0rc1", "1.0c1", "1.0-pre1", "1.0.preview1"], ["1.0", "1.0.0", "v1.0", "1"], ["1.0+abc.5"],
                ["1.0+abc.7"], ["1.0+5"], ["1.0.post456.dev34"], ["1.0.post456", "1.0-456", "1.0.rev456"],
                ["1.1.dev1"], ["1.10"], ["1!0.1"],
            ]),
        // deb-version(7) and the examples of dpkg's own tests.
        Ladder(
            order: .debian,
            steps: [
                ["1.0~~"], ["1.0~~a"], ["1.0~"], ["1.0~beta1-1"], ["1.0", "1.0-0", "0:1.0"], ["1.0-1"],
                ["1.0-1+deb12u1"], ["1.0-1.1"], ["1.0a"], ["1.0+dfsg"], ["1.2"], ["1.10"], ["1:0.1"],
                ["1:0.1-2"],
            ]),
    ]

    @Test(arguments: ladders)
    func `versions are ordered as their ecosystem does`(_ ladder: Ladder) {
        for (low, lower) in ladder.steps.enumerated() {
            for (high, upper) in ladder.steps.enumerated() {
                let wanted: Comparison = low < high ? .less : low > high ? .greater : .equal
                for left in lower {
                    for right in upper {
                        let found = ladder.order.compare(left, right)
                        #expect(found == wanted, "\(left) against \(right)")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        ("CVSS:3.1/AV:L/AC:H/PR:H/UI:N/S:U/C:L/I:N/A:N", 1.9),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
    ])
    func `base scores are those of the CVSS calculator`(_ vector: String, _ score: Double) {
        #expect(CVSSScore.base(vector) == score)
    }

    @Test func `vectors without a base metric or of another version have no score`() {
        #expect(CVSSScore.base("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H") == nil)
        #expect(CVSSScore.base("AV:N/AC:L/Au:N/C:P/I:P/A:P") == nil)
        #expect(CVSSScore.base("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") == nil)
    }
}
