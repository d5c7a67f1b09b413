import KubeModel
import Manifest

/// That the gates of a run did what they are called: each has passed, and the logs tell of the database, the scanner and
/// the advisories that they worked with.
struct GateProof {
    /// The steps of the example's pipeline whose logs tell it.
    static let steps = ["test.tests", "security.sast", "security.sca"]

    /// The PipelineRun.
    let run: Value
    /// What ``steps`` have said, by their names.
    let logs: [String: String]

    /// - Returns: what the logs tell, for people.
    func check() throws(DemoFailure) -> String {
        let name = run.metadata.name
        let gates = run["status", "gates"]?.arrayValue ?? []
        let told = gates.map { "\($0["name"]?.stringValue ?? "") \($0["phase"]?.stringValue ?? "")" }
        guard run["status", "phase"]?.stringValue == "Passed",
            told == Verdict.gateNames.map({ "\($0) Passed" }),
            gates.allSatisfy({ !($0["steps"]?.arrayValue ?? []).isEmpty })
        else {
            throw DemoFailure(
                "the run \(name) has not passed its four gates: \(told.joined(separator: ", "))")
        }
        let database = try line("test.tests") { $0.hasPrefix("PostgreSQL ") }
        let tests = try counts("test.tests", between: "slipway: ", and: " tests, 0 failed, 0 skipped")
        guard tests.count == 2 else {
            throw DemoFailure(
                "\(name): \(tests.count) reports of passed tests, not those of units and database")
        }
        let scanner = try line("security.sast") { $0.hasPrefix("slipway: semgrep ") }
        guard let files = Self.number(in: scanner, between: "looked at ", and: " files"), files > 0 else {
            throw DemoFailure("\(name): Semgrep looked at nothing: \(scanner)")
        }
        let advisories = try counts("security.sca", between: "compared with ", and: " advisories")
        guard let known = advisories.first, known > 0 else {
            throw DemoFailure("\(name): the dependencies were compared with no advisory")
        }
        return "\(tests[0]) tests, \(tests[1]) on \(database); \(scanner.dropFirst("slipway: ".count)); "
            + "dependencies compared with \(known) advisories"
    }

    private func lines(_ step: String) -> [Substring] {
        (logs[step] ?? "").split(whereSeparator: \.isNewline)
    }

    private func line(_ step: String, _ fits: (Substring) -> Bool) throws(DemoFailure) -> Substring {
        guard let line = lines(step).last(where: fits) else {
            let last = lines(step).last ?? "nothing"
            throw DemoFailure("the log of \(step) of \(run.metadata.name) does not tell it; it ends: \(last)")
        }
        return line
    }

    private func counts(
        _ step: String, between prefix: String, and suffix: String
    ) throws(DemoFailure) -> [Int] {
        lines(step).compactMap { Self.number(in: $0, between: prefix, and: suffix) }.filter { $0 > 0 }
    }

    private static func number(in line: Substring, between prefix: String, and suffix: String) -> Int? {
        guard let end = line.firstRange(of: suffix)?.lowerBound,
            let start = line[..<end].firstRange(of: prefix)?.upperBound
        else { return nil }
        return Int(line[start..<end])
    }
}
