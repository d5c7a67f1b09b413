import KubeModel
import Manifest

/// `spec.podFailurePolicy` of a job: what a failed pod means for the job.
struct PodFailurePolicy: Sendable, Hashable {
    enum Action: String, Sendable, Hashable {
        /// The job fails at once.
        case failJob = "FailJob"
        /// The failure does not count against the limit.
        case ignore = "Ignore"
        /// It counts as usual.
        case count = "Count"
    }

    /// What a rule says of a pod.
    struct Decision: Sendable, Hashable {
        var action: Action
        /// Why, for the job's condition.
        var message: String
    }

    fileprivate struct Rule: Sendable, Hashable {
        var action: Action
        var container: String?
        var operation: String?
        var values: Set<Int> = []
        var conditions: [[String]] = []
    }

    private let rules: [Rule]

    init(_ policy: Value) {
        rules = (policy["rules"]?.arrayValue ?? []).map { rule in
            var read = Rule(action: rule["action"]?.stringValue.flatMap(Action.init(rawValue:)) ?? .count)
            if let codes = rule["onExitCodes"] {
                read.container = codes["containerName"]?.stringValue
                read.operation = codes["operator"]?.stringValue
                read.values = Set(
                    (codes["values"]?.arrayValue ?? []).compactMap { $0.integerValue.map { Int($0) } })
            }
            for pattern in rule["onPodConditions"]?.arrayValue ?? [] {
                guard let type = pattern["type"]?.stringValue else { continue }
                read.conditions.append([type, pattern["status"]?.stringValue ?? "True"])
            }
            return read
        }
    }

    /// What the first rule that fits a failed pod says; nil where none fits, which counts.
    func decision(on pod: PodSnapshot, namespace: String) -> Decision? {
        guard pod.phase == .failed else { return nil }
        for (index, rule) in rules.enumerated() {
            let suffix = "matching \(rule.action.rawValue) rule at index \(index)"
            if let ended = pod.exitCodes.first(where: { rule.matches($0) }) {
                return Decision(
                    action: rule.action,
                    message:
                        "Container \(ended.container) for pod \(namespace)/\(pod.name) failed with exit code "
                        + "\(ended.code) \(suffix)")
            }
            if let condition = rule.conditions.first(where: { pod.conditions[$0[0]] == $0[1] }) {
                return Decision(
                    action: rule.action,
                    message: "Pod \(namespace)/\(pod.name) has condition \(condition[0]) \(suffix)")
            }
        }
        return nil
    }
}

extension PodFailurePolicy.Rule {
    /// Codes of success never fit.
    fileprivate func matches(_ ended: PodSnapshot.ExitCode) -> Bool {
        guard let operation, ended.code != 0, container == nil || container == ended.container else {
            return false
        }
        return operation == "In" ? values.contains(ended.code) : !values.contains(ended.code)
    }
}
