public import Git
public import KubeClient
import KubeModel
public import Logging
import Manifest
import Synchronization

/// The one writer of a branch of the config repository.
///
/// Promotions are handed to it as typed intents. It applies those that wait to the branch's head, each as an exact edit
/// and a commit of its own, and moves the branch once for all of them. Where somebody else was faster, nothing of that
/// is used: the intents are applied to the new head. So promotions can neither conflict nor undo what others pushed.
///
///     let lane = PromotionLane(branch)
///     async let writing: Void = lane.run()
///     let landing = try await lane.submit(intent)
public final class PromotionLane: Sendable {
    /// How a lane works.
    public struct Settings: Sendable {
        /// The most promotions that one move of the branch brings.
        public var maximumBatch = 100
        /// Who the commits are by.
        public var author = "Slipway"
        /// The address of whoever the commits are by.
        public var email = "slipway@localhost"
        /// How often a repository that cannot be written is tried again before the promotions of a batch fail.
        public var attempts = 6
        /// How long is waited before that.
        public var backoff = Backoff(base: .milliseconds(50), maximum: .seconds(5))

        /// The settings of a lane for one repository.
        public init() {}
    }

    /// A promotion that is in git.
    public struct Landing: Sendable, Hashable {
        /// The commit that brought it.
        public var commit: ObjectID
        /// Whether git had it before it was asked for.
        public var wasPresent: Bool
    }

    /// What a lane has done since it began.
    public struct Counts: Sendable, Hashable {
        /// How many promotions are in git.
        public var landed = 0
        /// How many were not written.
        public var refused = 0
        /// How often the branch was moved.
        public var batches = 0
        /// How often somebody else was faster.
        public var lostRaces = 0
    }

    private struct Job: Sendable {
        let number: Int
        let intent: PromotionIntent
        let done: CheckedContinuation<Landing, any Error>
    }

    private struct State: Sendable {
        var jobs: [Job] = []
        var next = 0
        var isOpen = true
        var counts = Counts()
    }

    /// The branch that is written.
    public let branch: any ConfigBranch
    private let settings: Settings
    private let timeline: Timeline
    private let jitter: Jitter
    private let logger: Logger
    /// Says at the last moment why a promotion is not to be written.
    private let screen: @Sendable (PromotionIntent) -> PromotionError?
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// A lane that writes nothing until ``run()``.
    ///
    /// - Parameter screen: says of a promotion that is about to be written why it is not to be; asked on every head that
    ///   it is tried on, so it must be quick.
    public init(
        _ branch: any ConfigBranch, settings: Settings = Settings(), timeline: Timeline = .continuous,
        jitter: Jitter = Jitter(), logger: Logger = Logger(label: "promotion.lane"),
        screen: @escaping @Sendable (PromotionIntent) -> PromotionError? = { _ in nil }
    ) {
        self.branch = branch
        self.settings = settings
        self.timeline = timeline
        self.jitter = jitter
        self.logger = logger
        self.screen = screen
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What was done so far.
    public var counts: Counts { state.withLock { $0.counts } }

    /// Writes a promotion to git, together with others that wait.
    ///
    /// - Throws: ``PromotionError`` with code `changed`, `superseded`, `notFound` or `invalid`, or whatever the lane's
    ///   screen says, after which nothing was
    ///   written; `unavailable` where the repository cannot be written, or the lane has ended, so that it is not known
    ///   whether it was: asking again finds out.
    public func submit(_ intent: PromotionIntent) async throws -> Landing {
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = state.withLock { state in
                guard state.isOpen else { return false }
                state.jobs.append(Job(number: state.next, intent: intent, done: continuation))
                state.next += 1
                return true
            }
            if isOpen {
                waker.yield()
            } else {
                continuation.resume(throwing: Self.ended)
            }
        }
    }

    private static let ended = PromotionError(
        .unavailable, "the promotion lane has ended; another process goes on")

