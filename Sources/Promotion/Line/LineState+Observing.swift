import KubeModel

// What git and the cluster have: how far each environment is.
extension LineState {
    private static let smokeTimeout = Duration.seconds(300)

    mutating func observe(
        _ environment: DeliverySpec.Environment, _ facts: LineFacts, _ actions: inout [LineAction]
    ) {
        guard let index = placeIndex(environment.name) else { return }
        let now = facts.now
        guard let fact = facts.environments[environment.name] else { return }
        switch fact.head {
        case .fault(let message):
            places[index].fault = message
            places[index].retryAt = nil
            places[index].blocker = PromotionBlocker(reason: "FileFault", message: message)
            return
        case .value(let value, let change):
            if places[index].retryAt == nil { places[index].fault = nil }
            let before = places[index]
            take(value, change, at: index, environment, now)
            if before.isKnown, places[index].value != before.value {
                // What the cluster was found to have is about the value from before; it is looked at again.
                places[index].phase = places[index].value == nil ? .empty : .syncing
                places[index].blocker = places[index].value.map { _ in
                    PromotionBlocker(reason: "Syncing", message: "the cluster is to take up what git has now")
                }
                return
            }
        }
        if places[index].number == nil, let value = places[index].value {
            places[index].number = number(of: value, environment)
        }
        progress(index, environment, fact, now, &actions)
    }

    func number(of value: String, _ environment: DeliverySpec.Environment) -> Int? {
        releases.last { $0.value(in: environment) == value }?.number
    }

    // MARK: Git

    private mutating func take(
        _ value: String?, _ change: LineFacts.Change?, at index: Int,
        _ environment: DeliverySpec.Environment, _ now: Timestamp
    ) {
        guard places[index].isKnown else {
            adopt(value, change, at: index, environment, now)
            places[index].isKnown = true
            return
        }
        guard value != places[index].value else { return }
        let landing = records.lastIndex {
            $0.spec.environment == environment.name && $0.phase == .landing && $0.value == value
        }
        if let landing {
            // Written before the process that wrote it could say so.
            land(landing, commit: change?.commit, at: now)
            return
        }
        let words = change?.words ?? "another commit"
        if let record = recordIndex(places[index].promotion), !records[record].phase.isFinal {
            end(
                record, as: .superseded, by: "by-hand", "\(environment.name) was changed by \(words)", at: now
            )
        }
        adopt(value, change, at: index, environment, now)
        guard change?.promotion == nil else { return }
        // Somebody set it by hand: nothing that was there then replaces it by itself.
        places[index].floor = lastNumber
        places[index].approvalsFrom = now.rfc3339
        for record in records.indices
        where records[record].spec.environment == environment.name && !records[record].phase.isFinal {
            let message = "\(environment.name) was set by \(words); approve the release to replace that"
            end(record, as: .failed, by: "by-hand", message, at: now)
        }
    }

    private mutating func adopt(
        _ value: String?, _ change: LineFacts.Change?, at index: Int,
        _ environment: DeliverySpec.Environment, _ now: Timestamp
    ) {
        remember(places[index].number, at: index)
        var place = places[index]
        place.settle()
        place.value = value
        place.number = value.flatMap { number(of: $0, environment) }
        place.configCommit = change?.commit
        place.since = change?.at ?? now.rfc3339
        place.promotion = recordIndex(change?.promotion) == nil ? nil : change?.promotion
        places[index] = place
    }

    private mutating func remember(_ number: Int?, at index: Int) {
        guard let number else { return }
        places[index].history.removeAll { $0 == number }
        places[index].history.append(number)
        places[index].history = Array(places[index].history.suffix(Self.historyLimit))
    }

