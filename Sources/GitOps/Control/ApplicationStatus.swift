import KubeModel
import Manifest

/// Writes what is known of an application into its status, in Argo CD's fields, so that kubectl, scripts and people find
/// what they know.
///
/// Lists are cut to a number of bytes, as an object of an API server has a limit: what is out of sync or unhealthy comes
/// first, `summary.resources` tells the whole numbers.
struct ApplicationStatus {
    var value: Object

    init(_ status: Value?) { value = status?.objectValue ?? Object() }

    /// Notes how the objects compare.
    mutating func set(
        _ comparison: ApplicationComparison, application: Application, limit: Int, at now: Timestamp
    ) {
        let spec = application.object["spec"]
        var comparedTo: Object = [:]
        comparedTo["source"] = spec?["source"]
        comparedTo["destination"] = spec?["destination"]
        value["sync"] = .object([
            "status": comparison.isSynced ? "Synced" : "OutOfSync", "comparedTo": .object(comparedTo),
            "revision": .string(comparison.revision),
        ])
        set(health: comparison.health, at: now)
        let list = Self.resources(comparison.entries, limit: limit)
        value["resources"] = .array(list)
        var counts: Object = ["total": .integer(Int64(comparison.entries.count))]
        counts["outOfSync"] = .integer(Int64(comparison.entries.count { $0.isSynced == false }))
        counts["listed"] = .integer(Int64(list.count))
        var summary: Object = [:]
        if !comparison.images.isEmpty {
            summary["images"] = .array(comparison.images.prefix(50).map { .string($0) })
        }
        if list.count < comparison.entries.count {
            // After a restart these kinds are watched, also those of objects that are not listed.
            let kinds = Set(comparison.entries.map { "\($0.key.group)/\($0.version)/\($0.key.kind)" })
            counts["kinds"] = .array(kinds.sorted().map { .string($0) })
            summary["resources"] = .object(counts)
        }
        value["summary"] = .object(summary)
    }

    mutating func set(health: Health, at now: Timestamp) {
        let before = value["health"]
        var after: Object = ["status": .string(health.status.rawValue)]
        if !health.message.isEmpty { after["message"] = .string(String(health.message.prefix(500))) }
        let isSame = before?["status"]?.stringValue == health.status.rawValue
        after["lastTransitionTime"] =
            isSame ? before?["lastTransitionTime"] ?? .string(now.rfc3339) : .string(now.rfc3339)
        value["health"] = .object(after)
    }

    /// Notes that the source cannot be compared; what was known of the objects stays.
    mutating func setUnknown(_ application: Application) {
        var sync = value["sync"]?.objectValue ?? Object()
        sync["status"] = "Unknown"
        var comparedTo: Object = [:]
        comparedTo["source"] = application.object["spec", "source"]
        comparedTo["destination"] = application.object["spec", "destination"]
        sync["comparedTo"] = .object(comparedTo)
        value["sync"] = .object(sync)
    }

    /// Replaces the conditions, keeping the times of those that stay.
    mutating func set(conditions: [(type: String, message: String)], at now: Timestamp) {
        let before = value["conditions"]?.arrayValue ?? []
        let after = conditions.map { condition -> Value in
            let message = String(condition.message.prefix(1000))
            let known = before.first {
                $0["type"]?.stringValue == condition.type && $0["message"]?.stringValue == message
            }
            return known
                ?? [
                    "type": .string(condition.type), "message": .string(message),
                    "lastTransitionTime": .string(now.rfc3339),
                ]
        }
        value["conditions"] = after.isEmpty ? nil : .array(after)
    }

    private static func resources(_ entries: [ApplicationComparison.Entry], limit: Int) -> [Value] {
        func isNotable(_ entry: ApplicationComparison.Entry) -> Bool {
            entry.isSynced == false || (entry.health.map { $0.status > .suspended } ?? false)
        }
        let sorted = entries.sorted { left, right in
            isNotable(left) == isNotable(right) ? left.key < right.key : isNotable(left)
        }
        var used = 0
        var list: [Value] = []
        for entry in sorted {
            let value = Self.value(entry)
            used += JSON.write(value).count + 1
            guard used <= limit else { break }
            list.append(value)
        }
        return list
    }

    private static func value(_ entry: ApplicationComparison.Entry) -> Value {
        var value: Object = [:]
        if !entry.key.group.isEmpty { value["group"] = .string(entry.key.group) }
        value["version"] = .string(entry.version)
        value["kind"] = .string(entry.key.kind)
        if !entry.key.namespace.isEmpty { value["namespace"] = .string(entry.key.namespace) }
        value["name"] = .string(entry.key.name)
        if let isSynced = entry.isSynced { value["status"] = isSynced ? "Synced" : "OutOfSync" }
        if let health = entry.health {
            var fields: Object = ["status": .string(health.status.rawValue)]
            if !health.message.isEmpty { fields["message"] = .string(String(health.message.prefix(200))) }
            value["health"] = .object(fields)
        }
        if entry.requiresPruning { value["requiresPruning"] = true }
        if entry.wave != 0 { value["syncWave"] = .integer(Int64(entry.wave)) }
        return .object(value)
    }

    /// Adds an entry to the history, which keeps the newest ones up to the limit.
    mutating func appendHistory(
        revision: String, source: Value?, startedAt: Timestamp, deployedAt: Timestamp, initiatedBy: Value,
        limit: Int
    ) {
        var history = value["history"]?.arrayValue ?? []
        let id = (history.last?["id"]?.integerValue ?? -1) + 1
        var entry: Object = [
            "id": .integer(id), "revision": .string(revision), "deployStartedAt": .string(startedAt.rfc3339),
            "deployedAt": .string(deployedAt.rfc3339), "initiatedBy": initiatedBy,
        ]
        entry["source"] = source
        history.append(.object(entry))
        value["history"] = .array(Array(history.suffix(max(limit, 0))))
    }
}
