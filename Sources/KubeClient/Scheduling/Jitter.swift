import Synchronization

/// Randomness for delays, so that clients that failed together do not come back together.
public final class Jitter: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// Draws from the generator given; a seeded one makes every delay repeatable.
    public init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// A number of 0 ..< 1.
    public func next() -> Double {
        generator.withLock { Double.random(in: 0..<1, using: &$0) }
    }
}
