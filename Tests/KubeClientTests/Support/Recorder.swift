import Synchronization

/// A value that several tasks of a test change.
final class Recorder<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    init(_ value: Value) { storage = Mutex(value) }

    var value: Value { storage.withLock { $0 } }

    func withLock<Answer: Sendable>(_ change: (inout Value) throws -> Answer) rethrows -> Answer {
        try storage.withLock { value in try change(&value) }
    }
}
