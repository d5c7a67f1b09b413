import Manifest

/// The judge's evidence as people look at it: how far it is from either decision, and the counts it comes from.
struct EvidenceView {
    private let verdict: Value

    /// Reads the value of a measurement; nil where it is no verdict.
    init?(_ text: String?) {
        guard let text, text.hasPrefix("{"), let value = try? JSON.parse(text),
            value["decision"] != nil, value["harmThreshold"] != nil
        else { return nil }
        verdict = value
    }

    /// A bar for harm and one for safety, then a line a metric.
    var lines: [String] {
        var lines = [
            Self.bar("harm", verdict["logHarm"], of: verdict["harmThreshold"], "rolls back"),
            Self.bar("safety", verdict["logSafety"], of: verdict["safetyThreshold"], "goes on"),
        ]
        for metric in verdict["metrics"]?.arrayValue ?? [] {
            var line = metric["name"]?.stringValue ?? ""
            if let canary = metric["canary"]?.stringValue, let stable = metric["stable"]?.stringValue {
                line += ": bad requests canary \(canary), stable \(stable)"
            }
            if let absence = metric["absence"]?.stringValue { line += " (no data now: \(absence))" }
            lines.append(line)
        }
        let suspects = (verdict["suspectPods"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !suspects.isEmpty {
            lines.append("likely not the version but \(suspects.joined(separator: ", "))")
        }
        return lines
    }

    private static func bar(_ name: String, _ value: Value?, of limit: Value?, _ end: String) -> String {
        let label = name + String(repeating: " ", count: max(0, 7 - name.count))
        let limit = limit?.doubleValue ?? 1
        guard let number = value?.doubleValue else {
            return "\(label)\(Bar.text(0))  nothing yet of \(spelled(limit)), \(end) there"
        }
        return "\(label)\(Bar.text(number / limit))  \(spelled(number)) of \(spelled(limit)), \(end) there"
    }

    private static func spelled(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}

/// A share as a bar of twenty characters.
enum Bar {
    static let width = 20

    static func text(_ share: Double) -> String {
        // Nothing of nothing is nothing.
        let share = share.isNaN ? 0 : min(max(share, 0), 1)
        let filled = Int((share * Double(width)).rounded())
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
