/// The objects of one resource, ordered by path; a copy is a snapshot.
///
/// The objects lie in chunks, so that a change moves and, while a snapshot shares the storage, copies a chunk
/// and the list of chunks, never all objects.
struct SortedObjects: Sendable {
    /// A chunk is split when it outgrows this: small enough to copy at once, large enough to keep few chunks.
    private static let chunkLimit = 128

    private var chunks: [[StoredObject]] = []
    private(set) var count = 0

    /// The place of an object, or of where it would go.
    fileprivate struct Place {
        var chunk: Int
        var offset: Int
    }

    subscript(path: String) -> StoredObject? {
        let place = lowerBound(path)
        guard place.chunk < chunks.count, place.offset < chunks[place.chunk].count else { return nil }
        let object = chunks[place.chunk][place.offset]
        return object.path == path ? object : nil
    }

    /// Adds an object or replaces the one at its path.
    mutating func insert(_ object: StoredObject) {
        guard !chunks.isEmpty else {
            chunks = [[object]]
            count = 1
            return
        }
        let place = lowerBound(object.path)
        if place.offset < chunks[place.chunk].count, chunks[place.chunk][place.offset].path == object.path {
            chunks[place.chunk][place.offset] = object
            return
        }
        chunks[place.chunk].insert(object, at: place.offset)
        count += 1
        if chunks[place.chunk].count > Self.chunkLimit { split(place.chunk, at: place.offset) }
    }

    mutating func remove(_ path: String) {
        let place = lowerBound(path)
        guard place.chunk < chunks.count, place.offset < chunks[place.chunk].count,
            chunks[place.chunk][place.offset].path == path
        else { return }
        chunks[place.chunk].remove(at: place.offset)
        count -= 1
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
    }

    /// Objects that arrive in order, as at start, fill chunks; others leave both halves room to grow.
    private mutating func split(_ index: Int, at offset: Int) {
        let isAppending = index == chunks.count - 1 && offset == chunks[index].count - 1
        let middle = isAppending ? offset : chunks[index].count / 2
        let tail = Array(chunks[index][middle...])
        chunks[index].removeSubrange(middle...)
        chunks.insert(tail, at: index + 1)
    }

    /// The first place whose path is not less than `path`. With objects present, its chunk always exists.
    private func lowerBound(_ path: String) -> Place {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if let first = chunks[middle].first, first.path <= path {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let chunk = Swift.max(low - 1, 0)
        guard chunk < chunks.count else { return Place(chunk: 0, offset: 0) }
        low = 0
        high = chunks[chunk].count
        while low < high {
            let middle = (low + high) / 2
            if chunks[chunk][middle].path < path { low = middle + 1 } else { high = middle }
        }
        return Place(chunk: chunk, offset: low)
    }
}

extension SortedObjects: Sequence {
    /// Goes through the objects in order, from a path on.
    struct Iterator: IteratorProtocol {
        fileprivate let chunks: [[StoredObject]]
        fileprivate var place: Place

        mutating func next() -> StoredObject? {
            while place.chunk < chunks.count {
                if place.offset < chunks[place.chunk].count {
                    defer { place.offset += 1 }
                    return chunks[place.chunk][place.offset]
                }
                place = Place(chunk: place.chunk + 1, offset: 0)
            }
            return nil
        }
    }

    func makeIterator() -> Iterator { Iterator(chunks: chunks, place: Place(chunk: 0, offset: 0)) }

    /// The objects from `path` on, that path included.
    func makeIterator(from path: String) -> Iterator { Iterator(chunks: chunks, place: lowerBound(path)) }

    var underestimatedCount: Int { count }
}
