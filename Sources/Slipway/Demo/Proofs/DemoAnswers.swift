/// What users were answered.
struct DemoAnswers: Sendable, CustomStringConvertible {
    /// How many answers had which status.
    var answers: [UInt: Int] = [:]
    /// Requests without an answer.
    var failures = 0

    var total: Int { answers.values.reduce(failures, +) }
    var good: Int { answers.reduce(0) { (200..<300).contains($1.key) ? $0 + $1.value : $0 } }

    /// As `4000 × 201, 3 × 503`.
    var description: String {
        var parts = answers.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        if failures > 0 { parts.append("\(failures) without an answer") }
        return parts.isEmpty ? "no requests" : parts.joined(separator: ", ")
    }

    /// Users hardly noticed a thing: at most so many of a hundred were not answered as they should be.
    func check(atMost percent: Int) throws(DemoFailure) {
        guard total > 0, (total - good) * 100 <= total * percent else {
            throw DemoFailure("users were answered \(self), and more than \(percent) % of that is wrong")
        }
    }
}
