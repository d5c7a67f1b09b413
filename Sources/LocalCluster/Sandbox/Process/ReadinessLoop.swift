import CSandbox
import Glibc
import Synchronization

/// One thread that waits for descriptors: processes that end, pipes that fill, directories that change.
///
/// Dispatch sources would do the same, but their epoll backend takes the end of input that comes together with
/// input as two events of one source, and crashes on the second once the first has cancelled it. A process that
/// is reaped while it is waited for always ends so.
final class ReadinessLoop: Sendable {
    static let shared = ReadinessLoop()

    /// Called on the loop's thread when there is something to read; whether to go on watching.
    typealias Handler = @Sendable () -> Bool

    private struct Watched {
        /// A descriptor of our own, since the kernel knows each one once only.
        let file: OpenFile
        let handler: Handler
    }

    private struct State {
        var watched: [UInt64: Watched] = [:]
        var next: UInt64 = 0
    }

    /// An interest in a descriptor, to be cancelled by whoever loses it.
    struct Watch: Sendable {
        fileprivate let number: UInt64

        /// The handler is not called any more, but a call may be under way.
        func cancel() { ReadinessLoop.shared.remove(number) }
    }

    private let epoll: Int32
    private let state = Mutex(State())

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        var thread = pthread_t()
        // The loop lives as long as the program.
        let error = pthread_create(&thread, nil, { _ in ReadinessLoop.shared.run() }, nil)
        precondition(epoll >= 0 && error == 0, "a program that cannot wait for anything cannot go on")
        pthread_detach(thread)
    }

    /// Watches a descriptor, which may be closed meanwhile.
    ///
    /// - Throws: `SystemCallFailure` where the machine has no more descriptors.
    func watch(_ file: OpenFile, _ handler: @escaping Handler) throws(SystemCallFailure) -> Watch {
        let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemCallFailure("dup", "descriptor \(file.descriptor)") }
        let watched = Watched(file: OpenFile(owning: copy), handler: handler)
        let number = state.withLock { state in
            state.next += 1
            state.watched[state.next] = watched
            return state.next
        }
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = number
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, copy, &event) == 0 else {
            let failure = SystemCallFailure("epoll_ctl", "descriptor \(file.descriptor)")
            remove(number)
            throw failure
        }
        return Watch(number: number)
    }

    private func remove(_ number: UInt64) {
        // Closed outside of the lock, and taken from the set before: others may share what it refers to.
        let watched = state.withLock { $0.watched.removeValue(forKey: number) }
        if let watched { epoll_ctl(epoll, EPOLL_CTL_DEL, watched.file.descriptor, nil) }
    }

    private func run() -> Never {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), -1)
            for event in events.prefix(max(0, Int(count))) {
                // One that was cancelled meanwhile is not in the table any more; numbers are never used again.
                let number = event.data.u64
                guard let watched = state.withLock({ $0.watched[number] }) else { continue }
                if !watched.handler() { remove(number) }
            }
        }
    }
}
