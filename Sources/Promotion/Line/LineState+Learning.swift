import KubeModel

// Releases and environments: what there is.
extension LineState {
    /// Numbers the releases that are new, and notes which are in quarantine and which no longer are.
    ///
    /// - Returns: the numbers of the new ones.
    mutating func learn(_ facts: LineFacts) -> [Int] {
        let last = lastNumber
        lastSequence = max(lastSequence, facts.lastSequence)
        let oldest = oldest
        let first = facts.releases.firstIndex { $0.name == oldest } ?? 0
        // What is bad is the image, by whichever release it comes.
        let barred = facts.quarantined.union(facts.releases.filter(\.isQuarantined).map(\.digest))
        let known = Dictionary(
            releases.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
        for (place, fact) in facts.releases.enumerated() {
            guard let index = known[fact.name] else {
                if place < first { continue }
                lastNumber += 1
                releases.append(
                    Known(
                        number: lastNumber, name: fact.name, digest: fact.digest, commit: fact.commit,
                        image: fact.image, tag: fact.tag == fact.commit ? nil : fact.tag,
                        quarantined: barred.contains(fact.digest) ? true : nil))
                continue
            }
            releases[index].tag = fact.tag == fact.commit ? nil : fact.tag
            if fact.isQuarantined {
                releases[index].quarantined = true
                releases[index].quarantining = nil
            } else if barred.contains(fact.digest) {
                releases[index].quarantined = true
            } else if releases[index].quarantined == true, releases[index].quarantining == nil {
                releases[index].quarantined = nil
                // Lifted: it may come again where it was taken back, with new approvals.
                let number = releases[index].number
                for place in places.indices where places[place].floor == number {
                    places[place].floor = number - 1
                }
            }
        }
        return Array(last..<lastNumber).map { $0 + 1 }
    }

    /// Keeps what reviews say, and tells again what a forge has forgotten of it.
    ///
    /// Of each person the last word about a digest in an environment is kept, for as long as the digest can still come
    /// there: never a number of words, as one that is cut would be missing from the count, and be new at the next look.
    /// A rejection is kept for as long as a release with the digest is known: another one may bring the image again.
    mutating func hear(_ facts: inout LineFacts) {
        let live = facts.opinions.filter(\.isReview)
        let standing = standings(facts.policy)
        var last: [Heard.Subject: LineFacts.Opinion] = [:]
        for word in (heard ?? []).compactMap(\.opinion) + live where standing(word) != .void {
            let subject = Heard(word).subject
            if let known = last[subject], word.order <= known.order { continue }
            last[subject] = word
        }
        let kept = last.values.filter { !$0.isApproval || standing($0) == .open }
            .sorted { $0.order < $1.order }
        heard = kept.isEmpty ? nil : kept.map(Heard.init)
        let told = Set(live)
        facts.opinions += kept.filter { !told.contains($0) }
    }

    /// How far a word still matters.
    private enum Standing {
        /// It is about something that can still come to its environment.
        case open
        /// It is about an image that could only come again by a release yet to be built.
        case closed
        /// It is of a time, an environment or an image that is over.
        case void
    }

    private func standings(_ policy: DeliverySpec) -> (LineFacts.Opinion) -> Standing {
        var newest: [String: Int] = [:]
        for release in releases { newest[release.digest] = release.number }
        var places: [String: Place] = [:]
        for environment in policy.environments {
            places[environment.name] = place(environment.name) ?? Place(name: environment.name)
        }
        let awaited = records.filter { !$0.phase.isFinal }.map { [$0.spec.environment, $0.spec.digest] }
        return { word in
            guard let place = places[word.environment] else { return .void }
            if let from = place.approvalsFrom.flatMap(Timestamp.init(rfc3339:)), word.at <= from {
                return .void
            }
            if awaited.contains([word.environment, word.digest]) { return .open }
            guard let number = newest[word.digest] else { return .void }
            return number > place.number ?? 0 ? .open : .closed
        }
    }

    /// Brings the environments into the order of the policy; what waited for one that is gone waits no more.
    mutating func reshape(_ policy: DeliverySpec, at now: Timestamp) {
        let names = policy.environments.map(\.name)
        for index in records.indices
        where !records[index].phase.isFinal && !names.contains(records[index].spec.environment) {
            let message = "\(records[index].spec.environment) is no longer in the delivery file"
            end(index, as: .superseded, by: "delivery", message, at: now)
        }
        places = names.map { name in place(name) ?? Place(name: name) }
    }

    /// Ends a promotion, and notes which rule of its environment did.
    mutating func end(
        _ index: Int, as phase: PromotionStatus.Phase, by rule: String, _ message: String, at now: Timestamp
    ) {
        records[index].status.phase = phase
        records[index].status.blocker = nil
        records[index].status.message = message
        records[index].status.finishedAt = now.rfc3339
        decide(index, "\(records[index].spec.environment).\(rule)", message, at: now)
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
        let now = facts.now.rfc3339
        var left: [String: Int] = [:]
        for index in records.indices.reversed() where records[index].phase.isFinal {
            let record = records[index]
            // What was never waiting is still to be written down.
            if record.status.createdAt == now, record.status.finishedAt == now { continue }
            if present.contains(record.name) || record.rollback.map(asked.contains) == true { continue }
            left[record.spec.environment, default: 0] += 1
            if left[record.spec.environment, default: 0] > Self.finalLimit { records.remove(at: index) }
        }
        let used = Set(places.flatMap { $0.history + $0.verified + [$0.number ?? 0] } + records.map(\.number))
        let newest = Set(releases.suffix(Self.releaseLimit).map(\.number))
        releases.removeAll {
            !newest.contains($0.number) && !used.contains($0.number) && $0.quarantining == nil
        }
    }
}
