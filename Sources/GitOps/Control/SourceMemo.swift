import KubeClient
import KubeModel
import Synchronization

/// The sources of applications, read once for each version of a spec.
///
/// Every commit asks which applications read from its repository. Their objects are kept as JSON, and to parse a
/// thousand of them for the sake of one would be most of the work.
final class SourceMemo: Sendable {
    private struct Entry {
        let uid: String
        let generation: Int64
        let source: ApplicationSource?
    }

    private let entries = Mutex<[ObjectKey: Entry]>([:])

    /// The source of an application as a cache keeps it; nil where it has none.
    func source(of object: CachedObject) -> ApplicationSource? {
        let known = entries.withLock { $0[object.key] }
        if let known, known.uid == object.uid, known.generation == object.generation { return known.source }
        let source = object.value.flatMap { Application($0).source }
        let entry = Entry(uid: object.uid, generation: object.generation, source: source)
        entries.withLock { $0[object.key] = entry }
        return source
    }

    /// Forgets what is not among the given applications.
    func retain(_ keys: Set<ObjectKey>) {
        entries.withLock { entries in entries = entries.filter { keys.contains($0.key) } }
    }
}
