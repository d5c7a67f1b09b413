/// How long what has failed waits for its next try.
///
/// As upstream's `flowcontrol.Backoff`: the wait doubles from `base` to `maximum`, and what has been well for
/// `reset` begins anew.
struct RestartBackoff: Sendable, Hashable {
    struct Limits: Sendable, Hashable {
        var base = Duration.seconds(10)
        var maximum = Duration.seconds(300)
        var reset = Duration.seconds(600)
    }

    private var delay: Duration?
    /// When the last wait was over.
    private var since = Duration.zero

    /// The wait of what is tried again for the first time without one, as containers are: zero, 10 s, 20 s, ….
    mutating func waitToRestart(after failure: Duration, _ limits: Limits) -> Duration {
        guard let delay, failure - since <= limits.reset else {
            self.delay = limits.base
            since = failure
            return .zero
        }
        self.delay = min(delay * 2, limits.maximum)
        since = failure + delay
        return delay
    }

    /// The wait after a failure, the first one included: 10 s, 20 s, ….
    mutating func wait(after failure: Duration, _ limits: Limits) -> Duration {
        let next = delay.map { failure - since <= limits.reset ? min($0 * 2, limits.maximum) : limits.base }
        let wait = next ?? limits.base
        delay = wait
        since = failure + wait
        return wait
    }

    /// When the last wait that was given is over.
    var end: Duration { since }
}
