import Synchronization

/// Counts the pages that are kept up to date, so that their number stays bounded, and no user takes all places.
final class StreamLimit: Sendable {
    private struct State {
        var count = 0
        var byUser: [String: Int] = [:]
    }

    private let whole: Int
    private let each: Int
    private let state = Mutex(State())

    init(whole: Int, each: Int) {
        self.whole = whole
        self.each = each
    }

    /// Takes a place; false where there is none. ``leave(_:)`` gives it back.
    func enter(_ user: String) -> Bool {
        state.withLock { state in
            let own = state.byUser[user] ?? 0
            guard state.count < whole, own < each else { return false }
            state.count += 1
            state.byUser[user] = own + 1
            return true
        }
    }

    /// Gives a place back.
    func leave(_ user: String) {
        state.withLock { state in
            state.count -= 1
            let own = (state.byUser[user] ?? 1) - 1
            state.byUser[user] = own > 0 ? own : nil
        }
    }

    /// The streams there are.
    var count: Int { state.withLock { $0.count } }
}
