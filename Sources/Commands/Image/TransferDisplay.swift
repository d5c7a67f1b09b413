import Foundation
import OCI
import Synchronization

/// One line on a terminal that tells how much of an image has been transferred; nothing where there is no terminal.
final class TransferDisplay: Sendable {
    private struct State {
        var blobs: [Digest: TransferProgress] = [:]
        var lastPercent: Int64 = -1
    }

    private let verb: String
    private let isShown: Bool
    private let state = Mutex(State())

    init(_ verb: String) {
        self.verb = verb
        isShown = isatty(STDERR_FILENO) == 1
    }

    func show(_ progress: TransferProgress) {
        guard isShown else { return }
        let line = state.withLock { state -> String? in
            state.blobs[progress.digest] = progress
            let done = state.blobs.values.reduce(0) { $0 + $1.done }
            let size = state.blobs.values.reduce(0) { $0 + $1.size }
            let percent = done * 100 / max(size, 1)
            guard percent != state.lastPercent else { return nil }
            state.lastPercent = percent
            let blobs = state.blobs.count
            return
                "\r\u{1b}[K\(verb) \(ImageSizeRule.megabytes(done)) of \(ImageSizeRule.megabytes(size)) in "
                + "\(blobs) \(blobs == 1 ? "blob" : "blobs")"
        }
        if let line { StandardStreams.writeError(line) }
    }

    /// Takes the line away.
    func end() {
        if isShown { StandardStreams.writeError("\r\u{1b}[K") }
    }
}
