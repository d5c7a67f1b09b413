import Synchronization

/// A write on its way through the writer.
protocol PendingWrite: Sendable {
    var key: ObjectKey { get }

    /// Decides what the write does to the current state, without any effect yet.
    ///
    /// - Returns: the change, nil where there is none.
    func perform(on current: StoredObject?, revision: UInt64) -> ChangeEvent?

    /// Answers the write after its batch is durable.
    func finish()

    /// Answers that the write did not happen.
    func fail(_ error: any Error)
}

/// A write whose first decision was made against `expected`.
final class Write<Extra: Sendable>: PendingWrite {
    typealias Answer = (object: StoredObject?, extra: Extra)

    let key: ObjectKey
    private let expected: StoredObject?
    private let change: Store.Change
    private let extra: Extra
    private let decide: @Sendable (StoredObject?) throws -> (Store.Change, Extra)
    private let continuation: CheckedContinuation<Answer, any Error>
    private let outcome = Mutex<Result<Answer, any Error>?>(nil)

    init(
        key: ObjectKey, expected: StoredObject?, change: Store.Change, extra: Extra,
        decide: @escaping @Sendable (StoredObject?) throws -> (Store.Change, Extra),
        continuation: CheckedContinuation<Answer, any Error>
    ) {
        self.key = key
        self.expected = expected
        self.change = change
        self.extra = extra
        self.decide = decide
        self.continuation = continuation
    }

    func perform(on current: StoredObject?, revision: UInt64) -> ChangeEvent? {
        do {
            let (change, extra) = current === expected ? (change, extra) : try decide(current)
            let event = event(of: change, from: current, revision: revision)
            let object = event.map { $0.kind == .deleted ? nil : $0.object } ?? current
            outcome.withLock { $0 = .success((object, extra)) }
            return event
        } catch {
            outcome.withLock { $0 = .failure(error) }
            return nil
        }
    }

    private func event(of change: Store.Change, from current: StoredObject?, revision: UInt64) -> ChangeEvent?
    {
        switch change {
        case .none:
            return nil
        case .put(let draft):
            let object = StoredObject(draft, path: key.path, revision: revision)
            return ChangeEvent(kind: current == nil ? .added : .modified, object: object, previous: current)
        case .delete(let draft):
            guard let current else { return nil }
            let object = StoredObject(draft, path: key.path, revision: revision)
            return ChangeEvent(kind: .deleted, object: object, previous: current)
        }
    }

    func finish() {
        guard let outcome = outcome.withLock({ $0 }) else { return }
        continuation.resume(with: outcome)
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
