public import Manifest
import Synchronization

/// What happened in a demonstration, when, and what proves it.
public final class DemoTimeline: Sendable {
    /// One step that did what it should.
    public struct Entry: Sendable, Hashable {
        /// The act that the step belongs to.
        public var act: String
        /// What should happen.
        public var name: String
        /// Since the demonstration began.
        public var at: Duration
        /// Since the step began.
        public var took: Duration
        /// What shows that it did.
        public var proof: String
    }

    private struct State {
        var act = ""
        var entries: [Entry] = []
        var isComplete = false
    }

    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void) {
        start = clock.now
        self.write = write
    }

    /// The steps so far, in their order.
    public var entries: [Entry] { state.withLock { $0.entries } }
    /// Whether every step did what it should.
    public var isComplete: Bool { state.withLock { $0.isComplete } }
    var elapsed: Duration { start.duration(to: clock.now) }

    func begin(_ act: String) {
        state.withLock { $0.act = act }
        write("\n\(act)\n")
    }

    /// Says that every step did what it should.
    func complete() {
        state.withLock { $0.isComplete = true }
        begin("All steps did what they should, in \(Self.seconds(elapsed).drop { $0 == " " }).")
    }

    /// Does a step and tells how long it took and what proves it.
    @discardableResult
    func step<Answer>(
        _ name: String, _ body: () async throws -> (Answer, proof: String)
    ) async throws -> Answer {
        let before = elapsed
        do {
            let (answer, proof) = try await body()
            note(name, since: before, proof)
            return answer
        } catch let error as CancellationError {
            throw error
        } catch {
            throw DemoFailure("\(name): \(error)")
        }
    }

    func note(_ name: String, since before: Duration, _ proof: String) {
        let at = elapsed
        state.withLock { state in
            state.entries.append(
                Entry(act: state.act, name: name, at: at, took: at - before, proof: proof))
        }
        write("\(Self.seconds(at)) +\(Self.seconds(at - before))  \(name)\n")
        if !proof.isEmpty { write("                   \(proof)\n") }
    }

    func say(_ text: String) { write("                   \(text)\n") }

    static func seconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        let text = "\(tenths / 10).\(tenths % 10)s"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }

    /// The entries for programs: milliseconds since the beginning, and of each step.
    public var value: Value {
        func milliseconds(_ duration: Duration) -> Value { .integer(Int64(duration / .milliseconds(1))) }
        return .array(
            entries.map { entry in
                [
                    "act": .string(entry.act), "step": .string(entry.name), "at": milliseconds(entry.at),
                    "took": milliseconds(entry.took), "proof": .string(entry.proof),
                ]
            })
    }
}
