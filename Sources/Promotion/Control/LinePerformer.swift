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
    let verifier: any DigestVerifier
    let pullRequests: (any PromotionPullRequests)?
    let memory: PromotionMemory
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
        case .showPullRequest(let environment, let promotion):
            try await showPullRequest(environment, promotion, conventions, state)
        case .closePullRequest(let environment, let reason):
            try await closePullRequest(environment, reason, conventions)
        case .wake: break
        }
        return nil
    }

    // MARK: Git

    private func land(
        _ record: LineState.Record, _ expected: String?, _ conventions: DeliveryConventions,
        _ state: LineState,
        _ delivery: Value
    ) async throws -> LineEvent {
        do {
            let intent = try await intent(record, expected, conventions, state)
            let place = namespace(record, conventions)
            let traffic = TrafficReturn(client: client, caches: caches, logger: logger)
            let turned = record.spec.kind == .rollback ? await traffic.begin(intent, namespace: place) : []
            async let returning: Void = traffic.finish(turned, namespace: place)
            if record.spec.kind == .promotion { try await refuseQuarantined(record.spec.release) }
            let landing = try await lane.submit(intent)
            await returning
            let words = record.spec.kind == .rollback ? "RolledBack" : "Promoted"
            recorder.note(
                .normal, words,
                "\(record.spec.release) is in \(record.spec.environment) as \(landing.commit.short), by "
                    + "\(intent.reason.rule)", regarding: .init(delivery))
            return .landed(promotion: record.name, commit: landing.commit.hex, at: client.timeline.date)
        } catch let error as PromotionError {
            recorder.note(.warning, "PromotionRefused", error.message, regarding: .init(delivery))
            return .refused(promotion: record.name, error, at: client.timeline.date)
        }
    }

    private func namespace(_ record: LineState.Record, _ conventions: DeliveryConventions) -> String {
        let environment = conventions.spec.environments.first { $0.name == record.spec.environment }
        return environment.map(conventions.namespace) ?? ""
    }

    /// The intent for a promotion, once the image's signature was found to hold at this moment.
    private func intent(
        _ record: LineState.Record, _ expected: String?, _ conventions: DeliveryConventions,
        _ state: LineState
    ) async throws -> PromotionIntent {
        guard
            let environment = conventions.spec.environments.first(where: {
                $0.name == record.spec.environment
            }),
            let value = record.value
        else {
            throw PromotionError(.invalid, "\(record.name) is for no environment of \(conventions.service)")
        }
        let release = try await release(record.spec.release)
        guard release.image.digest == record.spec.digest, release.commit == record.spec.commit else {
            throw PromotionError(
                .invalid, "\(record.spec.release) is not what \(record.name) was decided for")
        }
        let signer = try await verifier.verify(release)
        let bad = state.release(state.place(environment.name)?.number)
        let reason = PromotionReason(
            promotion: record.name, sequence: record.spec.sequence, release: record.spec.release,
            digest: record.spec.digest, commit: record.spec.commit, repository: release.repository,
            gates: (release.gates ?? []).map { "\($0.name)=\($0.result)" }, verdict: release.verdict,
            signer: signer,
            approvals: (record.status.approvals ?? []).map { "\($0.user) (\($0.source), \($0.at))" },
            requestedBy: record.requestedBy, rule: record.status.rule ?? "",
            rollbackOf: record.spec.kind == .rollback ? bad?.name : nil, cause: record.cause)
        return PromotionIntent(
            service: conventions.service, environment: environment.name,
            kind: record.spec.kind == .rollback ? .rollback : .promotion,
            target: try conventions.target(environment), expected: expected, value: value,
            image: release.image.repository, reason: reason)
    }

    /// Looks whether a release was put in quarantine since it was decided on; a cache may not show it yet.
    private func refuseQuarantined(_ name: String) async throws {
        let object = try await client.get(.releases, name, namespace: settings.namespace)
        guard object["status", "phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue else {
            return
        }
        throw PromotionError(
            .quarantined, "\(name) is in quarantine; lift it first: slipway release lift \(name)")
    }

    private func release(_ name: String) async throws -> ReleaseSpec {
        do {
            let object = try await client.get(.releases, name, namespace: settings.namespace)
            return try ValueDecoder().decode(ReleaseSpec.self, from: object["spec"] ?? .emptyObject)
        } catch let error as APIError where error.isNotFound {
            throw PromotionError(.notFound, "the release \(name) is gone; it is promoted nowhere")
        }
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

    private func answerRollback(
        _ key: String, _ phase: String, _ message: String, _ commit: String?
    ) async throws {
        let parts = key.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return }
        var status: Object = ["phase": .string(phase), "message": .string(message)]
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
            let intent = try await intent(record, state.place(environment.name)?.value, conventions, state)
            let projection = PromotionProjection(branch: lane.branch, settings: settings.lane)
            guard
                let commit = try await projection.commit(intent, at: head, createdAt: record.status.createdAt)
            else { return }
            let name = try ReferenceName.branch(branch)
            if try await lane.branch.repository.reference(name) == commit.id, isShown(branch, commit.id) {
                return
            }
            try await lane.branch.repository.update([.set(name, commit.id)], reason: "projection")
            try await pullRequests.show(
                PromotionProposal(branch: branch, head: commit.id, title: commit.subject, body: commit.body))
        } catch let error as PromotionError {
            logger.info(
                "no pull request can be shown",
                metadata: ["promotion": "\(promotion)", "error": "\(error)"])
        }
    }

    /// The open pull request of a branch.
    private func shown(_ branch: String) -> Value? {
        caches.pullRequests(of: settings.repository).first {
            let phase = $0["status", "phase"]?.stringValue
            return $0["spec", "source", "branch"]?.stringValue == branch
                && $0["spec", "state"]?.stringValue == "Open"
                && phase != "Merged" && phase != "Closed"
        }
    }

    private func isShown(_ branch: String, _ commit: ObjectID) -> Bool {
        shown(branch)?["spec", "head"]?.stringValue == commit.hex
    }

    private func closePullRequest(
        _ environment: String, _ reason: String, _ conventions: DeliveryConventions
    ) async throws {
        let branch = PromotionProposal.branch(service: conventions.service, environment: environment)
        guard let pullRequests, shown(branch) != nil else { return }
        try await pullRequests.close(branch: branch, reason: reason)
    }
}
