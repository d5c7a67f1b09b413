import KubeClient

/// Repositories that are to be audited before their turn.
final class AuditRequests: Sendable {
    /// What was asked for; to be read by one auditor, once.
    let requests: AsyncStream<ObjectKey>
    /// Keeps audits of one repository from overlapping.
    let locks = KeyedLocks<ObjectKey>()
    private let continuation: AsyncStream<ObjectKey>.Continuation

    init() { (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024)) }

    /// Asks for an audit soon.
    func request(_ key: ObjectKey) { continuation.yield(key) }
}
