import KubeModel
import Manifest

/// That what was refused was refused for what is wrong with it, and not because something else did not work.
enum RefusalProof {
    /// What the fourth version brings in: Semgrep's rule, and the file.
    private static let (rule, file) = ("swift-sql-injection", "Sources/Orders/OrderStore.swift")
    /// The reason of a step that has findings at or above the threshold.
    private static let findings = "R22"
    /// What the API server says of an image that has signatures, but none that its policy believes.
    private static let stranger =
        "does not meet the SignaturePolicy own-registry: no valid signature by one of its authorities (pipelines, "

    /// A run that was stopped by the security gate alone, for the injection.
    ///
    /// - Returns: the finding.
    static func injection(_ run: Value) throws(DemoFailure) -> String {
        let gates = run["status", "gates"]?.arrayValue ?? []
        let failed = gates.filter { $0["phase"]?.stringValue == "Failed" }
        let names = failed.compactMap { $0["name"]?.stringValue }
        guard run["status", "phase"]?.stringValue == "Failed", names == ["security"] else {
            let message = run["status", "message"]?.stringValue ?? ""
            throw DemoFailure("the gates \(names) have failed, not security alone: \(message)")
        }
        let steps = (failed[0]["steps"]?.arrayValue ?? []).filter { $0["phase"]?.stringValue == "Failed" }
        let messages = steps.map { step in
            "\(step["name"]?.stringValue ?? "") \(step["reason"]?.stringValue ?? ""): "
                + (step["message"]?.stringValue ?? "")
        }
        guard steps.count == 1, let message = steps[0]["message"]?.stringValue,
            steps[0]["reason"]?.stringValue == findings, message.hasPrefix("\(file):"), message.contains(rule)
        else {
            throw DemoFailure(
                "security has not failed for \(rule) in \(file): \(messages.joined(separator: "; "))")
        }
        return message
    }

    /// Whether a refusal of the API server is about a stranger's signature, and neither about one that is missing nor
    /// about a look-up that failed.
    static func isOfStranger(_ message: String) -> Bool { message.contains(stranger) }
}
