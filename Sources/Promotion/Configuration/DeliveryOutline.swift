import KubeModel
import Manifest

/// What follows from a delivery file, for people: each environment with its field, its places and its rules.
public struct DeliveryOutline: Sendable {
    /// The outline, a line each.
    public let lines: [String]

    /// The outline of a delivery file.
    public init(_ file: DeliveryFile) {
        let conventions = DeliveryConventions(service: file.name, file.spec)
        var lines = ["\(file.name), releases of repository \(conventions.repository)"]
        if let reason = file.spec.stopTheLine { lines.append("  the line is stopped: \(reason)") }
        lines += Self.freezes(file.spec.freeze).map { "  \($0)" }
        var previous: DeliverySpec.Environment?
        for environment in file.spec.environments {
            lines.append("\(environment.name)\(environment.isProduction ? " (production)" : "")")
            if let target = try? conventions.target(environment) { lines.append("  changes    \(target)") }
            lines.append(
                "  deploys    Application \(conventions.application(environment)), namespace "
                    + conventions.namespace(environment))
            lines.append("  takes      \(Self.takes(environment, after: previous))")
            if let smoke = environment.smoke {
                let what = smoke.command.map { $0.joined(separator: " ") } ?? "the Job of \(smoke.job ?? "")"
                lines.append("  smoke      \(what), within \(smoke.timeout ?? "5m")")
            }
            if let soak = environment.soak {
                lines.append("  soaks      \(soak) without a break before it goes on")
            }
            lines += Self.freezes(environment.freeze).map { "  \($0)" }
            previous = environment
        }
        self.lines = lines
    }

    private static func takes(
        _ environment: DeliverySpec.Environment, after previous: DeliverySpec.Environment?
    )
        -> String
    {
        let from = previous.map { "what \($0.name) has shown to work" } ?? "every release, the newest first"
        let needed = environment.requiredApprovals
        guard needed > 0 else { return from }
        return
            "\(from), with \(needed == 1 ? "an approval" : "\(needed) approvals") of others than its authors"
    }

    private static func freezes(_ freezes: [DeliverySpec.Freeze]?) -> [String] {
        (freezes ?? []).map { freeze in
            var text = "frozen    "
            if let days = freeze.days, !days.isEmpty { text += " " + days.joined(separator: ", ") }
            if let from = freeze.from { text += " from \(from)" }
            if let until = freeze.until { text += " until \(until)" }
            if let zone = freeze.zone { text += " (\(zone))" }
            return text + (freeze.reason.map { ": \($0)" } ?? "")
        }
    }
}
