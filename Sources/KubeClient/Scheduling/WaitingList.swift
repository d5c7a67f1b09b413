import Synchronization

/// Tasks that wait for something to change, woken one by one in the order they came.
///
/// A task first takes a ticket, then looks whether there is something to do, then waits: a wake-up in between
/// is kept for it, so that none is lost. The list is searched from the front; it is meant for tens of tasks.
final class WaitingList: Sendable {
    /// What a task holds from before it looks until it has waited.
    struct Ticket: Sendable {
        fileprivate let number: UInt64
    }

    private enum Progress {
        /// Has its ticket and looks.
        case looking
        case waiting(CheckedContinuation<Void, Never>)
        /// Has been woken, maybe while it looked.
        case woken
    }

    private struct State {
        var tasks: [(number: UInt64, progress: Progress)] = []
        var nextNumber: UInt64 = 0

        func place(of ticket: Ticket) -> Int? { tasks.firstIndex { $0.number == ticket.number } }

        mutating func wake(at place: Int) -> CheckedContinuation<Void, Never>? {
            defer { tasks[place].progress = .woken }
            if case .waiting(let continuation) = tasks[place].progress { return continuation }
            return nil
        }
    }

    private let state = Mutex(State())

    /// Registers the caller.
    func ticket() -> Ticket {
        state.withLock { state in
            defer { state.nextNumber += 1 }
            state.tasks.append((state.nextNumber, .looking))
            return Ticket(number: state.nextNumber)
        }
    }

    /// Ends a ticket whose holder will look again or has nothing left to wait for.
    func discard(_ ticket: Ticket) {
        state.withLock { state in
            if let place = state.place(of: ticket) { state.tasks.remove(at: place) }
        }
    }

    /// Ends a ticket whose holder will not act on a wake-up; one that it already got goes to the next.
    func giveBack(_ ticket: Ticket) {
        let wasWoken = state.withLock { state in
            guard let place = state.place(of: ticket) else { return false }
            if case .woken = state.tasks.remove(at: place).progress { return true }
            return false
        }
        if wasWoken { wakeOne() }
    }

    /// Waits until the ticket is woken or the task is cancelled.
    func wait(_ ticket: Ticket) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard let place = state.place(of: ticket), case .looking = state.tasks[place].progress,
                        !Task.isCancelled
                    else { return false }
                    state.tasks[place].progress = .waiting(continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let place = state.place(of: ticket),
                    case .waiting(let continuation) = state.tasks[place].progress
                else { return nil }
                state.tasks[place].progress = .looking
                return continuation
            }
            continuation?.resume()
        }
    }

    /// Waits until the ticket is woken, the deadline passes or the task is cancelled.
    func wait(_ ticket: Ticket, until deadline: Duration?, on timeline: Timeline) async {
        guard let deadline else { return await wait(ticket) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(ticket) }
            // Thrown only on cancellation, which ends the wait as well.
            group.addTask { try? await timeline.sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Wakes the task that has been here longest and was not woken yet.
    func wakeOne() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let place = state.tasks.firstIndex {
                if case .woken = $0.progress { false } else { true }
            }
            return place.flatMap { state.wake(at: $0) }
        }
        continuation?.resume()
    }

    /// Wakes every task.
    func wakeAll() {
        let continuations = state.withLock { state in
            state.tasks.indices.compactMap { state.wake(at: $0) }
        }
        for continuation in continuations { continuation.resume() }
    }
}
