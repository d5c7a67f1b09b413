import KubeModel

extension LineState {
    /// How long a promotion that could not be written waits before it is tried again.
    private static let retryPause = Duration.seconds(10)
    /// The same of a rollback, for which somebody waits.
    private static let rollbackPause = Duration.seconds(2)

    /// Takes in what the outside tells, decides, and says what is to be done.
    ///
    /// After ``LineEvent/landed(promotion:commit:at:)`` and ``LineEvent/refused(promotion:_:at:)`` there is nothing to
    /// do until everything is looked at again.
    public mutating func handle(_ event: LineEvent) -> [LineAction] {
        switch event {
        case .looked(let facts): return look(facts)
        case .landed(let promotion, let commit, let now):
            if let index = recordIndex(promotion) { land(index, commit: commit, at: now) }
            return []
        case .refused(let promotion, let error, let now):
            if let index = recordIndex(promotion) { refuse(index, error, now) }
            return []
        }
    }

    private mutating func look(_ facts: LineFacts) -> [LineAction] {
        var (facts, actions) = (facts, [LineAction]())
        // What was there before the service was looked at for the first time has been overtaken by nobody.
        let isFirst = places.isEmpty
        let fresh = learn(facts)
        hear(&facts)
        reshape(facts.policy, at: facts.now)
        for environment in facts.policy.environments { observe(environment, facts, &actions) }
        answerRollbacks(facts, &actions)
        skip(isFirst ? [] : fresh, facts)
        for place in places.indices { advance(place, facts) }
        // Whatever else is to be done can fail, or be late.
        actions = landings(of: .rollback, facts.now) + actions + landings(of: .promotion, facts.now)
        for environment in facts.policy.environments { actions += pullRequest(environment) }
        trim(facts)
        if let wake = nextWake(after: facts.now, facts.policy) { actions.append(.wake(wake)) }
        return actions
    }

    private mutating func refuse(_ index: Int, _ error: PromotionError, _ now: Timestamp) {
        let record = records[index]
        guard record.phase == .landing, let place = placeIndex(record.spec.environment) else { return }
        switch error.code {
        case .changed:
            end(index, as: .failed, by: "by-hand", error.message, at: now)
            // The hand that set the value is stronger than what was there when it did.
            places[place].floor = lastNumber
            places[place].approvalsFrom = now.rfc3339
        case .superseded:
            end(index, as: .superseded, by: "newest", error.message, at: now)
        case .quarantined where record.spec.kind == .rollback:
            end(index, as: .failed, by: "quarantine", error.message, at: now)
        case .quarantined:
            // The next look finds the same, and ends it.
            records[index].status.phase = .waiting
            records[index].status.blocker = PromotionBlocker(reason: "Quarantined", message: error.message)
        case .notFound where record.spec.kind == .rollback, .unsigned where record.spec.kind == .rollback:
            // No other try comes to another end.
            end(index, as: .failed, by: "signature", error.message, at: now)
        case .unsigned:
            records[index].status.phase = .waiting
            records[index].status.blocker = PromotionBlocker(
                reason: "SignatureRefused", message: error.message)
        default:
            let isPromotion = record.spec.kind == .promotion
            let retry = now.advanced(by: isPromotion ? Self.retryPause : Self.rollbackPause).rfc3339
            places[place].fault = error.message
            places[place].retryAt = retry
            if isPromotion { records[index].status.phase = .waiting }
            records[index].status.blocker = PromotionBlocker(
                reason: "FileFault", message: error.message, until: retry)
        }
    }

    /// What is to be written to git now.
    private func landings(of kind: PromotionSpec.Kind, _ now: Timestamp) -> [LineAction] {
        records.filter { $0.phase == .landing && $0.spec.kind == kind }.compactMap { record in
            guard let place = place(record.spec.environment) else { return nil }
            if let retry = record.status.blocker?.until.flatMap(Timestamp.init(rfc3339:)), now < retry {
                return nil
            }
            return .land(record, expected: place.value)
        }
    }

    /// A pull request is open while a promotion waits for what people have to say.
    private func pullRequest(_ environment: DeliverySpec.Environment) -> [LineAction] {
        guard environment.showsPullRequests else { return [] }
        if !records(of: environment.name, in: .landing).isEmpty { return [] }
        let ready = records(of: environment.name, in: .waiting).last {
            $0.status.blocker?.reason != "Upstream"
        }
        if let ready { return [.showPullRequest(environment: environment.name, promotion: ready.name)] }
        let place = place(environment.name)
        let reason: String
        if let known = release(place?.number), let commit = place?.configCommit {
            reason = "\(known.name) is in \(environment.name) as \(commit.prefix(10))"
        } else {
            reason = "nothing waits for \(environment.name) any more"
        }
        return [.closePullRequest(environment: environment.name, reason: reason)]
    }

    private func nextWake(after now: Timestamp, _ policy: DeliverySpec) -> Timestamp? {
        let untils =
            records.compactMap(\.status.blocker?.until) + places.compactMap(\.blocker?.until)
            + places.compactMap(\.retryAt)
        var times = untils.compactMap(Timestamp.init(rfc3339:))
        for place in places {
            let since = place.phase == .syncing ? place.since : place.unsettledAt
            if let since = since.flatMap(Timestamp.init(rfc3339:)) {
                times.append(since.advanced(by: Self.syncLimit))
            }
        }
        return times.filter { $0 > now }.min()
    }
}

extension DeliverySpec.Environment {
    /// Whether a pull request is open while a promotion waits.
    var showsPullRequests: Bool { requiredApprovals > 0 && pullRequest != false }
}
