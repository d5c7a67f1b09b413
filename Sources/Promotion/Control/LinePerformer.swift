import Git
import KubeClient
import KubeModel
import Logging
import Manifest

/// Does what the reducer wants done.
struct LinePerformer {
    let client: KubeClient
    let settings: PromotionSettings
    let caches: PromotionCaches
    let lane: PromotionLane
    let desk: LandingDesk
    let verifier: any DigestVerifier
    let checks: SignatureChecks
    let pullRequests: (any PromotionPullRequests)?
    let memory: PromotionMemory
    let pause: HealingPause
    let recorder: EventRecorder
    let logger: Logger

    /// Does one thing.
    ///
    /// - Returns: what came of it, for the reducer.
    func perform(
        _ action: LineAction, _ conventions: DeliveryConventions, _ state: LineState, delivery: Value
    ) async throws -> LineEvent? {
        switch action {
        case .land(let record, let expected):
            return try await land(record, expected, conventions, state, delivery)
        case .startSmoke(let environment, let job, let promotion, let number):
            try await startSmoke(environment, job, promotion, number, conventions, state, delivery)
        case .quarantine(let release, let reason):
            try await quarantine(release, reason)
        case .answerRollback(let key, let phase, let message, let commit):
            try await answerRollback(key, phase, message, commit)
        case .tellRollback(let key, let message):
            try await answerRollback(key, nil, message, nil)
        case .showPullRequest(let environment, let promotion):
            try await showPullRequest(environment, promotion, conventions, state)
        case .closePullRequest(let environment, let reason):
            try await closePullRequest(environment, reason, conventions)
        case .wake: break
        }
        return nil
    }

    // MARK: The cluster

    private func startSmoke(
        _ environment: String, _ job: String, _ promotion: String?, _ number: Int,
        _ conventions: DeliveryConventions, _ state: LineState, _ delivery: Value
    ) async throws {
        guard let environment = conventions.spec.environments.first(where: { $0.name == environment }),
            let smoke = environment.smoke, let known = state.release(number)
        else { return }
        let test = SmokeTest(
            conventions: conventions, environment: environment, smoke: smoke, name: job,
            image: "\(known.image)@\(known.digest)", promotion: promotion)
        do {
            var file: [UInt8]?
            if let path = smoke.job, let head = try await lane.branch.head() {
                file = try await lane.branch.repository.blob("\(conventions.folder)/\(path)", at: head)
            }
            try await client.create(
                .jobs, try test.job(file: file), namespace: conventions.namespace(environment))
        } catch let error as APIError where error.isAlreadyExists {
            return
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let message = "it could not begin: \(error)"
            recorder.note(.warning, "SmokeTestInvalid", message, regarding: .init(delivery))
            memory.note(smokeFault: message, conventions.service, job, at: client.timeline.now)
        }
    }

    private func quarantine(_ release: String, _ reason: String) async throws {
        let status: Value = [
            "phase": .string(ReleaseStatus.Phase.quarantined.rawValue), "reason": "RolledBack",
            "message": .string(reason),
        ]
        do {
            try await client.patch(
                .releases, release, namespace: settings.namespace, .merge(["status": status]),
                subresource: "status")
        } catch let error as APIError where error.isNotFound {
            logger.warning("a release that was rolled back is gone", metadata: ["release": "\(release)"])
        }
    }

    /// - Parameter phase: nil for one that is not done.
    private func answerRollback(
        _ key: String, _ phase: String?, _ message: String, _ commit: String?
    ) async throws {
        let parts = key.split(separator: "/").map(String.init)
        guard parts.count == 3 else { return }
        let present = caches.rollbacks[.init(namespace: parts[0], name: parts[1])]?.value?["status"]
        if phase == nil, present?["message"]?.stringValue == message { return }
        // An answer to what it said before goes.
        var status: Object = ["phase": phase.map { .string($0) } ?? .null, "message": .string(message)]
        if phase != nil { status["observedGeneration"] = Int64(parts[2]).map { .integer($0) } }
        if let commit { status["commit"] = .string(commit) }
        do {
            try await client.patch(
                Rollback.resource, parts[1], namespace: parts[0], .merge(["status": .object(status)]),
                subresource: "status")
        } catch let error as APIError where error.isNotFound {
            // Deleted meanwhile; nobody waits for the answer.
        }
    }

