public import KubeModel

/// What was done to an object of a cluster, by whom and why.
public struct AuditRecord: Sendable, Hashable {
    /// What was done.
    public enum Action: String, Sendable { case apply, replace, create, delete, hook }

    /// When it was done.
    public var time: Timestamp
    /// Who asked: a user, or `automated`.
    public var actor: String
    /// For which application, as namespace and name.
    public var application: String
    /// The commit that it was done for; empty for the deletion of an application.
    public var revision: String
    /// What was done.
    public var action: Action
    /// With which object.
    public var key: ResourceKey
    /// The digests of the object's desired state before and after; empty where there is none.
    public var before: String
    /// The digest of the object's desired state afterwards; empty where there is none.
    public var after: String
    /// What the server said against it, empty where it did not.
    public var fault: String

    /// A record.
    public init(
        time: Timestamp, actor: String, application: String, revision: String, action: Action,
        key: ResourceKey, before: String, after: String, fault: String = ""
    ) {
        self.time = time
        self.actor = actor
        self.application = application
        self.revision = revision
        self.action = action
        self.key = key
        self.before = before
        self.after = after
        self.fault = fault
    }
}

/// Keeps what was done; nothing that was written is ever changed.
public protocol AuditLog: Sendable {
    /// Writes records, in order; returns when they are kept.
    func append(_ records: [AuditRecord]) async throws
}

/// Keeps nothing, for where nobody asks.
public struct NoAuditLog: AuditLog {
    /// A log that forgets.
    public init() {}

    /// Keeps nothing.
    public func append(_ records: [AuditRecord]) async throws {}
}
