/// The base score of a CVSS 3 vector.
///
/// Source: FIRST, Common Vulnerability Scoring System v3.1, section 7.1 and appendix A.
enum CVSSScore {
    /// The score of a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`; nil for other versions and for
    /// vectors that lack a base metric.
    static func base(_ vector: String) -> Double? {
        let parts = vector.split(separator: "/")
        guard parts.first == "CVSS:3.1" || parts.first == "CVSS:3.0" else { return nil }
        var metrics: [Substring: Substring] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            metrics[pair[0]] = pair[1]
        }
        let isChanged = metrics["S"] == "C"
        guard metrics["S"] == "C" || metrics["S"] == "U",
            let vectorWeight = weight(metrics["AV"], ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]),
            let complexity = weight(metrics["AC"], ["L": 0.77, "H": 0.44]),
            let interaction = weight(metrics["UI"], ["N": 0.85, "R": 0.62]),
            let privileges = weight(
                metrics["PR"],
                isChanged ? ["N": 0.85, "L": 0.68, "H": 0.5] : ["N": 0.85, "L": 0.62, "H": 0.27])
        else { return nil }
        var remaining = 1.0
        for name in ["C", "I", "A"] as [Substring] {
            guard let impact = weight(metrics[name], ["H": 0.56, "L": 0.22, "N": 0]) else { return nil }
            remaining *= 1 - impact
        }
        let base = 1 - remaining
        let impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * power15(base - 0.02) : 6.42 * base
        guard impact > 0 else { return 0 }
        let exploitability = 8.22 * vectorWeight * complexity * privileges * interaction
        let sum = isChanged ? 1.08 * (impact + exploitability) : impact + exploitability
        return roundedUp(min(sum, 10))
    }

    private static func weight(_ value: Substring?, _ weights: [Substring: Double]) -> Double? {
        value.flatMap { weights[$0] }
    }

    private static func power15(_ value: Double) -> Double {
        let square = value * value
        let fourth = square * square
        let eighth = fourth * fourth
        return eighth * fourth * square * value
    }

    /// The smallest number with one decimal that is not less, computed on whole numbers as the specification demands.
    private static func roundedUp(_ value: Double) -> Double {
        let scaled = Int((value * 100_000).rounded())
        if scaled % 10_000 == 0 { return Double(scaled) / 100_000 }
        return Double(scaled / 10_000 + 1) / 10
    }
}