    // MARK: Pull requests

    private func showPullRequest(
        _ environment: String, _ promotion: String, _ conventions: DeliveryConventions, _ state: LineState
    ) async throws {
        guard let pullRequests, let index = state.recordIndex(promotion),
            let environment = conventions.spec.environments.first(where: { $0.name == environment }),
            let head = try await lane.branch.head()
        else { return }
        var record = state.records[index]
        record.value = state.release(record.number)?.value(in: environment)
        record.status.rule = "\(environment.name).approvals"
        let branch = PromotionProposal.branch(service: conventions.service, environment: environment.name)
        do {
            let intent = try intent(
                record, state.place(environment.name)?.value, conventions, state,
                try await release(record).spec, signer: checks.signer(of: record.spec.release))
            let projection = PromotionProjection(branch: lane.branch, settings: settings.lane)
            guard
                let commit = try await projection.commit(intent, at: head, createdAt: record.status.createdAt)
            else { return }
            let name = try ReferenceName.branch(branch)
            if try await lane.branch.repository.reference(name) == commit.id, isShown(branch, commit.id) {
                return
            }
            try await branches.set(branch, to: commit.id)
            try await pullRequests.show(
                PromotionProposal(branch: branch, head: commit.id, title: commit.subject, body: commit.body))
        } catch let error as PromotionError {
            logger.info(
                "no pull request can be shown",
                metadata: ["promotion": "\(promotion)", "error": "\(error)"])
        }
    }

    private var branches: ProjectionBranches {
        ProjectionBranches(branch: lane.branch, settings: settings.lane, memory: memory, logger: logger)
    }

    /// The open pull request of a branch.
    private func shown(_ branch: String) -> Value? {
        caches.pullRequests(of: settings.repository).first {
            $0["spec", "source", "branch"]?.stringValue == branch && Self.isOpen($0)
        }
    }

    private func isShown(_ branch: String, _ commit: ObjectID) -> Bool {
        shown(branch)?["spec", "head"]?.stringValue == commit.hex
    }

    private func closePullRequest(
        _ environment: String, _ reason: String, _ conventions: DeliveryConventions
    ) async throws {
        let branch = PromotionProposal.branch(service: conventions.service, environment: environment)
        guard let pullRequests else { return }
        if shown(branch) != nil { try await pullRequests.close(branch: branch, reason: reason) }
        try await branches.remove(branch)
    }

    /// Closes what is open for environments that show no promotions: they are gone, or need nobody's approval, or the
    /// service itself is gone; and deletes what such are shown from, whoever has closed them.
    ///
    /// - Parameter environments: those that show theirs.
    func closePullRequests(of service: String, but environments: [String]) async throws {
        guard let pullRequests else { return }
        for object in caches.pullRequests(of: settings.repository) {
            guard let branch = object["spec", "source", "branch"]?.stringValue,
                let place = PromotionProposal.place(of: branch), place.service == service,
                !environments.contains(place.environment)
            else { continue }
            if Self.isOpen(object) {
                let reason = "promotions of \(service) to \(place.environment) are shown no more"
                try await pullRequests.close(branch: branch, reason: reason)
            }
            try await branches.remove(branch)
        }
    }

    private static func isOpen(_ pullRequest: Value) -> Bool {
        let phase = pullRequest["status", "phase"]?.stringValue
        return pullRequest["spec", "state"]?.stringValue == "Open" && phase != "Merged"
            && phase != "Closed"
    }
}
