import FoundationEssentials

/// The objects of a cache: packed identities with whatever content the cache keeps, found by key.
struct ObjectTable: Sendable {
    /// A uid in the 16 bytes it has almost always.
    private enum UID: Sendable {
        case uuid(UUID)
        case text(String)

        init(_ text: String) {
            if let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text {
                self = .uuid(uuid)
            } else {
                self = .text(text)
            }
        }

        var text: String {
            switch self {
            case .uuid(let uuid): uuid.uuidString.lowercased()
            case .text(let text): text
            }
        }
    }

    private struct Record: Sendable {
        let namespace: String
        let name: String
        var uid: UID
        /// The listing that last saw the object.
        var epoch: UInt32
        var resourceVersion: String
        var generation: Int64
        var content: CachedObject.Content

        var object: CachedObject {
            CachedObject(
                key: ObjectKey(namespace: namespace, name: name), uid: uid.text,
                resourceVersion: resourceVersion, generation: generation, content: content)
        }

        var hash: Int { ObjectTable.hash(namespace: namespace, name: name) }
    }

    private var records = SlotArray<Record>()
    private var index = SlotIndex()
    /// Namespaces that are in use, so that objects share the text.
    private var namespaces: Set<String> = []

    var count: Int { records.count }

    /// The slot of a key.
    func slot(of key: ObjectKey) -> UInt32? {
        index.slot(hash: Self.hash(namespace: key.namespace, name: key.name)) { slot in
            guard let record = records[slot] else { return false }
            return record.name == key.name && record.namespace == key.namespace
        }
    }

    /// The object in a slot.
    func object(in slot: UInt32) -> CachedObject? { records[slot]?.object }

    /// The slots that hold an object.
    var slots: [UInt32] { records.occupied }

    /// The slots whose object no listing since `epoch` has seen.
    func slots(before epoch: UInt32) -> [UInt32] {
        records.occupied.filter { (records[$0]?.epoch ?? epoch) != epoch }
    }

    /// Stores an object under its key and answers its slot and what was there before.
    mutating func store(_ object: CachedObject, epoch: UInt32) -> (slot: UInt32, old: CachedObject?) {
        if let slot = slot(of: object.key) {
            let old = records[slot]?.object
            records[slot]?.uid = UID(object.uid)
            records[slot]?.resourceVersion = object.resourceVersion
            records[slot]?.generation = object.generation
            records[slot]?.content = object.content
            records[slot]?.epoch = epoch
            return (slot, old)
        }
        let record = Record(
            namespace: namespaces.insert(object.key.namespace).memberAfterInsert, name: object.key.name,
            uid: UID(object.uid), epoch: epoch, resourceVersion: object.resourceVersion,
            generation: object.generation, content: object.content)
        let slot = records.insert(record)
        index.insert(slot, hash: record.hash) { records[$0]?.hash ?? 0 }
        return (slot, nil)
    }

    /// Says that a listing has seen the object of a slot.
    mutating func touch(_ slot: UInt32, epoch: UInt32) { records[slot]?.epoch = epoch }

    /// Removes the object of a slot and answers it.
    mutating func remove(_ slot: UInt32) -> CachedObject? {
        guard let record = records[slot] else { return nil }
        index.remove(slot, hash: record.hash) { records[$0]?.hash ?? 0 }
        records.remove(slot)
        return record.object
    }

    private static func hash(namespace: String, name: String) -> Int {
        var hasher = Hasher()
        hasher.combine(namespace)
        hasher.combine(name)
        return hasher.finalize()
    }
}
