import Glibc
import Synchronization

/// Deletes directories in two steps: they vanish from their place at once and whole, and are emptied after that.
///
/// So a crash never leaves half a directory where a whole one is expected, and two tasks that delete the same
/// one do not meet.
struct Trash: Sendable {
    private static let numbers = Atomic<Int>(0)

    let path: String

    /// Deletes a file or directory; it is no failure that there is none.
    func discard(_ item: String) throws(SystemCallFailure) {
        guard Disk.exists(item) else { return }
        try Disk.makeDirectory(path, mode: 0o700)
        let number = Self.numbers.add(1, ordering: .relaxed).newValue
        let place = "\(path)/\(getpid())-\(number)"
        if rename(item, place) < 0 {
            if errno == ENOENT { return }
            throw SystemCallFailure("rename", item)
        }
        try Disk.remove(place)
    }

    /// Deletes what a crash has left.
    func empty() throws(SystemCallFailure) { try Disk.remove(path) }
}
