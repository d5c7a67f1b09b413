import Dispatch
import Synchronization

/// Threads for work that blocks, so that the tasks of the rest of the program go on meanwhile.
struct BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// The queue on which files are read and written.
    static let files = BlockingQueue(label: "slipway.oci.files")

    init(label: String) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// The result of `work`, which may block.
    func run<T: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> T
    ) async throws(Failure) -> T {
        let result: Result<T, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// The result of long work, which is told through `CancellationFlag` that nobody waits for it any more.
    ///
    /// - Throws: what `work` throws; `CancellationError` where the task was cancelled.
    func runCancellable<T: Sendable>(
        _ work: @escaping @Sendable (CancellationFlag) throws -> T
    ) async throws -> T {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await run { () throws -> T in try work(flag) }
        } onCancel: {
            flag.cancel()
        }
    }
}

/// Tells work on another thread that it should stop.
final class CancellationFlag: Sendable {
    private let isCancelled = Atomic(false)

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError`.
    func check() throws(CancellationError) {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}
