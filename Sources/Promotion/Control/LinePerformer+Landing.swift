import Git
import KubeClient
import KubeModel
import Logging
import Manifest

// What is written to git.
extension LinePerformer {
    /// How long a rollback waits to be told who signed what it goes back to.
    private static let patience = Duration.seconds(2)

    /// Has a promotion written, beside the looks at services.
    ///
    /// - Returns: what came of it, where it is not to be written; nil while it is being written, or its image's signature
    ///   is being checked, after which the service is looked at again.
    func land(
        _ record: LineState.Record, _ expected: String?, _ conventions: DeliveryConventions,
        _ state: LineState, _ delivery: Value
    ) async throws -> LineEvent? {
        guard !desk.isUnderWay(record.name) else { return nil }
        guard record.spec.kind == .promotion else {
            write(record, delivery) { try await takeBack(record, expected, conventions, state) }
            return nil
        }
        do {
            let release = try await release(record)
            guard release.status?.phase != .quarantined else {
                throw PromotionError(
                    .quarantined,
                    "\(record.spec.release) is in quarantine; lift it first: slipway release lift "
                        + record.spec.release)
            }
            let answer = checks.answer(
                for: record.name, of: record.spec.release, release.spec, service: conventions.service)
            guard let answer else { return nil }
            let intent = try intent(
                record, expected, conventions, state, release.spec, signer: try answer.get())
            write(record, delivery) { (intent, try await lane.submit(intent)) }
            return nil
        } catch let error as PromotionError {
            recorder.note(.warning, "PromotionRefused", error.message, regarding: .init(delivery))
            return .refused(promotion: record.name, error, at: client.timeline.date)
        }
    }

    /// Hands a promotion in, and tells in events what comes of it.
    private func write(
        _ record: LineState.Record, _ delivery: Value,
        _ body: @escaping @Sendable () async throws -> (PromotionIntent, PromotionLane.Landing)
    ) {
        desk.submit(record.name, of: record.spec.service) {
            do {
                let (intent, landing) = try await body()
                recorder.note(
                    .normal, record.spec.kind == .rollback ? "RolledBack" : "Promoted",
                    "\(record.spec.release) is in \(record.spec.environment) as \(landing.commit.short), by "
                        + "\(intent.reason.rule)", regarding: .init(delivery))
                return .landed(promotion: record.name, commit: landing.commit.hex, at: client.timeline.date)
            } catch let error as PromotionError {
                recorder.note(.warning, "PromotionRefused", error.message, regarding: .init(delivery))
                throw error
            }
        }
    }

    /// Gives users the version before back, and then says so in git: nothing that can be late, or away, comes before
    /// the traffic.
    private func takeBack(
        _ record: LineState.Record, _ expected: String?, _ conventions: DeliveryConventions,
        _ state: LineState
    ) async throws -> (PromotionIntent, PromotionLane.Landing) {
        let environment = conventions.spec.environments.first { $0.name == record.spec.environment }
        let place = environment.map(conventions.namespace) ?? ""
        if let name = environment.map(conventions.application) { await pause.begin(name) }
        let traffic = TrafficReturn(client: client, caches: caches, logger: logger)
        let turned = await traffic.begin(from: expected, to: record.value, namespace: place)
        async let returning: Void = traffic.finish(turned, namespace: place)
        let outcome: Result<(PromotionIntent, PromotionLane.Landing), any Error>
        do {
            let release = try await release(record)
            let signer = try await signer(of: release.spec, record)
            let intent = try intent(record, expected, conventions, state, release.spec, signer: signer)
            outcome = .success((intent, try await lane.submit(intent)))
        } catch {
            outcome = .failure(error)
        }
        await returning
        return try outcome.get()
    }

    /// Who signed what is gone back to. What cannot be found out in time does not keep users on what is bad: the digest
    /// has been in the environment before, and admission asks again before it runs.
    private func signer(of release: ReleaseSpec, _ record: LineState.Record) async throws -> String? {
        do {
            let answer = try await client.timeline.withTimeout(Self.patience) {
                [verifier] in try await verifier.verify(release)
            }
            if let answer { return answer }
            unchecked(record, "no answer in time")
        } catch let error as PromotionError where error.code == .unavailable {
            unchecked(record, error.message)
        }
        return nil
    }

    private func unchecked(_ record: LineState.Record, _ reason: String) {
        logger.warning(
            "rolled back to a release whose signature could not be checked again",
            metadata: ["release": "\(record.spec.release)", "error": "\(reason)"])
    }

    // MARK: Intents

    /// The intent for a promotion of a release.
    func intent(
        _ record: LineState.Record, _ expected: String?, _ conventions: DeliveryConventions,
        _ state: LineState, _ release: ReleaseSpec, signer: String?
    ) throws -> PromotionIntent {
        guard
            let environment = conventions.spec.environments.first(where: {
                $0.name == record.spec.environment
            }),
            let value = record.value
        else {
            throw PromotionError(.invalid, "\(record.name) is for no environment of \(conventions.service)")
        }
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

    /// The release of a promotion, as the API has it at this moment.
    ///
    /// - Throws: ``PromotionError`` with code `notFound` where it is gone, or another has taken its name.
    func release(
        _ record: LineState.Record
    ) async throws -> (spec: ReleaseSpec, status: ReleaseStatus?) {
        let name = record.spec.release
        let object: Value
        do {
            object = try await client.get(.releases, name, namespace: settings.namespace)
        } catch let error as APIError where error.isNotFound {
            throw PromotionError(.notFound, "the release \(name) is gone; it goes nowhere")
        }
        let spec = try ValueDecoder().decode(ReleaseSpec.self, from: object["spec"] ?? .emptyObject)
        guard spec.image.digest == record.spec.digest, spec.commit == record.spec.commit else {
            throw PromotionError(.notFound, "\(name) is not what \(record.name) was decided for")
        }
        let status = try? ValueDecoder().decode(ReleaseStatus.self, from: object["status"] ?? .emptyObject)
        return (spec, status)
    }
}
