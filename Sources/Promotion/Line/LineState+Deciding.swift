import KubeModel

// What comes next to each environment, and what it waits for.
extension LineState {
    /// How long an environment that does not take up what git has, or not all of it, keeps others waiting.
    static let syncLimit = Duration.seconds(600)

    mutating func advance(_ place: Int, _ facts: LineFacts) {
        let environment = facts.policy.environments[place]
        let wanted = wanted(place, facts)
        let landing = records.last { $0.spec.environment == environment.name && $0.phase == .landing }
        let numbers = wanted.filter { $0 > landing?.number ?? 0 }
        settle(environment.name, keeping: numbers, facts.now)
        for number in numbers where !isWaiting(number, environment.name) {
            if let known = release(number) { propose(known, environment, facts.now) }
        }
        for index in records.indices
        where records[index].spec.environment == environment.name && records[index].phase == .waiting {
            let tally = ApprovalTally(records[index], environment, places[place], facts)
            records[index].status.approvals = tally.approvers.isEmpty ? nil : tally.approvers
            records[index].status.requiredApprovals = environment.requiredApprovals
            if let blocker = blocker(of: index, place, tally, facts) {
                records[index].status.blocker = blocker
                if let rule = Self.rule(of: blocker) {
                    decide(index, "\(environment.name).\(rule)", blocker.message, at: facts.now)
                }
            } else {
                release(index, place, facts)
            }
        }
    }

    // MARK: Releases that never wait

    /// Records the releases that a newer one has overtaken before they were ever looked at: everything that is built leaves
    /// a trace of where it went.
    ///
    /// - Parameter fresh: the releases that came since the last look.
    mutating func skip(_ fresh: [Int], _ facts: LineFacts) {
        guard let environment = facts.policy.environments.first else { return }
        for release in facts.late where !records.contains(where: { $0.spec.release == release.name }) {
            let known = Known(
                number: 0, name: release.name, digest: release.digest, commit: release.commit,
                image: release.image)
            let newest = releases.last?.name ?? "what is there"
            skip(known, environment, "skipped: \(newest) has its change, and was there first", facts.now)
        }
        guard let newest = release(wanted(0, facts).last ?? places.first?.number) else { return }
        for number in fresh where number < newest.number {
            guard let known = release(number), !barred.contains(known.digest) else { continue }
            skip(known, environment, "skipped: \(newest.name) takes its place", facts.now)
        }
    }

    private mutating func skip(
        _ known: Known, _ environment: DeliverySpec.Environment, _ message: String, _ now: Timestamp
    ) {
        propose(known, environment, now)
        end(records.count - 1, as: .superseded, by: "newest", message, at: now)
    }

    // MARK: Candidates

    /// The releases that are to come, at most two: the newest that may, and a newer one that is still being verified.
    private func wanted(_ index: Int, _ facts: LineFacts) -> [Int] {
        let place = places[index]
        let present = Set(facts.releases.map(\.name))
        let barred = barred
        func isEligible(_ known: Known) -> Bool {
            guard known.number > place.number ?? 0, !barred.contains(known.digest),
                present.contains(known.name)
            else { return false }
            return known.number > place.floor || isAskedFor(known, place, facts)
        }
        // The newest first, so that the first is the one that is looked for.
        guard index > 0 else { return releases.last(where: isEligible).map { [$0.number] } ?? [] }
        let upstream = places[index - 1]
        let verified = Set(upstream.verified)
        let ready = releases.last { verified.contains($0.number) && isEligible($0) }?.number
        var wanted = ready.map { [$0] } ?? []
        if let next = release(upstream.number), next.number > ready ?? 0, isEligible(next) {
            wanted.append(next.number)
        }
        return wanted
    }

    /// Whether somebody has approved a release since it was kept from the environment.
    private func isAskedFor(_ known: Known, _ place: Place, _ facts: LineFacts) -> Bool {
        let since = place.approvalsFrom.flatMap(Timestamp.init(rfc3339:))
        return facts.opinions.contains { opinion in
            opinion.isApproval && opinion.environment == place.name && opinion.digest == known.digest
                && (since.map { opinion.at > $0 } ?? true)
        }
    }

    private func isWaiting(_ number: Int, _ environment: String) -> Bool {
        records.contains {
            $0.spec.environment == environment && $0.phase == .waiting && $0.number == number
        }
    }

    /// Ends what waits and no longer should.
    private mutating func settle(_ environment: String, keeping numbers: [Int], _ now: Timestamp) {
        for index in records.indices
        where records[index].spec.environment == environment && records[index].phase == .waiting
            && !numbers.contains(records[index].number)
        {
            let newer =
                numbers.last.flatMap { release($0) }?.name
                ?? records.last { $0.spec.environment == environment && $0.phase == .landing }?.spec.release
                ?? release(place(environment)?.number)?.name
            let message: String
            if barred.contains(records[index].spec.digest) {
                message = "\(records[index].spec.release) is in quarantine"
            } else if let newer, newer != records[index].spec.release {
                message = "skipped: \(newer) takes its place"
            } else {
                message = "\(records[index].spec.release) is no longer to come"
            }
            end(index, as: .superseded, by: "newest", message, at: now)
        }
    }

    private mutating func propose(
        _ known: Known, _ environment: DeliverySpec.Environment, _ now: Timestamp
    ) {
        lastSequence += 1
        var record = Record(
            name: "\(known.name)-\(environment.name)-\(lastSequence)",
            spec: PromotionSpec(
                service: service, environment: environment.name, release: known.name, digest: known.digest,
                image: known.image, commit: known.commit, kind: .promotion, sequence: lastSequence),
            status: PromotionStatus(), number: known.number)
        record.status.phase = .waiting
        record.status.createdAt = now.rfc3339
        records.append(record)
    }

