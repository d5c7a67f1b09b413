import KubeClient
import Logging
import Synchronization

/// Writes promotions to git beside the looks at services: a repository that is slow, or does not answer, holds no worker,
/// so that whoever goes back has users back at once.
final class LandingDesk: Sendable {
    /// Writes one promotion, and says what came of it.
    typealias Work = @Sendable () async throws -> LineEvent

    private struct Job: Sendable {
        let service: String
        let promotion: String
        let work: Work
    }

    private struct State: Sendable {
        /// The promotions that are being written, or whose end nobody has asked for yet.
        var underWay: Set<String> = []
        /// What came of promotions, by service, in the order in which it came.
        var ends: [String: [(promotion: String, event: LineEvent)]] = [:]
    }

    private let timeline: Timeline
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let inlet: AsyncStream<Job>.Continuation

    init(timeline: Timeline) {
        self.timeline = timeline
        (jobs, inlet) = AsyncStream.makeStream()
    }

    /// Whether a promotion has been handed in, and what came of it not been asked for.
    func isUnderWay(_ promotion: String) -> Bool { state.withLock { $0.underWay.contains(promotion) } }

    /// Has a promotion written; one that is under way is not written a second time.
    func submit(_ promotion: String, of service: String, _ work: @escaping Work) {
        let isNew = state.withLock { $0.underWay.insert(promotion).inserted }
        if isNew { inlet.yield(Job(service: service, promotion: promotion, work: work)) }
    }

    /// What has come of a service's promotions since this was last asked; it is told once.
    func events(of service: String) -> [LineEvent] {
        state.withLock { state in
            let ends = state.ends.removeValue(forKey: service) ?? []
            state.underWay.subtract(ends.map(\.promotion))
            return ends.map(\.event)
        }
    }

    /// Writes what is handed in until the task is cancelled. To be run once.
    ///
    /// - Parameter ended: told the service of which a promotion has come to an end.
    func run(_ ended: @escaping @Sendable (String) -> Void) async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask {
                    guard let event = await self.event(of: job) else { return }
                    self.state.withLock {
                        $0.ends[job.service, default: []].append((job.promotion, event))
                    }
                    ended(job.service)
                }
            }
            group.cancelAll()
        }
    }

    /// - Returns: nil where the task was cancelled, so that nothing is known.
    private func event(of job: Job) async -> LineEvent? {
        do {
            return try await job.work()
        } catch let error as PromotionError {
            return .refused(promotion: job.promotion, error, at: timeline.date)
        } catch is CancellationError {
            return nil
        } catch {
            let failure = PromotionError(.unavailable, "\(job.promotion) cannot be written: \(error)")
            return .refused(promotion: job.promotion, failure, at: timeline.date)
        }
    }
}
