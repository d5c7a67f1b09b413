import KubeModel
public import Logging
import Manifest
import Synchronization

/// Does something while no other process does it: takes the lead of a `Lease`, works, and renews it.
///
///     try await LeaderElector(client, lease: "slipway-gitops", namespace: "slipway", identity: pod).run {
///         await controller.run()
///     }
///
/// See ``LeaderElectionState`` for what is promised. The work must end soon after its task is cancelled: when
/// the lease cannot be renewed, another process begins after `leaseDuration` − `renewDeadline`.
public struct LeaderElector: Sendable {
    private let client: KubeClient
    private let name: String
    private let namespace: String
    private let identity: String
    private let settings: LeaderElectionState.Settings
    private let logger: Logger

    /// A candidate that has not begun.
    ///
    /// - Parameters:
    ///   - lease: the name of the lease, which is created where it does not exist.
    ///   - identity: what tells this process from all other candidates, such as the pod's name with its uid.
    public init(
        _ client: KubeClient, lease: String, namespace: String, identity: String,
        settings: LeaderElectionState.Settings = .init(), logger: Logger = Logger(label: "kube.leader")
    ) {
        var client = client
        // A candidate has its own rhythm; a request that fails is the next attempt's matter.
        client.settings.retry = .never
        self.client = client
        name = lease
        self.namespace = namespace
        self.identity = identity
        self.settings = settings
        self.logger = logger
    }

    /// Waits for the lead, does the work, and gives the lead back.
    ///
    /// - Returns: what the work returns.
    /// - Throws: what the work throws; ``KubeClientError`` with code `leadershipLost` where the lease could not
    ///   be renewed in time, after the work has ended; `CancellationError` while waiting for the lead.
    public func run<Answer: Sendable>(
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let candidate = Candidate(
            client: client, name: name, namespace: namespace,
            state: LeaderElectionState(identity: identity, settings: settings))
        try await candidate.acquire()
        logger.info("leading", metadata: ["lease": "\(name)", "identity": "\(identity)"])
        do {
            let answer = try await lead(candidate, work)
            await candidate.release()
            return answer
        } catch {
            logger.info("no longer leading", metadata: ["lease": "\(name)", "error": "\(error)"])
            await candidate.release()
            throw error
        }
    }

    private func lead<Answer: Sendable>(
        _ candidate: Candidate, _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await candidate.renew()
                return nil
            }
            defer { group.cancelAll() }
            if let answer = try await group.next() ?? nil { return answer }
            group.cancelAll()
            // The work has to end before others may begin; how it ends no longer counts.
            _ = try? await group.next()
            throw KubeClientError(
                .leadershipLost,
                "\(identity) lost the lease \(namespace)/\(name): it could not be renewed within "
                    + "\(settings.renewDeadline) or was taken by \(candidate.holder ?? "nobody")")
        }
    }
}

/// One run of a candidate: performs the steps its state decides on.
private final class Candidate: Sendable {
    private struct Progress {
        var state: LeaderElectionState
        /// The lease as it was last read or written; nil where there is none.
        var lease: Value?
    }

    private let client: KubeClient
    private let name: String
    private let namespace: String
    private let progress: Mutex<Progress>

    init(client: KubeClient, name: String, namespace: String, state: LeaderElectionState) {
        self.client = client
        self.name = name
        self.namespace = namespace
        progress = Mutex(Progress(state: state, lease: nil))
    }

    var holder: String? { progress.withLock { $0.state.holder } }

    private var now: Duration { client.timeline.now }

    /// Returns when the candidate leads.
    ///
    /// - Throws: `CancellationError`.
    func acquire() async throws {
        while !progress.withLock({ [now] in $0.state.isLeader(now: now) }) { _ = try await performStep() }
    }

    /// Returns when the lead is lost.
    ///
    /// - Throws: `CancellationError`.
    func renew() async throws {
        while try await performStep() {}
    }

    /// Does what is next; answers false where that is to step down.
    private func performStep() async throws -> Bool {
        try Task.checkCancellation()
        let random = client.jitter.next()
        let step = progress.withLock { [now, date = client.timeline.date] in
            $0.state.step(now: now, date: date, random: random)
        }
        switch step {
        case .stepDown: return false
        case .wait(let deadline): try await client.timeline.sleep(until: deadline)
        case .read: try await attempt { try await self.read() }
        case .write(let record): try await attempt { try await self.write(record) }
        }
        return true
    }

    /// Sends a request, but waits for it no longer than the lead lasts.
    private func attempt(_ request: @escaping @Sendable () async throws -> Void) async throws {
        let limit = progress.withLock { [now] in
            $0.state.deadline.map { $0 - now } ?? $0.state.settings.renewDeadline
        }
        do {
            if try await client.timeline.withTimeout(limit, request) != nil { return }
        } catch {
            try Task.checkCancellation()
        }
        let random = client.jitter.next()
        progress.withLock { [now] in $0.state.failed(now: now, random: random) }
    }

    private func read() async throws {
        var lease: Value?
        do {
            lease = try await client.get(.leases, name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            lease = nil
        }
        progress.withLock { [now, lease] in
            $0.lease = lease
            $0.state.saw(lease.map { LeaseRecord(lease: $0) }, now: now)
        }
    }

    private func write(_ record: LeaseRecord) async throws {
        let began = now
        let stored = try await store(record)
        progress.withLock { [now] in
            $0.lease = stored
            $0.state.wrote(record, began: began, now: now)
        }
    }

    private func store(_ record: LeaseRecord) async throws -> Value {
        if var lease = progress.withLock({ $0.lease }) {
            // With the resource version it was read at, so that of two writers one fails.
            record.write(to: &lease)
            return try await client.update(.leases, lease, namespace: namespace)
        }
        var lease: Value = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        record.write(to: &lease)
        return try await client.create(.leases, lease, namespace: namespace)
    }

    /// Gives the lead back, so that another one can take it at once.
    func release() async {
        let record = progress.withLock { [date = client.timeline.date] in $0.state.release(date: date) }
        guard let record else { return }
        // Unstructured, as the task that led is cancelled more often than not, and a request of a cancelled
        // task fails. It is awaited, and ends with the client's request timeout.
        await Task {
            // Where it fails, others take the lead when the lease runs out.
            _ = try? await self.store(record)
        }.value
    }
}
