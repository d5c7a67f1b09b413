import KubeClient
public import KubeModel
import Manifest

/// What somebody is asked to approve: a plan by what it takes away, and since when that has been asked.
///
/// Stands in `status.operationState.approval`. An approval counts for the plan that was asked about and, after a failure
/// or a restart, for what is left of it; a plan of the same sync that takes away anything else asks anew.
public struct PlanApproval: Sendable, Hashable {
    /// Names the plan: sixteen hexadecimal digits of what it takes away, and of the sync.
    public let plan: String
    /// From when on an approval by time counts.
    public let askedAt: Timestamp
    /// Names what the plan takes away; empty where that is too much to be written down.
    let objects: Set<String>

    /// How many objects are written down.
    private static let objectLimit = 2000

    /// Describes a plan that nobody has been asked about yet.
    ///
    /// - Parameters:
    ///   - losses: the objects that it deletes, or deletes and makes anew, with their uids where those are known.
    ///   - startedAt: when the sync began, by which it is told from others of the same plan.
    public init(losses: [(key: ResourceKey, uid: String)], startedAt: Timestamp, askedAt: Timestamp) {
        let names = losses.map { loss in
            let key = loss.key
            return Self.name([
                .string(key.group), .string(key.kind), .string(key.namespace), .string(key.name),
                .string(loss.uid),
            ])
        }
        plan = Self.name([.string(startedAt.rfc3339)] + names.sorted().map { .string($0) })
        self.askedAt = askedAt.wholeSeconds
        objects = names.count > Self.objectLimit ? [] : Set(names)
    }

    private static func name(_ parts: [Value]) -> String {
        String(Fingerprint(of: .array(parts)).description.prefix(16))
    }

    /// Reads what stands in a status.
    init?(_ value: Value?) {
        guard let value, let plan = value["plan"]?.stringValue, !plan.isEmpty,
            let askedAt = value["askedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.plan = plan
        self.askedAt = askedAt
        objects = Set((value["objects"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// As it stands in a status.
    var value: Value {
        var value: Value = ["plan": .string(plan), "askedAt": .string(askedAt.rfc3339)]
        if !objects.isEmpty { value["objects"] = .array(objects.sorted().map { .string($0) }) }
        return value
    }

    /// Whether somebody who was asked about this plan has been asked about all that another one takes away.
    public func covers(_ other: PlanApproval) -> Bool {
        plan == other.plan || !other.objects.isEmpty && other.objects.isSubset(of: objects)
    }

    /// Whether an annotation approves the plan: by its name, or by a time, as Argo CD does.
    public func isGiven(by annotation: String) -> Bool {
        if annotation == plan { return true }
        guard let moment = Timestamp(rfc3339: annotation) else { return false }
        return moment.wholeSeconds >= askedAt
    }
}
