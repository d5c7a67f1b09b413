/// Writes that are decided and numbered, but not yet durable.
struct WriteQueue {
    private(set) var writes: [QueuedWrite] = []
    /// The states that queued writes leave behind; what the next write to the same object is decided by.
    private var heads: [ObjectKey: StoredObject?] = [:]
    /// The revision of the last queued write.
    private(set) var revision: UInt64
    var isDraining = false
    var isClosed = false

    init(revision: UInt64) { self.revision = revision }

    /// The state that queued writes leave an object in: nil where none of them touches it.
    func head(_ key: ObjectKey) -> StoredObject?? { heads[key] }

    /// Numbers a change and adds it.
    mutating func append(
        _ change: Store.Change, of key: ObjectKey, from current: StoredObject?,
        continuation: CheckedContinuation<StoredObject?, any Error>
    ) {
        let event: ChangeEvent?
        switch (change, current) {
        case (.put(let draft), _):
            let object = StoredObject(draft, path: key.path, revision: revision + 1)
            event = ChangeEvent(kind: current == nil ? .added : .modified, object: object, previous: current)
        case (.delete(let draft), .some):
            let object = StoredObject(draft, path: key.path, revision: revision + 1)
            event = ChangeEvent(kind: .deleted, object: object, previous: current)
        case (.delete, nil), (.none, _):
            event = nil
        }
        if let event {
            revision = event.revision
            heads.updateValue(event.next, forKey: key)
        }
        writes.append(
            QueuedWrite(
                key: key, event: event, result: event.map(\.next) ?? current, continuation: continuation))
    }

    /// Hands over everything queued.
    mutating func takeAll() -> [QueuedWrite] {
        defer { writes = [] }
        return writes
    }

    /// Forgets the heads that have become durable and are still the newest.
    mutating func settle(_ batch: [QueuedWrite]) {
        for write in batch {
            guard let event = write.event, let head = heads[write.key], head === event.next else { continue }
            heads[write.key] = nil
        }
    }

    /// Takes back everything queued, after a commit has failed: it was decided by states that never came to be.
    mutating func abandon(revision: UInt64) -> [QueuedWrite] {
        heads = [:]
        self.revision = revision
        return takeAll()
    }
}

/// A write waiting to be durable. Without an event it only waits for those before it.
struct QueuedWrite: Sendable {
    let key: ObjectKey
    let event: ChangeEvent?
    /// The state of the object once the write is durable.
    let result: StoredObject?
    let continuation: CheckedContinuation<StoredObject?, any Error>
}

extension ChangeEvent {
    /// The state of the object after the change, nil where it is gone.
    var next: StoredObject? { kind == .deleted ? nil : object }
}
