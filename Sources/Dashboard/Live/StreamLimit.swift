import Synchronization

/// Counts the pages that are kept up to date, so that their number stays bounded.
final class StreamLimit: Sendable {
    private struct State {
        var count = 0
        var bySession: [SessionID: Int] = [:]
    }

    private let whole: Int
    private let each: Int
    private let state = Mutex(State())

    init(whole: Int, each: Int) {
        self.whole = whole
        self.each = each
    }

    /// Takes a place; false where there is none. ``leave(_:)`` gives it back.
    func enter(_ session: SessionID) -> Bool {
        state.withLock { state in
            let own = state.bySession[session] ?? 0
            guard state.count < whole, own < each else { return false }
            state.count += 1
            state.bySession[session] = own + 1
            return true
        }
    }

    /// Gives a place back.
    func leave(_ session: SessionID) {
        state.withLock { state in
            state.count -= 1
            let own = (state.bySession[session] ?? 1) - 1
            state.bySession[session] = own > 0 ? own : nil
        }
    }

    /// The streams there are.
    var count: Int { state.withLock { $0.count } }
}
