import Dispatch

/// A thread for work that blocks on the disk, one piece at a time.
struct FileQueue: Sendable {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    /// The result of `work`, which may block.
    func run<T: Sendable>(
        _ work: @escaping @Sendable () throws(SigstoreError) -> T
    ) async throws(SigstoreError) -> T {
        let result: Result<T, SigstoreError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(SigstoreError) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
