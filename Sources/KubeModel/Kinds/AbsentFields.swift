import Manifest
import Synchronization

/// The fields of structs that are always written, found once for each type.
final class AbsentFields: Sendable {
    private let known = Mutex<[String: [(name: String, value: Value)]]>([:])

    func fields(of definition: String) -> [(name: String, value: Value)]? {
        known.withLock { $0[definition] }
    }

    func keep(_ fields: [(name: String, value: Value)], of definition: String) {
        known.withLock { $0[definition] = fields }
    }
}
