import Synchronization

/// Lets one side go on when the other has taken what it was given.
final class Turns: Sendable {
    private enum State {
        case idle
        /// The other side was faster.
        case granted(Int)
        case waiting(CheckedContinuation<Void, Never>)
        case ended
    }

    private let state = Mutex(State.idle)

    /// Returns once for each call of ``proceed()``, or when all is over. One task may wait.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goes = state.withLock { state in
                    switch state {
                    case .granted(let count):
                        state = count > 1 ? .granted(count - 1) : .idle
                        return true
                    case .ended: return true
                    case .idle, .waiting:
                        state = .waiting(continuation)
                        return false
                    }
                }
                if goes { continuation.resume() }
            }
        } onCancel: {
            end()
        }
    }

    func proceed() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            switch state {
            case .waiting(let continuation):
                state = .idle
                return continuation
            case .idle: state = .granted(1)
            case .granted(let count): state = .granted(count + 1)
            case .ended: break
            }
            return nil
        }
        waiter?.resume()
    }

    func end() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .ended }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiter?.resume()
    }
}
