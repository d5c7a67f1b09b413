import HeapModule
import KubeModel

/// Which objects have lived long enough, and when the next one has.
struct ExpiryQueue: Sendable {
    private struct Entry: Comparable {
        let moment: Timestamp
        let uid: String

        static func < (left: Entry, right: Entry) -> Bool {
            (left.moment, left.uid) < (right.moment, right.uid)
        }
    }

    private var heap = Heap<Entry>()
    /// The moments that count; entries of the heap that differ are of the past.
    private var moments: [String: Timestamp] = [:]

    /// Sets or moves the end of an object.
    mutating func set(_ moment: Timestamp, for uid: String) {
        guard moments[uid] != moment else { return }
        moments[uid] = moment
        heap.insert(Entry(moment: moment, uid: uid))
    }

    /// Forgets an object.
    mutating func remove(_ uid: String) { moments[uid] = nil }

    /// The moment at which the next object ends, nil where none does.
    var next: Timestamp? {
        mutating get {
            while let first = heap.min {
                if moments[first.uid] == first.moment { return first.moment }
                heap.removeMin()
            }
            return nil
        }
    }

    /// Removes and answers the objects that have lived long enough.
    mutating func takeExpired(at now: Timestamp) -> [String] {
        var expired: [String] = []
        while let moment = next, moment <= now {
            let entry = heap.removeMin()
            moments[entry.uid] = nil
            expired.append(entry.uid)
        }
        return expired
    }
}
