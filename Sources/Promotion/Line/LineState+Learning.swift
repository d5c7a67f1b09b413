import KubeModel

// Releases and environments: what there is.
extension LineState {
    /// Numbers the releases that are new, and notes which are in quarantine and which no longer are.
    mutating func learn(_ facts: LineFacts) {
        lastSequence = max(lastSequence, facts.lastSequence)
        // What is older than all that is kept in mind was known once, and is not new for being forgotten.
        let oldest = lastNumber > Self.releaseLimit ? releases.suffix(Self.releaseLimit).first?.name : nil
        let first = facts.releases.firstIndex { $0.name == oldest } ?? 0
        for (place, fact) in facts.releases.enumerated() {
            guard let index = releases.lastIndex(where: { $0.name == fact.name }) else {
                if place < first { continue }
                lastNumber += 1
                releases.append(
                    Known(
                        number: lastNumber, name: fact.name, digest: fact.digest, commit: fact.commit,
                        image: fact.image, quarantined: fact.isQuarantined ? true : nil))
                continue
            }
            if fact.isQuarantined {
                releases[index].quarantined = true
                releases[index].quarantining = nil
            } else if releases[index].quarantined == true, releases[index].quarantining == nil {
                releases[index].quarantined = nil
                // Lifted: it may come again where it was taken back, with new approvals.
                let number = releases[index].number
                for place in places.indices where places[place].floor == number {
                    places[place].floor = number - 1
                }
            }
        }
    }

    /// Keeps what reviews say, and tells again what they said before.
    mutating func hear(_ facts: inout LineFacts) {
        var heard = heard ?? []
        for opinion in facts.opinions where opinion.isReview {
            let word = Heard(
                environment: opinion.environment, digest: opinion.digest, user: opinion.user,
                isApproval: opinion.isApproval, comment: opinion.comment, at: opinion.at.rfc3339,
                source: opinion.source)
            if !heard.contains(word) { heard.append(word) }
        }
        facts.opinions.removeAll(where: \.isReview)
        heard = Array(heard.suffix(Self.heardLimit))
        self.heard = heard.isEmpty ? nil : heard
        for word in heard {
            guard let at = Timestamp(rfc3339: word.at) else { continue }
            facts.opinions.append(
                LineFacts.Opinion(
                    environment: word.environment, digest: word.digest, user: word.user,
                    isApproval: word.isApproval, comment: word.comment, at: at, source: word.source,
                    isReview: true))
        }
    }

    /// Brings the environments into the order of the policy; what waited for one that is gone waits no more.
    mutating func reshape(_ policy: DeliverySpec, at now: Timestamp) {
        let names = policy.environments.map(\.name)
        for index in records.indices
        where !records[index].phase.isFinal && !names.contains(records[index].spec.environment) {
            let message = "\(records[index].spec.environment) is no longer in the delivery file"
            end(index, as: .superseded, message, at: now)
        }
        places = names.map { name in place(name) ?? Place(name: name) }
    }

    /// Ends a promotion.
    mutating func end(
        _ index: Int, as phase: PromotionStatus.Phase, _ message: String, at now: Timestamp
    ) {
        records[index].status.phase = phase
        records[index].status.blocker = nil
        records[index].status.message = message
        records[index].status.finishedAt = now.rfc3339
    }

    /// Notes a decision and the rule that made it.
    mutating func decide(_ index: Int, _ rule: String, _ message: String, at now: Timestamp) {
        var decisions = records[index].status.decisions ?? []
        guard decisions.last?.message != message else { return }
        decisions.append(.init(at: now.rfc3339, rule: rule, message: message))
        records[index].status.decisions = Array(decisions.suffix(Self.decisionLimit))
    }

    /// Forgets what nobody asks for any more.
    mutating func trim(_ facts: LineFacts) {
        let asked = Set(facts.rollbacks.map(\.key))
        let present = Set(places.compactMap(\.promotion))
        var left: [String: Int] = [:]
        for index in records.indices.reversed() where records[index].phase.isFinal {
            let record = records[index]
            if present.contains(record.name) || record.rollback.map(asked.contains) == true { continue }
            left[record.spec.environment, default: 0] += 1
            if left[record.spec.environment, default: 0] > Self.finalLimit { records.remove(at: index) }
        }
        let used = Set(places.flatMap { $0.history + $0.verified + [$0.number ?? 0] } + records.map(\.number))
        let newest = Set(releases.suffix(Self.releaseLimit).map(\.number))
        releases.removeAll { !newest.contains($0.number) && !used.contains($0.number) }
    }
}