    /// Notes that a promotion is in git; nil where it is not known since which commit.
    mutating func land(_ index: Int, commit: String?, at now: Timestamp) {
        let record = records[index]
        guard record.phase == .landing, let place = placeIndex(record.spec.environment) else { return }
        let before = places[place].number
        if record.spec.kind == .promotion {
            remember(before, at: place)
        } else {
            places[place].history.removeAll { $0 == record.number || $0 == before }
            places[place].verified.removeAll { $0 == before }
            places[place].floor = max(places[place].floor, before ?? 0)
            places[place].approvalsFrom = now.rfc3339
        }
        if let old = recordIndex(places[place].promotion), old != index {
            if record.spec.kind == .rollback {
                end(old, as: .rolledBack, by: "rollback", record.cause ?? "rolled back", at: now)
            } else if !records[old].phase.isFinal {
                end(old, as: .superseded, by: "newest", "replaced by \(record.spec.release)", at: now)
            }
        }
        var next = places[place]
        next.settle()
        next.value = record.value
        next.number = record.number
        next.configCommit = commit
        next.since = now.rfc3339
        next.promotion = record.name
        next.isKnown = true
        next.phase = .syncing
        next.fault = nil
        next.retryAt = nil
        places[place] = next
        records[index].status.phase = .verifying
        records[index].status.blocker = PromotionBlocker(
            reason: "Syncing",
            message: "the cluster is to take up "
                + (commit.map { "commit \($0.prefix(10))" } ?? "what git has now"))
        records[index].status.configCommit = commit
        records[index].status.committedAt = now.rfc3339
        records[index].status.message = commit.map { "in git as \($0.prefix(10))" } ?? "in git"
    }

    // MARK: The cluster

    private mutating func progress(
        _ index: Int, _ environment: DeliverySpec.Environment, _ fact: LineFacts.Environment,
        _ now: Timestamp, _ actions: inout [LineAction]
    ) {
        guard places[index].value != nil else {
            places[index].phase = .empty
            places[index].blocker = nil
            return
        }
        var place = places[index]
        func stay(_ phase: DeliveryStatus.Phase, _ reason: String, _ message: String, until: String? = nil) {
            place.phase = phase
            place.blocker = PromotionBlocker(reason: reason, message: message, until: until)
        }
        /// What it had shown was before this; it has to last without a break.
        func beginAnew() {
            place.syncedAt = place.syncedAt ?? now.rfc3339
            place.healthyAt = nil
            place.soakUntil = nil
        }
        if case .unsettled = fact.deployment {} else { place.unsettledAt = nil }
        switch fact.deployment {
        case .behind(let message):
            // Nobody can say how what ran until then does now.
            place.healthyAt = nil
            place.soakUntil = nil
            stay(.syncing, "Syncing", message)
        case .rolling(let message, let until):
            beginAnew()
            stay(.rolling, "RollingOut", message, until: until)
        case .unsettled(let message):
            beginAnew()
            place.unsettledAt = place.unsettledAt ?? now.rfc3339
            stay(.rolling, "RollingOut", message)
        case .unhealthy(let message):
            place.healthyAt = nil
            place.soakUntil = nil
            place.verified.removeAll { $0 == place.number }
            stay(.failed, "Unhealthy", message)
        case .healthy:
            place.syncedAt = place.syncedAt ?? now.rfc3339
            place.healthyAt = place.healthyAt ?? now.rfc3339
            if let action = test(&place, environment, fact, now) { actions.append(action) }
            if place.phase != .testing, place.phase != .failed { soak(&place, environment, now) }
        }
        places[index] = place
        report(place, now)
    }