    // MARK: Blockers

    /// The rule of the policy that holds a promotion back; nil where it waits for something else, which ends by itself.
    private static func rule(of blocker: PromotionBlocker) -> String? {
        switch blocker.reason {
        case "StopTheLine": "stopTheLine"
        case "Freeze": "freeze"
        case "Rejected": "approvals"
        default: nil
        }
    }

    /// The one thing that a promotion waits for; nil where it may go.
    private func blocker(
        of index: Int, _ place: Int, _ tally: ApprovalTally, _ facts: LineFacts
    ) -> PromotionBlocker? {
        let record = records[index]
        let environment = facts.policy.environments[place]
        return upstreamBlocker(record, place)
            ?? fileBlocker(places[place], facts.now)
            ?? tally.blocker
            ?? policyBlocker(environment, facts)
            ?? signatureBlocker(record, facts)
            ?? busyBlocker(environment, places[place], facts.now)
    }

    private func upstreamBlocker(_ record: Record, _ index: Int) -> PromotionBlocker? {
        guard index > 0 else { return nil }
        let upstream = places[index - 1]
        guard !upstream.verified.contains(record.number) else { return nil }
        guard upstream.number == record.number, let reason = upstream.blocker else {
            return PromotionBlocker(
                reason: "Upstream", message: "\(upstream.name) has not shown yet that it works there")
        }
        return PromotionBlocker(
            reason: "Upstream", message: "\(upstream.name): \(reason.message)", until: reason.until)
    }

    private func fileBlocker(_ place: Place, _ now: Timestamp) -> PromotionBlocker? {
        guard place.isKnown else {
            return PromotionBlocker(
                reason: "FileFault", message: place.fault ?? "git is still to be looked at for \(place.name)")
        }
        guard let fault = place.fault else { return nil }
        if let until = place.retryAt.flatMap(Timestamp.init(rfc3339:)), until <= now { return nil }
        return PromotionBlocker(reason: "FileFault", message: fault, until: place.retryAt)
    }

    private func policyBlocker(
        _ environment: DeliverySpec.Environment, _ facts: LineFacts
    ) -> PromotionBlocker? {
        if let reason = facts.policy.stopTheLine {
            return PromotionBlocker(reason: "StopTheLine", message: "the line is stopped: \(reason)")
        }
        let calendar = FreezeCalendar((facts.policy.freeze ?? []) + (environment.freeze ?? []))
        guard let hold = calendar.hold(at: facts.now) else { return nil }
        let end = hold.until.map { " until \($0.rfc3339)" } ?? ""
        return PromotionBlocker(
            reason: "Freeze", message: "\(environment.name) is frozen\(end): \(hold.reason)",
            until: hold.until?.rfc3339)
    }

    private func signatureBlocker(_ record: Record, _ facts: LineFacts) -> PromotionBlocker? {
        switch facts.releases.first(where: { $0.name == record.spec.release })?.signature {
        case .valid: return nil
        case .refused(let message):
            return PromotionBlocker(reason: "SignatureRefused", message: message)
        case .unavailable(let message):
            return PromotionBlocker(reason: "SignatureUnknown", message: message)
        case .unknown, nil:
            return PromotionBlocker(
                reason: "SignatureUnknown", message: "the image's signature is being checked")
        }
    }

    private func busyBlocker(
        _ environment: DeliverySpec.Environment, _ place: Place, _ now: Timestamp
    ) -> PromotionBlocker? {
        if let other = records.last(where: { $0.spec.environment == place.name && $0.phase == .landing }) {
            return PromotionBlocker(
                reason: "Landing", message: "\(other.spec.release) is being written to git first")
        }
        guard let present = release(place.number), place.promotion != nil, let blocker = place.blocker else {
            return nil
        }
        var until = blocker.until
        switch place.phase {
        case .syncing:
            // One that is never taken up must not keep out the one that mends it.
            guard let since = place.since.flatMap(Timestamp.init(rfc3339:)) else { return nil }
            let end = since.advanced(by: Self.syncLimit)
            guard now < end else { return nil }
            until = end.rfc3339
        case .rolling:
            // The same of what never gets whole and has no deadline of its own.
            guard let since = place.unsettledAt.flatMap(Timestamp.init(rfc3339:)) else { break }
            let end = since.advanced(by: Self.syncLimit)
            guard now < end else { return nil }
            until = end.rfc3339
        case .testing: break
        case .soaking where environment.holds == true: break
        default: return nil
        }
        return PromotionBlocker(
            reason: "EnvironmentBusy",
            message: "\(place.name) is busy with \(present.name): \(blocker.message)", until: until)
    }

    // MARK: Letting go

    private mutating func release(_ index: Int, _ place: Int, _ facts: LineFacts) {
        let environment = facts.policy.environments[place]
        guard let known = release(records[index].number) else { return }
        let rule: String
        let message: String
        if environment.requiredApprovals > 0 {
            let names = (records[index].status.approvals ?? []).map(\.user).joined(separator: ", ")
            rule = "\(environment.name).approvals"
            message = "approved by \(names)"
        } else if place == 0 {
            rule = "\(environment.name).automatic"
            message = "the first environment takes the newest release"
        } else {
            rule = "\(environment.name).after-\(places[place - 1].name)"
            message = "\(places[place - 1].name) has shown that it works"
        }
        records[index].value = known.value(in: environment)
        records[index].status.phase = .landing
        records[index].status.rule = rule
        records[index].status.replaces = places[place].value
        records[index].status.blocker = PromotionBlocker(reason: "Landing", message: "being written to git")
        places[place].retryAt = nil
        places[place].fault = nil
        decide(index, rule, message, at: facts.now)
    }
}
