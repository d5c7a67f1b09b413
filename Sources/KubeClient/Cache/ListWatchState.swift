import KubeModel

/// The decisions of a cache that lists a collection and then follows it, without requests and clocks.
///
/// The rules are those of client-go's reflector: continue from the last resource version seen as long as the
/// server knows it, list anew when it does not, and come back ever more slowly to a server that fails.
public struct ListWatchState: Sendable, Hashable {
    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// List the collection, then call ``ListWatchState/listed(at:)``.
        case list(Freshness)
        /// Watch with initial events, which stand for a list.
        case streamList
        /// Watch from the resource version on.
        case watch(after: String)
    }

    private enum Phase: Sendable, Hashable {
        case unlisted(Freshness)
        case following(String)
    }

    private var phase: Phase
    private var failures = 0
    /// Whether the current watch has told anything.
    private var hasProgress = false
    private var streamsLists: Bool
    private let backoff: Backoff

    /// A cache that knows nothing.
    ///
    /// - Parameter streamsLists: whether initial events are asked for instead of a list, until a server refuses.
    public init(streamsLists: Bool = false, backoff: Backoff = .connection) {
        phase = .unlisted(.any)
        self.streamsLists = streamsLists
        self.backoff = backoff
    }

    /// What to do next.
    public var step: Step {
        switch phase {
        case .unlisted(let freshness): streamsLists ? .streamList : .list(freshness)
        case .following(let version): .watch(after: version)
        }
    }

    /// Says that the collection is known as of the resource version.
    public mutating func listed(at version: String) {
        phase = .following(version)
        hasProgress = true
    }

    /// Says that a watch has told of a change or of a bookmark.
    public mutating func advanced(to version: String) {
        guard case .following = phase, !version.isEmpty else { return }
        phase = .following(version)
        hasProgress = true
        failures = 0
    }

    /// Says that a watch was ended by the server, as it does to every watch sooner or later.
    ///
    /// - Parameter wasShort: whether it was ended right away, as by a server that fails.
    /// - Returns: how long to wait before the next step.
    public mutating func ended(wasShort: Bool, random: Double) -> Duration {
        defer { hasProgress = false }
        guard wasShort, !hasProgress else { return .zero }
        return delay(random)
    }

    /// Says that a list or watch failed.
    ///
    /// - Returns: how long to wait before the next step.
    public mutating func failed(_ error: any Error, random: Double) -> Duration {
        defer { hasProgress = false }
        if let error = error as? APIError, error.isExpired {
            let wasFollowing = if case .following = phase { true } else { false }
            phase = .unlisted(.newest)
            return wasFollowing && failures == 0 ? countOnly() : delay(random)
        }
        if case .unlisted = phase, streamsLists, let error = error as? APIError,
            (400..<500).contains(error.code), error.code != 401, error.code != 403, error.code != 429
        {
            streamsLists = false
            return .zero
        }
        if let error = error as? KubeClientError, error.code == .malformedAnswer || error.code == .tooLarge {
            // The same bytes would come again from the same place.
            phase = .unlisted(.newest)
        }
        if let error = error as? APIError, error.isNotFound {
            // The resource is gone; it begins anew if it comes back.
            phase = .unlisted(.newest)
        }
        let asked = (error as? APIError)?.retryAfter ?? .zero
        return max(delay(random), min(asked, backoff.maximum))
    }

    private mutating func countOnly() -> Duration {
        failures += 1
        return .zero
    }

    private mutating func delay(_ random: Double) -> Duration {
        failures += 1
        return backoff.delay(failures: failures, random: random)
    }
}
