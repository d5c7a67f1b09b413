/// Decides what an upload in chunks does next; the client does it and reports what came of it.
///
/// A cut connection costs at most the chunk that was on its way: the registry is asked how much it has, and the upload
/// goes on from there. A session the registry has forgotten is begun again.
struct ChunkedUpload: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        /// Begin a session.
        case open
        /// Send these bytes.
        case send(Range<Int64>)
        /// Ask the registry how much it has.
        case askStatus
        /// Say that all has been sent, with the digest.
        case finish
        /// Look whether the blob is there after all.
        case probe
        case done
        /// More failures in a row than are allowed.
        case fail
    }

    let size: Int64
    private let attempts: Int
    private var chunk: Int64
    private var hasTriedToFinish = false
    /// The bytes the registry has for certain.
    private(set) var offset: Int64 = 0
    /// Failures since the last progress.
    private(set) var failures = 0
    private(set) var next: Step = .open

    init(size: Int64, chunk: Int64, attempts: Int) {
        self.size = size
        self.chunk = max(chunk, 1)
        self.attempts = attempts
    }

    /// A session is open; chunks other than the last must have at least so many bytes.
    mutating func opened(minimumChunk: Int64?) {
        offset = 0
        if let minimumChunk { chunk = max(chunk, minimumChunk) }
        proceed()
    }

    /// The registry has confirmed bytes up to an offset.
    mutating func accepted(upTo offset: Int64) {
        guard offset > self.offset, offset <= size else { return interrupted() }
        self.offset = offset
        failures = 0
        proceed()
    }

    /// No answer came, or one that asks to try again.
    mutating func interrupted() {
        failures += 1
        next = failures >= attempts ? .fail : (next == .open ? .open : (next == .probe ? .probe : .askStatus))
    }

    /// The registry says how much it has.
    mutating func reported(offset: Int64) {
        guard (0...size).contains(offset) else { return lost() }
        if offset > self.offset { failures = 0 }
        self.offset = offset
        proceed()
    }

    /// The registry does not know the session, or has it in a state that cannot go on.
    mutating func lost() {
        failures += 1
        // The answer to a last request may have been cut after it had worked.
        next = failures >= attempts ? .fail : (hasTriedToFinish ? .probe : .open)
        hasTriedToFinish = false
    }

    /// The registry has the blob.
    mutating func finished() { next = .done }

    /// The registry does not have the blob.
    mutating func absent() { next = .open }

    private mutating func proceed() {
        if offset < size {
            next = .send(offset..<min(offset + chunk, size))
        } else {
            next = .finish
            hasTriedToFinish = true
        }
    }
}
