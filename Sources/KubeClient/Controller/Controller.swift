public import Logging

/// Calls a reconciler for every key that its sources tell, until its task is cancelled.
///
///     let controller = Controller("greeter", Greeter(client: client), sources: [.objects(of: configMaps)])
///     await controller.run()
///
/// Work begins when all sources know the present state. A key that fails comes again with growing delays, one
/// that fails terminally when something tells of it. Cancelling the task ends the sources, lets the calls in
/// progress see the cancellation, and waits for them.
public final class Controller<Work: Reconciler>: Sendable {
    /// What logs and metrics call it.
    public let name: String
    private let reconciler: Work
    private let sources: [KeySource<Work.Key>]
    private let concurrency: Int
    private let queue: WorkQueue<Work.Key>
    private let timeline: Timeline
    private let observer: ControllerObserver
    private let logger: Logger

    /// A controller at rest.
    ///
    /// - Parameters:
    ///   - name: what the controller is called in logs.
    ///   - concurrency: how many keys are worked on at once, at least 1.
    ///   - queue: the state the queue begins with, which carries its backoff.
    public init(
        _ name: String, _ reconciler: Work, sources: [KeySource<Work.Key>], concurrency: Int = 1,
        queue: WorkQueueState<Work.Key> = WorkQueueState(), timeline: Timeline = .continuous,
        jitter: Jitter = Jitter(), observer: ControllerObserver = ControllerObserver(),
        logger: Logger = Logger(label: "kube.controller")
    ) {
        precondition(concurrency >= 1, "a controller needs at least one worker")
        self.name = name
        self.reconciler = reconciler
        self.sources = sources
        self.concurrency = concurrency
        self.queue = WorkQueue(queue, timeline: timeline, jitter: jitter)
        self.timeline = timeline
        self.observer = observer
        self.logger = logger
    }

    /// The keys that wait for a worker.
    public var queueDepth: Int { queue.depth }

    /// Tells the controller of a key, besides what its sources tell.
    public func add(_ key: Work.Key) { queue.add(key) }

    /// Works until the task is cancelled. To be run once.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask { [queue] in await source.follow { queue.add($0) } }
            }
            do {
                for source in sources { try await source.waitUntilReady() }
            } catch {
                // Cancelled before there was anything to do.
                group.cancelAll()
                return
            }
            for _ in 0..<concurrency {
                group.addTask { await self.work() }
            }
        }
        queue.shutDown()
    }

    private func work() async {
        while !Task.isCancelled, let key = await queue.next() {
            let began = timeline.now
            let outcome = await reconcile(key)
            queue.done(key)
            observer.onReconciled(name, outcome, timeline.now - began)
        }
    }

    private func reconcile(_ key: Work.Key) async -> ControllerObserver.Outcome {
        do {
            let result = try await reconciler.reconcile(key)
            queue.forget(key)
            switch result {
            case .done: return .done
            case .requeue(let delay):
                queue.add(key, after: delay)
                return .requeued
            case .waiting(let dependency):
                log(.debug, "waiting", key, ["dependency": "\(dependency)"])
                return .waiting
            }
        } catch let error as TerminalError {
            queue.forget(key)
            log(.error, "reconciliation failed for good", key, ["error": "\(error)"])
            return .failedTerminally
        } catch {
            if Task.isCancelled { return .cancelled }
            queue.addAfterFailure(key)
            log(
                .warning, "reconciliation failed", key,
                ["error": "\(error)", "failures": "\(queue.failureCount(key))"])
            return .failed
        }
    }

    private func log(
        _ level: Logger.Level, _ message: Logger.Message, _ key: Work.Key, _ data: Logger.Metadata
    ) {
        let place: Logger.Metadata = ["controller": "\(name)", "key": "\(key)"]
        logger.log(level: level, message, metadata: place.merging(data) { first, _ in first })
    }
}

/// Is told how a controller fares, for metrics. The closures must not block.
public struct ControllerObserver: Sendable {
    /// How a call of a reconciler ended.
    public enum Outcome: String, Sendable {
        case done, requeued, waiting, failed, failedTerminally, cancelled
    }

    /// Called after every call of the reconciler with the controller's name and the time it took.
    public var onReconciled: @Sendable (_ controller: String, Outcome, Duration) -> Void = { _, _, _ in }

    /// The settings of a controller where nobody says otherwise.
    public init() {}
}
