import KubeModel

/// When a failed request is sent again, and after how long.
///
/// A request that changes something is repeated only where the server cannot have acted on it, or says itself
/// that it should be sent again.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most.
    public var maximumAttempts: Int
    /// The delays where the server names none.
    public var backoff: Backoff
    /// The longest delay a server can ask for; where it asks for more, the failure is thrown.
    public var maximumRetryAfter: Duration

    /// So many attempts at most, with waits between them.
    public init(
        maximumAttempts: Int = 6, backoff: Backoff = .request, maximumRetryAfter: Duration = .seconds(60)
    ) {
        self.maximumAttempts = maximumAttempts
        self.backoff = backoff
        self.maximumRetryAfter = maximumRetryAfter
    }

    /// Sends every request once.
    public static let never = RetryPolicy(maximumAttempts: 1)

    /// How long to wait before sending the request again, nil where the failure counts.
    ///
    /// - Parameters:
    ///   - attempts: how often it was sent, from 1.
    ///   - isRepeatable: whether the outcome is the same however often the server sees the request.
    ///   - random: a number of 0 ..< 1 for the jitter.
    public func delay(
        after error: any Error, attempts: Int, isRepeatable: Bool, random: Double
    ) -> Duration? {
        guard attempts < maximumAttempts else { return nil }
        let ownDelay = backoff.delay(failures: attempts, random: random)
        switch error {
        case let error as KubeClientError:
            let canRepeat = error.code == .unreachable || (error.code == .connectionLost && isRepeatable)
            return canRepeat ? ownDelay : nil
        case let error as APIError where error.code == 429 || error.code >= 500:
            // These say that nothing was done; other failures leave it open.
            let isRefusal = error.code == 429 || error.code == 503 || error.isFailure(.serverTimeout)
            guard isRepeatable || (isRefusal && (error.code == 429 || error.retryAfter != nil)) else {
                return nil
            }
            guard let asked = error.retryAfter else { return ownDelay }
            return asked <= maximumRetryAfter ? asked + ownDelay : nil
        default: return nil
        }
    }
}
