import KubeClient
import KubeModel
import Manifest

/// The runs that wait for a cell, in the order in which they get one.
///
/// Who is next is known without looking at the others, so that a run costs the same however many wait or have ended.
struct RunQueue: Sendable {
    private var entries: [(order: RunOrder, key: ObjectKey)] = []
    private var orders: [ObjectKey: RunOrder] = [:]

    var count: Int { entries.count }

    /// Puts a run in its place; one that is there already stays where it is.
    mutating func insert(_ key: ObjectKey, _ order: RunOrder) {
        guard orders[key] == nil else { return }
        orders[key] = order
        entries.insert((order, key), at: place(of: order))
    }

    mutating func remove(_ key: ObjectKey) {
        guard let order = orders.removeValue(forKey: key) else { return }
        var index = place(of: order)
        while index < entries.count, entries[index].key != key { index += 1 }
        if index < entries.count { entries.remove(at: index) }
    }

    /// Takes the first run out that is none of those that are busy.
    mutating func takeFirst(besides busy: Set<ObjectKey>) -> ObjectKey? {
        guard let index = entries.firstIndex(where: { !busy.contains($0.key) }) else { return nil }
        let key = entries.remove(at: index).key
        orders[key] = nil
        return key
    }

    /// The first place whose run does not come before one of this order.
    private func place(of order: RunOrder) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].order < order { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The order in which runs get cells: those that ran before a restart, candidates of the merge queue, then the oldest.
struct RunOrder: Comparable, Sendable {
    private let rank: Int
    private let created: Timestamp
    private let name: String

    init(_ run: Value, isRunning: Bool) {
        let isCandidate = run["spec", "trust"]?.stringValue == RunTrust.candidate.rawValue
        rank = isRunning ? 0 : isCandidate ? 1 : 2
        created = run.metadata.creationTimestamp ?? Timestamp(seconds: 0)
        name = run.metadata.name
    }

    static func < (left: RunOrder, right: RunOrder) -> Bool {
        (left.rank, left.created, left.name) < (right.rank, right.created, right.name)
    }
}
