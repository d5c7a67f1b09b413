/// Brings what is in line with what is wanted, for one key at a time.
///
/// A reconciler is told that something about a key may have changed, never what: it reads the present state
/// and acts on it. It is never called twice at once for one key, and is called again after a failure, so it
/// must be ready to find its own work half done.
public protocol Reconciler<Key>: Sendable {
    /// What names a unit of work; for most reconcilers the key of an object.
    associatedtype Key: Hashable & Sendable

    /// Does what is to be done for a key.
    ///
    /// - Returns: whether and when the key needs work again, besides when it changes.
    /// - Throws: ``TerminalError`` where trying again cannot help; any other error to be called again, later each
    ///   time.
    func reconcile(_ key: Key) async throws -> ReconcileResult
}

/// What a reconciler says about a key it has worked on without failure.
public enum ReconcileResult: Sendable, Hashable {
    /// There is nothing to do until something changes.
    case done
    /// There is something to do after a while, as when a time runs out.
    case requeue(after: Duration)
    /// Something must be there first. Its coming is an event that calls the reconciler.
    case waiting(for: String)
}

/// A failure that stays until somebody changes the object: invalid input, a missing right.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do about it.
    public let message: String
    /// The failure beneath, if there is one.
    public let cause: (any Error)?

    /// An end of trying, with the reason for people.
    public init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.cause = cause
    }

    /// The message, followed by what caused the failure.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
