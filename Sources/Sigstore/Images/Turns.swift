/// Lets tasks of this process that change the same thing do so one after another.
actor Turns {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs a body while no other task has the turn for the same key.
    func run<Result: Sendable>(
        _ key: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        if waiting[key] == nil {
            waiting[key] = []
        } else {
            await withCheckedContinuation { waiting[key, default: []].append($0) }
        }
        defer { pass(key) }
        return try await body()
    }

    private func pass(_ key: String) {
        guard var rest = waiting[key], !rest.isEmpty else {
            waiting[key] = nil
            return
        }
        let next = rest.removeFirst()
        waiting[key] = rest
        next.resume()
    }
}
