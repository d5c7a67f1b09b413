/// Does a number of like things in growing batches: 1, 2, 4, … at a time, until one fails.
///
/// A cause that makes all of them fail, such as a quota, then costs one failed request and not hundreds (upstream:
/// `slowStartBatch`).
enum SlowStart {
    /// What came of it.
    struct Outcome {
        var succeeded = 0
        /// The first failure; things that were not tried after it are neither succeeded nor failed.
        var failure: (any Error)?
    }

    static func run(
        count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Outcome {
        var outcome = Outcome()
        var begun = 0
        var batch = 1
        while begun < count, outcome.failure == nil {
            try Task.checkCancellation()
            let range = begun..<min(count, begun + batch)
            let results = await withTaskGroup(of: (any Error)?.self) { group in
                for index in range {
                    group.addTask {
                        do {
                            try await body(index)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                var results: [(any Error)?] = []
                for await result in group { results.append(result) }
                return results
            }
            for result in results {
                if let result { outcome.failure = outcome.failure ?? result } else { outcome.succeeded += 1 }
            }
            begun = range.upperBound
            batch *= 2
        }
        return outcome
    }
}
