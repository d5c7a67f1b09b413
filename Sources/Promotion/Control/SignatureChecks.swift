import KubeClient
import KubeModel
import Logging
import Synchronization

/// Checks the signatures of images beside the looks at services: a registry that is slow, or away, keeps nothing
/// waiting but the promotion that needs it.
final class SignatureChecks: Sendable {
    /// Who signed the image, where that is known, or why it goes nowhere.
    typealias Answer = Result<String?, PromotionError>

    private struct Request: Sendable {
        let key: String
        let release: String
        let spec: ReleaseSpec
        let service: String
    }

    private struct State: Sendable {
        /// What was last found out about releases, by their names.
        var releases: [String: (answer: Answer, at: Duration)] = [:]
        /// What was found out for promotions that are about to be written, by their names.
        var promotions: [String: Answer] = [:]
        var asked: Set<String> = []
    }

    private let verifier: any DigestVerifier
    private let timeline: Timeline
    /// How long what was not found out, or does not hold, is believed.
    private let retryInterval: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let requests: AsyncStream<Request>
    private let inlet: AsyncStream<Request>.Continuation
    /// How many are checked at once.
    private static let concurrency = 8
    private static let limit = 20_000

    init(verifier: any DigestVerifier, timeline: Timeline, retryInterval: Duration, logger: Logger) {
        self.verifier = verifier
        self.timeline = timeline
        self.retryInterval = retryInterval
        self.logger = logger
        (requests, inlet) = AsyncStream.makeStream()
    }

    // MARK: Asking

    /// What is known of a release's signature.
    ///
    /// - Parameter isWanted: whether it is about to go somewhere, so that what is not known has to be found out.
    func signature(
        of release: String, _ spec: ReleaseSpec, service: String, isWanted: Bool
    ) -> LineFacts.Signature {
        let now = timeline.now
        let known = state.withLock { $0.releases[release] }
        if isWanted {
            switch known?.answer {
            case .success: break
            case .failure where known.map { now - $0.at < retryInterval } == true: break
            case .failure, nil: ask(Request(key: "", release: release, spec: spec, service: service))
            }
        }
        switch known?.answer {
        case .success: return .valid
        case .failure(let error) where error.code == .unavailable: return .unavailable(error.message)
        case .failure(let error): return .refused(error.message)
        case nil: return .unknown
        }
    }

    /// Who signed a release, as far as that was found out before.
    func signer(of release: String) -> String? {
        state.withLock { try? $0.releases[release]?.answer.get() }
    }

    /// The answer of a check that began once a promotion was to be written; nil while it is under way. It is given
    /// once: another try is another check.
    func answer(
        for promotion: String, of release: String, _ spec: ReleaseSpec, service: String
    ) -> Answer? {
        if let answer = state.withLock({ $0.promotions.removeValue(forKey: promotion) }) { return answer }
        ask(Request(key: promotion, release: release, spec: spec, service: service))
        return nil
    }

    private func ask(_ request: Request) {
        let isNew = state.withLock { $0.asked.insert("\(request.release)/\(request.key)").inserted }
        if isNew { inlet.yield(request) }
    }

    // MARK: Answering

    /// Checks what is asked for until the task is cancelled. To be run once.
    ///
    /// - Parameter answered: told the service that an answer is for.
    func run(_ answered: @escaping @Sendable (String) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await request in requests {
                if running == Self.concurrency {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask {
                    guard let answer = await self.check(request) else { return }
                    self.note(answer, request)
                    answered(request.service)
                }
            }
            group.cancelAll()
        }
    }

    /// - Returns: nil where the task was cancelled.
    private func check(_ request: Request) async -> Answer? {
        do {
            return .success(try await verifier.verify(request.spec))
        } catch let error as PromotionError {
            if error.code != .unavailable {
                logger.warning(
                    "a release's signature does not hold",
                    metadata: ["release": "\(request.release)", "error": "\(error)"])
            }
            return .failure(error)
        } catch is CancellationError {
            return nil
        } catch {
            return .failure(PromotionError(.unsigned, "\(error)"))
        }
    }

    private func note(_ answer: Answer, _ request: Request) {
        let now = timeline.now
        state.withLock { state in
            if state.releases.count > Self.limit { state.releases = [:] }
            if state.promotions.count > Self.limit { state.promotions = [:] }
            state.asked.remove("\(request.release)/\(request.key)")
            state.releases[request.release] = (answer, now)
            if !request.key.isEmpty { state.promotions[request.key] = answer }
        }
    }
}
