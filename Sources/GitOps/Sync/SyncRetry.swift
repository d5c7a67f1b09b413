public import KubeModel
public import Manifest

/// When a sync that failed is tried again: `syncPolicy.retry`.
public struct SyncRetry: Sendable, Hashable {
    /// How often at most; nil without end.
    public var limit: Int?
    /// The first pause.
    public var base: Duration
    /// By what each pause is longer than the one before.
    public var factor: Int
    /// The longest pause.
    public var maximum: Duration
    /// Whether a retry takes the newest revision instead of the one that failed.
    public var refreshes: Bool

    /// Reads a policy, of which any part may be missing.
    ///
    /// - Parameters:
    ///   - value: `retry` of the sync policy or of an operation, nil where there is none.
    ///   - isAutomated: whether nobody asked for the sync; then it is tried five times, else once, as in Argo CD.
    public init(_ value: Value?, isAutomated: Bool) {
        let given = value?["limit"]?.integerValue ?? (isAutomated ? 5 : 0)
        limit = given < 0 ? nil : Int(clamping: given)
        let backoff = value?["backoff"]
        base = backoff?["duration"]?.stringValue.flatMap { Duration(kubernetes: $0) } ?? .seconds(5)
        maximum = backoff?["maxDuration"]?.stringValue.flatMap { Duration(kubernetes: $0) } ?? .seconds(180)
        factor = max(1, Int(clamping: backoff?["factor"]?.integerValue ?? 2))
        refreshes = value?["refresh"]?.boolValue ?? false
    }

    /// When to try again, nil where it was tried often enough.
    ///
    /// The first wait is `duration`. Argo CD counts the attempt before it computes the wait, so that its first one is
    /// `duration × factor` although its message announces `duration`.
    ///
    /// - Parameter failures: the attempts that failed, from 1.
    public func nextAttempt(failures: Int, failedAt: Timestamp) -> Timestamp? {
        if let limit, failures > limit { return nil }
        var delay = base
        // A pause that would exceed the longest one is not computed: it may exceed what a Duration holds.
        for _ in 1..<max(failures, 1) where delay < maximum {
            delay = delay > maximum / factor ? maximum : delay * factor
        }
        return failedAt.advanced(by: min(delay, maximum))
    }
}

extension Duration {
    /// Reads a duration as Go writes it: `5s`, `1m30s`, `1h`, `250ms`; a bare number is seconds. Nil for anything else,
    /// and for more than 30,000 years.
    public init?(kubernetes text: String) {
        if let seconds = Int64(text) {
            guard seconds.magnitude < 1_000_000_000_000 else { return nil }
            self = .seconds(seconds)
            return
        }
        let units: [(String, Double)] = [
            ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("h", 3600), ("m", 60), ("s", 1),
        ]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            rest = rest.dropFirst(unit.0.count)
            total += number * unit.1
        }
        guard total.isFinite, total < 1e12 else { return nil }
        self = .milliseconds(Int64(total * 1000))
    }
}
