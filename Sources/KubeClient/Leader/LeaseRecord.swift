public import KubeModel
public import Manifest

/// Who leads, as the `spec` of a `Lease` tells it.
public struct LeaseRecord: Sendable, Hashable {
    /// Empty where nobody leads.
    public var holder: String
    /// For how long the holder leads after it was last seen to renew.
    public var duration: Duration
    /// When the holder began to lead.
    public var acquiredAt: Timestamp?
    /// When the holder said last that it lives.
    public var renewedAt: Timestamp?
    /// How often the lead went from one to another.
    public var transitions: Int64

    /// A record from its parts.
    public init(
        holder: String, duration: Duration, acquiredAt: Timestamp?, renewedAt: Timestamp?,
        transitions: Int64 = 0
    ) {
        self.holder = holder
        self.duration = duration
        self.acquiredAt = acquiredAt
        self.renewedAt = renewedAt
        self.transitions = transitions
    }

    /// Reads the record of a lease; what is missing counts as nobody leading.
    public init(lease: Value) {
        let spec = lease["spec"] ?? .emptyObject
        func moment(_ field: String) -> Timestamp? {
            spec[field]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        }
        self.init(
            holder: spec["holderIdentity"]?.stringValue ?? "",
            duration: .seconds(spec["leaseDurationSeconds"]?.integerValue ?? 0),
            acquiredAt: moment("acquireTime"), renewedAt: moment("renewTime"),
            transitions: spec["leaseTransitions"]?.integerValue ?? 0)
    }

    /// Writes the record into a lease and leaves everything else in it as it is.
    public func write(to lease: inout Value) {
        lease.set(.string(holder), at: ["spec", "holderIdentity"])
        lease.set(.integer(max(1, duration.components.seconds)), at: ["spec", "leaseDurationSeconds"])
        lease.set(acquiredAt.map { .string($0.rfc3339Micro) }, at: ["spec", "acquireTime"])
        lease.set(renewedAt.map { .string($0.rfc3339Micro) }, at: ["spec", "renewTime"])
        lease.set(.integer(transitions), at: ["spec", "leaseTransitions"])
    }
}
