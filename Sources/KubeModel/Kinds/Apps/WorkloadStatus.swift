import Manifest

/// The rules that the counts in the status of workloads have in common.
enum WorkloadStatus {
    /// - Parameters:
    ///   - status: the new status.
    ///   - old: the one before.
    ///   - counts: the fields that may not be negative.
    ///   - parts: the fields that count some of the replicas.
    ///   - readyName: how the message on more available than ready replicas names the latter.
    static func faults(
        of status: ObjectField, since old: ObjectField, counts: [String], partsOfReplicas parts: [String],
        readyName: String = "readyReplicas"
    ) -> [FieldError] {
        var errors = counts.flatMap { status[$0].nonnegative() }
        let replicas = status["replicas"].number
        for part in parts where status[part].number > replicas {
            errors.append(status[part].invalid("cannot be greater than status.replicas"))
        }
        let available = status["availableReplicas"]
        if parts.contains("availableReplicas"), available.number > status["readyReplicas"].number {
            errors.append(available.invalid("cannot be greater than \(readyName)"))
        }
        let collisions = status["collisionCount"]
        if let before = old["collisionCount"].integer, collisions.number < before {
            errors.append(collisions.invalid("cannot be decremented", absent: 0))
        }
        return errors
    }
}