    /// How the smoke test stands; sets the phase to testing or failed where it does not let the release on.
    private func test(
        _ place: inout Place, _ environment: DeliverySpec.Environment, _ fact: LineFacts.Environment,
        _ now: Timestamp
    ) -> LineAction? {
        place.phase = .rolling
        guard let smoke = environment.smoke, let number = place.number else { return nil }
        // Without a promotion somebody set the value by hand, which is no reason to test it less.
        let record = recordIndex(place.promotion).map { records[$0] }
        let job =
            record.map { SmokeTestName.of(service, sequence: $0.spec.sequence) }
            ?? SmokeTestName.of(
                service, environment: place.name,
                origin: place.configCommit ?? String((place.value ?? "").suffix(10)))
        place.smokeJob = job
        let started = place.smokeStartedAt.flatMap(Timestamp.init(rfc3339:)) ?? now
        let timeout = smoke.timeout.flatMap(DurationText.parse) ?? Self.smokeTimeout
        func wait(_ message: String) {
            place.smokeStartedAt = place.smokeStartedAt ?? now.rfc3339
            place.phase = .testing
            place.blocker = PromotionBlocker(
                reason: "SmokeTest", message: message, until: started.advanced(by: timeout).rfc3339)
        }
        switch fact.smokes[job] {
        case nil where place.smokePassedAt != nil: return nil
        case nil:
            wait("the smoke test \(job) is about to begin")
            return .startSmoke(
                environment: environment.name, job: job, promotion: record?.name, number: number)
        case .running: wait("the smoke test \(job) is running")
        case .passed: place.smokePassedAt = place.smokePassedAt ?? now.rfc3339
        case .failed(let message):
            place.phase = .failed
            place.smokePassedAt = nil
            place.verified.removeAll { $0 == number }
            place.blocker = PromotionBlocker(
                reason: "SmokeTestFailed", message: "the smoke test \(job) failed: \(message)")
        }
        return nil
    }

    private func soak(_ place: inout Place, _ environment: DeliverySpec.Environment, _ now: Timestamp) {
        let began = [place.healthyAt, place.smokePassedAt].compactMap { $0.flatMap(Timestamp.init(rfc3339:)) }
            .max()
        if let soak = environment.soak.flatMap(DurationText.parse), let began {
            let until = began.advanced(by: soak)
            place.soakUntil = until.rfc3339
            if now < until {
                place.phase = .soaking
                place.blocker = PromotionBlocker(
                    reason: "Soaking", message: "it has to run without a break until \(until.rfc3339)",
                    until: until.rfc3339)
                return
            }
        }
        place.phase = .verified
        place.blocker = nil
        if let number = place.number, !place.verified.contains(number) {
            place.verified = Array((place.verified + [number]).suffix(Self.historyLimit))
        }
    }

    /// Tells the promotion that brought what is there how it fares.
    private mutating func report(_ place: Place, _ now: Timestamp) {
        guard let index = recordIndex(place.promotion), records[index].phase != .rolledBack,
            records[index].phase != .superseded
        else { return }
        var status = records[index].status
        status.syncedAt = place.syncedAt
        status.healthyAt = place.healthyAt
        status.smokeJob = place.smokeJob
        status.smokePassedAt = place.smokePassedAt
        status.soakUntil = place.soakUntil
        switch place.phase {
        case .verified:
            if status.phase != .succeeded {
                status.phase = .succeeded
                status.finishedAt = now.rfc3339
                status.message = "it has shown all that \(place.name) asks for"
            }
            status.blocker = nil
        case .failed:
            // What has succeeded once stays so, whatever happens to the environment later.
            guard status.phase != .succeeded else { break }
            if status.phase != .failed { status.finishedAt = now.rfc3339 }
            status.phase = .failed
            status.message = place.blocker?.message
            status.blocker = nil
        default:
            guard status.phase != .succeeded else { break }
            status.phase = .verifying
            status.finishedAt = nil
            status.blocker = place.blocker
        }
        records[index].status = status
    }
}

extension LineState.Place {
    /// Forgets how far the last release was.
    mutating func settle() {
        value = nil
        number = nil
        configCommit = nil
        since = nil
        promotion = nil
        phase = .empty
        blocker = nil
        syncedAt = nil
        unsettledAt = nil
        healthyAt = nil
        smokeJob = nil
        smokeStartedAt = nil
        smokePassedAt = nil
        soakUntil = nil
    }
}