    /// Writes what is submitted until the task is cancelled. To be run once, by one process at a time.
    public func run() async {
        var size = settings.maximumBatch
        for await _ in wakes {
            while !Task.isCancelled {
                let jobs = state.withLock { Array($0.jobs.prefix(size)) }
                if jobs.isEmpty { break }
                size = await write(jobs, size)
            }
        }
        let left = state.withLock { state in
            state.isOpen = false
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in left { job.done.resume(throwing: Self.ended) }
    }

    /// Where the time of an attempt goes.
    private struct Pace {
        /// What the promotions take, more the more there are.
        var promotions = Duration.zero
        /// What git takes, however many there are.
        var git = Duration.zero

        /// Of so many promotions, those that would take as long as git does.
        func even(of count: Int) -> Int {
            promotions > git ? Int(git / promotions * Double(count)) : count
        }
    }

    /// Writes a batch, and answers how large the next one may be.
    private func write(_ jobs: [Job], _ size: Int) async -> Int {
        var failures = 0
        while !Task.isCancelled {
            var pace = Pace()
            do {
                try await land(jobs, &pace)
                return min(size * 2, settings.maximumBatch)
            } catch let error as PromotionError where error.code == .moved {
                state.withLock { $0.counts.lostRaces += 1 }
                // A smaller batch is made faster, so that it is there before the next push; but one that takes less
                // than git itself brings less and is hardly there sooner.
                return max(1, jobs.count / 2, pace.even(of: jobs.count))
            } catch is ManifestError where jobs.count > 1 {
                // One of them cannot be written as wanted; alone, each shows whether it is the one.
                return 1
            } catch let error as ManifestError {
                finish(jobs, .failure(PromotionError(.invalid, error.description)))
                return size
            } catch {
                failures += 1
                logger.warning(
                    "the config repository cannot be written",
                    metadata: ["repository": "\(branch.name)", "error": "\(error)"])
                guard failures < settings.attempts else {
                    let message = "\(branch.name) cannot be written: \(error)"
                    finish(jobs, .failure(PromotionError(.unavailable, message)))
                    return size
                }
                let pause = settings.backoff.delay(failures: failures, random: jitter.next())
                try? await timeline.sleep(for: pause)
            }
        }
        return size
    }

    private func land(_ jobs: [Job], _ pace: inout Pace) async throws {
        let start = timeline.now
        guard let head = try await branch.head() else {
            let message = "\(branch.name) has no \(branch.reference) yet; push the services' files first"
            throw PromotionError(.unavailable, message)
        }
        var attempt = LaneAttempt(
            branch, head: head,
            author: .init(
                name: settings.author, email: settings.email, seconds: timeline.date.seconds),
            screen: screen)
        var outcomes: [LaneAttempt.Outcome] = []
        let begun = timeline.now
        for job in jobs { outcomes.append(try await attempt.apply(job.intent)) }
        try attempt.check()
        pace.promotions = timeline.now - begun
        defer { pace.git = timeline.now - start - pace.promotions }
        if !attempt.series.commits.isEmpty {
            try await attempt.series.write()
            let promotions = zip(jobs, outcomes).compactMap { job, outcome in
                if case .commit = outcome { job.intent.reason.promotion } else { nil }
            }
            try await branch.land(attempt.series, promotions: promotions)
            state.withLock { $0.counts.batches += 1 }
        }
        for (job, outcome) in zip(jobs, outcomes) {
            switch outcome {
            case .commit(let id): finish([job], .success(Landing(commit: id, wasPresent: false)))
            case .present(let id): finish([job], .success(Landing(commit: id, wasPresent: true)))
            case .refused(let error): finish([job], .failure(error))
            }
        }
    }

    /// Takes jobs from the queue and answers them.
    private func finish(_ jobs: [Job], _ result: Result<Landing, PromotionError>) {
        let numbers = Set(jobs.map(\.number))
        state.withLock { state in
            state.jobs.removeAll { numbers.contains($0.number) }
            if case .success = result {
                state.counts.landed += jobs.count
            } else {
                state.counts.refused += jobs.count
            }
        }
        for job in jobs { job.done.resume(with: result.mapError { $0 as any Error }) }
    }
}
