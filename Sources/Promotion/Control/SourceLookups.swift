import KubeClient
import Logging
import Synchronization

/// Asks the histories of the services' own repositories beside the looks at services: one that is large, slow or does not
/// answer keeps only what its own promotions need waiting, and no rollback.
///
/// Of one repository one question is asked at a time, so that a few that hang leave the rest their turn.
final class SourceLookups: Sendable {
    private struct Question: Sendable, Hashable {
        let repository: String
        /// The commit that was there; nil for none.
        let base: String?
        let commit: String
        /// Whether it is asked only whether the commit came before the base.
        let isAncestry: Bool
    }

    private enum Answer: Sendable {
        case change(SourceChange)
        case ancestry(Bool?)
        case failure(PromotionError, at: Duration)
    }

    private struct State: Sendable {
        var answers: [Question: Answer] = [:]
        /// How many commits the answers name, and one for each answer.
        var weight = 0
        /// What is to be asked of each repository, oldest first, and for which services.
        var waiting: [String: [Question]] = [:]
        var services: [Question: Set<String>] = [:]
    }

    private let sources: any SourceHistory
    private let timeline: Timeline
    /// How long what could not be found out is believed.
    private let retryInterval: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let asked: AsyncStream<String>
    private let inlet: AsyncStream<String>.Continuation
    /// How many repositories are asked at once.
    private static let concurrency = 8
    /// How much of the answers is kept: thousands of services may wait at once, and what is forgotten is asked again.
    private static let weightLimit = 500_000

    init(_ sources: any SourceHistory, timeline: Timeline, retryInterval: Duration, logger: Logger) {
        self.sources = sources
        self.timeline = timeline
        self.retryInterval = retryInterval
        self.logger = logger
        (asked, inlet) = AsyncStream.makeStream()
    }

    // MARK: Asking

    /// What lies between two commits; nil while that is being looked up.
    func change(
        in repository: String, from base: String?, to commit: String, for service: String
    ) -> Result<SourceChange, PromotionError>? {
        let question = Question(repository: repository, base: base, commit: commit, isAncestry: false)
        switch answer(to: question, for: service) {
        case .change(let change): return .success(change)
        case .failure(let error, _): return .failure(error)
        case .ancestry, nil: return nil
        }
    }

    /// Whether a commit is another or came before it, false also where that cannot be told; nil while that is being
    /// looked up.
    func isAncestor(
        _ commit: String, of other: String, in repository: String, for service: String
    ) -> Bool? {
        let question = Question(repository: repository, base: other, commit: commit, isAncestry: true)
        guard case .ancestry(let answer)? = answer(to: question, for: service) else { return nil }
        return answer == true
    }

    /// The answer, as far as it is known; asks where it is not, or is too old.
    private func answer(to question: Question, for service: String) -> Answer? {
        let now = timeline.now
        let (answer, isNew) = state.withLock { state -> (Answer?, Bool) in
            let known = state.answers[question]
            switch known {
            case .change, .ancestry: return (known, false)
            case .failure(_, let at) where now - at < retryInterval: return (known, false)
            case .failure, nil: break
            }
            let isNew = state.services[question] == nil
            state.services[question, default: []].insert(service)
            if isNew { state.waiting[question.repository, default: []].append(question) }
            return (known, isNew)
        }
        if isNew { inlet.yield(question.repository) }
        return answer
    }

    // MARK: Answering

    /// Asks until the task is cancelled. To be run once.
    ///
    /// - Parameter answered: told a service that has asked, once there is an answer.
    func run(_ answered: @escaping @Sendable (String) -> Void) async {
        let asked = asked
        let source = KeySource<String> { add in
            for await repository in asked { add(repository) }
        }
        let controller = Controller(
            "promotion-sources", Asking(lookups: self, answered: answered), sources: [source],
            concurrency: Self.concurrency, timeline: timeline, logger: logger)
        await controller.run()
    }

    /// Asks one repository whatever is to be asked of it.
    private struct Asking: Reconciler {
        let lookups: SourceLookups
        let answered: @Sendable (String) -> Void

        func reconcile(_ repository: String) async throws -> ReconcileResult {
            while let question = lookups.next(of: repository) {
                let answer = try await lookups.look(up: question)
                for service in lookups.note(answer, to: question) { answered(service) }
            }
            return .done
        }
    }

    private func next(of repository: String) -> Question? {
        state.withLock { state in
            guard let first = state.waiting[repository]?.first else { return nil }
            state.waiting[repository]?.removeFirst()
            if state.waiting[repository]?.isEmpty == true { state.waiting[repository] = nil }
            return first
        }
    }

    private func look(up question: Question) async throws -> Answer {
        let (repository, base, commit) = (question.repository, question.base, question.commit)
        if question.isAncestry {
            return .ancestry(await sources.isAncestor(commit, of: base ?? "", in: repository))
        }
        do {
            return .change(try await sources.change(in: repository, from: base, to: commit))
        } catch {
            try Task.checkCancellation()
            let message = "who wrote \(commit.prefix(10)) of \(repository) cannot be told: \(error)"
            return .failure(PromotionError(.unavailable, message), at: timeline.now)
        }
    }

    /// - Returns: the services that have asked.
    private func note(_ answer: Answer, to question: Question) -> Set<String> {
        state.withLock { state in
            if state.weight > Self.weightLimit { (state.answers, state.weight) = ([:], 0) }
            state.answers[question] = answer
            if case .change(let change) = answer { state.weight += change.commits.count }
            state.weight += 1
            return state.services.removeValue(forKey: question) ?? []
        }
    }
}
