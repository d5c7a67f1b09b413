import KubeModel

// Going back: exempt from every rule but one, that the release to go back to has been there before.
extension LineState {
    mutating func answerRollbacks(_ facts: LineFacts, _ actions: inout [LineAction]) {
        for rollback in facts.rollbacks {
            if let record = records.last(where: { $0.rollback == rollback.key }) {
                if let answer = answer(record) { actions.append(answer) }
                continue
            }
            begin(rollback, facts, &actions)
        }
        for release in releases {
            guard let reason = release.quarantining else { continue }
            actions.append(.quarantine(release: release.name, reason: reason))
        }
    }

    /// What is told on the Rollback, once there is something to tell.
    private func answer(_ record: Record) -> LineAction? {
        guard let key = record.rollback else { return nil }
        switch record.phase {
        case .waiting, .landing:
            guard let blocker = record.status.blocker else { return nil }
            let again = blocker.until.map { "; tried again at \($0)" } ?? ""
            return .tellRollback(key: key, message: blocker.message + again)
        case .superseded where record.status.configCommit == nil:
            return .answerRollback(
                key: key, phase: "Obsolete", message: record.status.message ?? "", commit: nil)
        case .failed where record.status.configCommit == nil:
            return .answerRollback(
                key: key, phase: "Failed", message: record.status.message ?? "", commit: nil)
        default:
            let message = "\(record.spec.environment) is back at \(record.spec.release)"
            return .answerRollback(
                key: key, phase: "Reverted", message: message, commit: record.status.configCommit)
        }
    }

    private mutating func begin(
        _ rollback: LineFacts.Rollback, _ facts: LineFacts, _ actions: inout [LineAction]
    ) {
        func refuse(_ message: String) {
            actions.append(
                .answerRollback(key: rollback.key, phase: "Failed", message: message, commit: nil))
        }
        guard let environment = facts.policy.environments.first(where: { $0.name == rollback.environment }),
            let index = placeIndex(rollback.environment)
        else {
            let names = facts.policy.environments.map(\.name).joined(separator: ", ")
            return refuse("there is no environment \(rollback.environment); there are \(names)")
        }
        if let name = rollback.missing {
            // Never what is there instead.
            return refuse("there is no release \(name); see: slipway release list")
        }
        guard places[index].isKnown else {
            // What would be gone back from is not known yet.
            if let fault = places[index].fault {
                actions.append(.tellRollback(key: rollback.key, message: fault))
            }
            return
        }
        let place = places[index]
        let bad = rollback.bad.flatMap { digest in releases.last { $0.digest == digest } }
        if rollback.bad != nil, bad?.number != place.number || bad == nil {
            bar(bad?.number, rollback.reason)
            let present = release(place.number)?.name ?? place.value ?? "nothing"
            actions.append(
                .answerRollback(
                    key: rollback.key, phase: "Obsolete",
                    message: "git has \(present) in \(place.name), not what was rolled back", commit: nil))
            if let bad { withdraw(bad.number, environment.name, rollback.reason, facts.now) }
            return
        }
        let target: Known
        switch destination(rollback, place, environment) {
        case .success(let known): target = known
        case .failure(let error):
            // The judge has found it bad wherever one can go from here; a person's wish that fails changes nothing.
            if rollback.requestedBy == nil { bar(place.number, rollback.reason) }
            return refuse(error.message)
        }
        bar(place.number, rollback.reason)
        withdraw(nil, environment.name, rollback.reason, facts.now)
        lastSequence += 1
        var record = Record(
            name: "\(target.name)-\(environment.name)-\(lastSequence)",
            spec: PromotionSpec(
                service: service, environment: environment.name,
                release: target.name, digest: target.digest, image: target.image, commit: target.commit,
                kind: .rollback, sequence: lastSequence),
            status: PromotionStatus(), number: target.number)
        record.value = target.value(in: environment)
        record.rollback = rollback.key
        record.cause = rollback.reason
        record.requestedBy = rollback.requestedBy
        record.status.createdAt = facts.now.rfc3339
        record.status.phase = .landing
        record.status.replaces = place.value
        record.status.rule =
            "\(environment.name).rollback-\(rollback.requestedBy == nil ? "automatic" : "requested")"
        record.status.blocker = PromotionBlocker(reason: "Landing", message: "being written to git")
        records.append(record)
        // What kept a promotion from git does not keep this one.
        places[index].fault = nil
        places[index].retryAt = nil
        decide(records.count - 1, record.status.rule ?? "", rollback.reason, at: facts.now)
    }

    /// The release to go back to.
    private func destination(
        _ rollback: LineFacts.Rollback, _ place: Place, _ environment: DeliverySpec.Environment
    ) -> Result<Known, PromotionError> {
        func fail(_ message: String) -> Result<Known, PromotionError> {
            .failure(PromotionError(.notFound, message))
        }
        func wasHere(_ known: Known) -> Bool { place.history.contains(known.number) }
        if let name = rollback.to {
            guard let known = releases.last(where: { $0.name == name }) else {
                return fail("there is no release \(name); see: slipway release list")
            }
            guard known.number != place.number else { return fail("\(name) is what \(place.name) has now") }
            guard !barred.contains(known.digest) else {
                return fail("\(name) is in quarantine; lift it first: slipway release lift \(name)")
            }
            guard wasHere(known) else {
                return fail(
                    "\(name) cannot be gone back to: it has never been in \(place.name), or was rolled back there; "
                        + "promote it: slipway approve \(service) \(place.name) --release \(name)")
            }
            return .success(known)
        }
        if let digest = rollback.good,
            !barred.contains(digest),
            let known = releases.last(where: { $0.digest == digest && wasHere($0) }),
            known.number != place.number
        {
            return .success(known)
        }
        guard let before = before(place) else {
            return fail(
                "no earlier release has been in \(place.name); there is nothing to go back to"
                    + foreign(place, environment))
        }
        return .success(before)
    }

    /// The release that was there before: the last that has shown that it works, or else the last one.
    ///
    /// Never one that is newer than what is there, which somebody has gone back from.
    private func before(_ place: Place) -> Known? {
        let barred = barred
        let earlier = place.history.reversed().compactMap { release($0) }
            .filter { !barred.contains($0.digest) && $0.number < place.number ?? .max }
        return earlier.first { place.verified.contains($0.number) } ?? earlier.first
    }

    /// What there was before all releases, which only a commit by hand brings back.
    private func foreign(_ place: Place, _ environment: DeliverySpec.Environment) -> String {
        guard let record = recordIndex(place.promotion).map({ records[$0] }), record.spec.kind == .promotion,
            let value = record.status.replaces, number(of: value, environment) == nil
        else { return "" }
        return "; \(record.spec.release) replaced \(value), which is of no release that can be gone back to: "
            + "set it in the config repository"
    }

    /// Puts a release in quarantine.
    private mutating func bar(_ number: Int?, _ reason: String) {
        guard let index = releases.lastIndex(where: { $0.number == number }) else { return }
        if !releases[index].isBarred { releases[index].quarantining = reason }
    }

    /// Ends what was on its way to an environment; all of it, or a release alone.
    private mutating func withdraw(
        _ number: Int?, _ environment: String, _ reason: String, _ now: Timestamp
    ) {
        for index in records.indices
        where records[index].spec.environment == environment && records[index].spec.kind == .promotion
            && [.waiting, .landing].contains(records[index].phase)
            && (number == nil || records[index].number == number)
        {
            end(index, as: .superseded, by: "rollback", "given up for a rollback: \(reason)", at: now)
        }
    }
}
