import Manifest
import OCI
import Synchronization

/// How much of an image is on this machine.
public struct PullProgress: Sendable, Hashable {
    /// The bytes that are here.
    public var bytes: Int64
    /// Those of the whole image, as they are sent.
    public var total: Int64

    /// Tells that so much of an image is here.
    public init(bytes: Int64, total: Int64) {
        (self.bytes, self.total) = (bytes, total)
    }

    /// The annotations by which a pod tells it to whoever waits for the pod.
    var annotations: Value {
        [
            "slipway.dev/pulled-bytes": .string(String(bytes)),
            "slipway.dev/image-bytes": .string(String(total)),
        ]
    }
}

/// Adds up the transfers of an image's parts.
final class PullTally: Sendable {
    private let parts = Mutex<[Digest: TransferProgress]>([:])

    /// What all transfers come to once one of them has moved on.
    func add(_ transfer: TransferProgress) -> PullProgress {
        parts.withLock { parts in
            parts[transfer.digest] = transfer
            return PullProgress(
                bytes: parts.values.reduce(0) { $0 + $1.done },
                total: parts.values.reduce(0) { $0 + $1.size })
        }
    }
}

/// Lets one in so much time pass, so that telling how far one is does not become the work.
final class Throttle: Sendable {
    private let interval: Duration
    private let last = Mutex<Duration?>(nil)

    init(_ interval: Duration) { self.interval = interval }

    /// Whether it is time again, by what a timeline shows.
    func isDue(_ now: Duration) -> Bool {
        last.withLock { last in
            if let last, now - last < interval { return false }
            last = now
            return true
        }
    }
}
