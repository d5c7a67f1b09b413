import Foundation
import KubeModel
import Manifest
import Promotion
import TestSupport
import Testing

extension LineWorld {
    /// Looks at everything once, checks what must hold whatever happened, and does some of what is wanted.
    ///
    /// - Parameter isReliable: whether everything is done and told; otherwise processes end in between.
    mutating func look(isReliable: Bool) throws {
        note()
        let before = state
        let facts = facts
        let actions = state.handle(.looked(facts))
        try check(before, actions)
        if isReliable || chance(10) { try checkRest(facts) }
        // What is written down is all that is left after a crash.
        if !isReliable, chance(10) {
            state = try ValueDecoder().decode(LineState.self, from: try ValueEncoder().encode(state))
        }
        for action in actions where isReliable || chance(80) { try perform(action, isReliable: isReliable) }
    }

    /// Remembers what has been seen to work, by the rules and independently of the reducer.
    private mutating func note() {
        guard readable else { return }
        for (environment, present) in git {
            for (job, smoke) in smokes[environment] ?? [:] where smoke == .passed {
                if let value = begun[environment]?[job] { tested[environment, default: []].insert(value) }
            }
            if deployments[environment] != .healthy {
                healthy[environment] = nil
            } else if healthy[environment]?.value != present.value {
                healthy[environment] = (present.value, now)
            }
            guard deployments[environment] == .healthy,
                let release = release(of: present.value, in: environment)
            else { continue }
            proven[environment, default: []].insert(releases[release].digest)
        }
    }

    private mutating func perform(_ action: LineAction, isReliable: Bool) throws {
        switch action {
        case .land(let record, let expected): try land(record, expected, isReliable: isReliable)
        case .startSmoke(let environment, let job, _, _):
            smokes[environment, default: [:]][job] = .running
            begun[environment, default: [:]][job] = git[environment]?.value
        case .quarantine(let name, _):
            guard let index = releases.firstIndex(where: { $0.name == name }) else { return }
            releases[index].isQuarantined = true
        case .answerRollback(let key, _, let message, _):
            #expect(!message.isEmpty)
            rollbacks.removeAll { $0.key == key }
        case .tellRollback(_, let message): #expect(!message.isEmpty)
        case .showPullRequest, .closePullRequest, .wake: break
        }
    }

    /// What the lane does: nothing where the value is not the expected one.
    private mutating func land(_ record: LineState.Record, _ expected: String?, isReliable: Bool) throws {
        let environment = record.spec.environment
        let value = try #require(record.value)
        let release = try #require(releases.first { $0.name == record.spec.release })
        #expect(value == self.value(release, in: environment))
        #expect(release.digest == record.spec.digest)
        if !isReliable, chance(10) {
            let error = PromotionError(.unavailable, "the disk is full")
            _ = state.handle(.refused(promotion: record.name, error, at: now))
            return
        }
        // Somebody has just put it in quarantine, which is looked at again before it is written.
        if !isReliable, chance(3), let index = releases.firstIndex(where: { $0.digest == record.spec.digest })
        {
            releases[index].isQuarantined = true
        }
        if releases.contains(where: { $0.digest == record.spec.digest && $0.isQuarantined }) {
            let error = PromotionError(.quarantined, "\(record.spec.release) is in quarantine")
            _ = state.handle(.refused(promotion: record.name, error, at: now))
            return
        }
        guard git[environment]?.value == expected else {
            let error = PromotionError(.changed, "set by commit abc of Bob")
            _ = state.handle(.refused(promotion: record.name, error, at: now))
            approvalsFrom[environment] = now
            return
        }
        try checkLanding(record)
        commits += 1
        let commit = Self.configCommit(commits)
        git[environment] = (
            value, .init(commit: commit, at: now.rfc3339, promotion: record.name, words: "the lane")
        )
        deployments[environment] = isReliable ? .healthy : .behind("not yet")
        landings += 1
        if record.spec.kind == .rollback {
            approvalsFrom[environment] = now
            rolledBack += 1
        }
        // A process can end between the branch's move and the word of it.
        if isReliable || chance(85) {
            _ = state.handle(.landed(promotion: record.name, commit: commit, at: now))
        }
    }

    // MARK: What must hold

    private mutating func check(_ before: LineState, _ actions: [LineAction]) throws {
        for record in state.records where !record.phase.isFinal {
            let blocker = try #require(record.status.blocker, "\(record.name) waits without a reason")
            #expect(!blocker.reason.isEmpty && !blocker.message.isEmpty)
            if let until = blocker.until { #expect(Timestamp(rfc3339: until) != nil) }
            waitingSeen += 1
        }
        for record in state.records {
            let isHeld = ["StopTheLine", "Freeze", "Rejected"].contains(record.status.blocker?.reason)
            guard isHeld || [.superseded, .rolledBack].contains(record.phase) else { continue }
            let decision = record.status.decisions?.last
            #expect(decision?.rule.hasPrefix("\(record.spec.environment).") == true, "\(record.name)")
            #expect(decision?.message == record.status.blocker?.message ?? record.status.message)
        }
        for place in state.places
        where [.syncing, .rolling, .testing, .soaking, .failed].contains(place.phase) {
            #expect(place.blocker != nil, "\(place.name) is \(place.phase) without a reason")
        }
        for record in state.records where record.phase == .landing && record.spec.kind == .promotion {
            let old = before.records.first { $0.name == record.name }
            guard old?.phase != .landing else { continue }
            #expect(record.status.rule?.hasPrefix(record.spec.environment) == true)
            #expect(policy.stopTheLine == nil)
            let environment = try #require(policy.environments.first { $0.name == record.spec.environment })
            #expect(environment.freeze == nil || now.rfc3339 >= environment.freeze?[0].until ?? "")
            let release = try #require(releases.first { $0.name == record.spec.release })
            #expect(release.signature == .valid)
            #expect(!releases.contains { $0.digest == release.digest && $0.isQuarantined })
            for user in Self.people {
                #expect(
                    lastWord(of: user, on: record) != false,
                    "\(user) rejected \(record.spec.release) in \(environment.name)")
            }
        }
        for record in state.records where record.phase == .landing && record.spec.kind == .rollback {
            guard let present = state.place(record.spec.environment)?.number,
                !before.records.contains(where: { $0.name == record.name }),
                rollbacks.contains(where: { $0.key == record.rollback && $0.to == nil })
            else { continue }
            #expect(record.number < present, "a rollback goes on to \(record.spec.release)")
        }
        for place in state.places { checkVerified(place, before.place(place.name)) }
        for place in state.places { #expect(place.configCommit != "") }
        let names = state.records.map(\.name)
        #expect(Set(names).count == names.count)
    }

    /// What an environment has newly shown to work must have run there without a break for as long as it has to.
    private func checkVerified(_ place: LineState.Place, _ before: LineState.Place?) {
        guard let number = place.number, place.verified.contains(number),
            before?.verified.contains(number) != true,
            let environment = policy.environments.first(where: { $0.name == place.name })
        else { return }
        let soak: Int64 = environment.soak.flatMap { ["5m": 300, "1m": 60][$0] } ?? 0
        let since = healthy[place.name]?.since.advanced(by: .seconds(soak))
        #expect(
            since.map { $0 <= now } == true,
            "\(place.name) shows that \(place.value ?? "") works after a break")
        guard environment.smoke != nil else { return }
        #expect(
            tested[place.name]?.contains(place.value ?? "") == true,
            "\(place.name) shows that \(place.value ?? "") works without a test")
    }

    /// What somebody said last of what a promotion would bring, in whichever way they said it; nil for nothing.
    private func lastWord(of user: String, on record: LineState.Record) -> Bool? {
        let from = state.place(record.spec.environment)?.approvalsFrom
        let words = (opinions.suffix(80) + seenReviews + reviews).filter {
            $0.user == user && $0.environment == record.spec.environment
                && $0.digest == record.spec.digest && $0.at.rfc3339 > from ?? ""
        }
        guard let last = words.map(\.at).max() else { return nil }
        // What is said within one second has no order.
        let final = Set(words.filter { $0.at == last }.map(\.isApproval))
        return final.count == 1 ? final.first : nil
    }

    /// Where nothing happens and nothing is done, looking again changes nothing: otherwise it would go on for ever.
    private func checkRest(_ facts: LineFacts) throws {
        var again = state
        _ = again.handle(.looked(facts))
        let once = again
        _ = again.handle(.looked(facts))
        guard again != once else { return }
        let before = try ValueEncoder().encode(once)
        let after = try ValueEncoder().encode(again)
        Issue.record("a look that finds nothing new changes \(Self.differences(before, after, at: ""))")
    }

    /// Where two values differ.
    private static func differences(_ one: Value, _ other: Value, at path: String) -> [String] {
        if one == other { return [] }
        if let left = one.objectValue, let right = other.objectValue {
            let keys = Set(left.keys).union(right.keys).sorted()
            return keys.flatMap { differences(left[$0] ?? .null, right[$0] ?? .null, at: "\(path).\($0)") }
        }
        if let left = one.arrayValue, let right = other.arrayValue, left.count == right.count {
            return left.indices.flatMap { differences(left[$0], right[$0], at: "\(path)[\($0)]") }
        }
        return ["\(path): \(JSON.string(one)) -> \(JSON.string(other))"]
    }

    private func checkLanding(_ record: LineState.Record) throws {
        guard record.spec.kind == .promotion else { return }
        let environment = try #require(policy.environments.first { $0.name == record.spec.environment })
        let index = try #require(policy.environments.firstIndex { $0.name == environment.name })
        #expect(!record.spec.digest.isEmpty)
        if index > 0 {
            #expect(proven[policy.environments[index - 1].name]?.contains(record.spec.digest) == true)
        }
        let value = git[environment.name]?.value
        if let old = release(of: value, in: environment.name),
            let new = releases.firstIndex(where: { $0.name == record.spec.release })
        {
            #expect(
                new > old || value == record.value,
                "\(record.spec.release) would replace \(releases[old].name)")
        }
        guard environment.requiredApprovals > 0 else { return }
        let from = approvalsFrom[environment.name]
        var last: [String: Bool] = [:]
        let words = (opinions + seenReviews + reviews).sorted { ($0.at, $0.source) < ($1.at, $1.source) }
        for opinion in words
        where opinion.environment == environment.name && opinion.digest == record.spec.digest
            && (from.map { opinion.at >= $0.wholeSeconds } ?? true)
        {
            last[opinion.user] = opinion.isApproval
        }
        // Decided while these held; a later word can only have come after the decision.
        let approvers = (record.status.approvals ?? []).map(\.user)
        #expect(approvers.count >= environment.requiredApprovals)
        #expect(Set(approvers).count == approvers.count)
        for user in approvers {
            #expect(user != Self.author(of: record.spec.release), "\(user) approved a change of their own")
            #expect(last[user] != nil, "\(user) has said nothing of \(record.spec.release)")
        }
    }

    /// Lets the world come to rest: everything works, everybody agrees, nothing is stopped.
    mutating func settle() throws {
        readable = true
        isHistoryLost = false
        policy.stopTheLine = nil
        for index in policy.environments.indices { policy.environments[index].freeze = nil }
        for index in releases.indices {
            releases[index].signature = .valid
        }
        // What was set by hand is seen first: it holds against all that was there before.
        for _ in 0..<3 { try look(isReliable: true) }
        addRelease()
        let newest = releases[releases.count - 1]
        for _ in 0..<60 {
            now = now.advanced(by: .seconds(120))
            for environment in environments {
                deployments[environment] = .healthy
                for job in (smokes[environment] ?? [:]).keys { smokes[environment]?[job] = .passed }
            }
            for environment in policy.environments where environment.requiredApprovals > 0 {
                for user in Self.people where user != Self.author(of: newest.name) {
                    opinions.append(
                        .init(
                            environment: environment.name, digest: newest.digest, user: user,
                            isApproval: true,
                            at: now, source: "a-\(opinions.count)"))
                }
            }
            try look(isReliable: true)
        }
        for environment in environments {
            #expect(
                git[environment]?.value == value(newest, in: environment),
                "\(environment) never got \(newest.name)")
        }
        #expect(rollbacks.isEmpty)
    }
}

/// One at a time, so that they leave a processor to the tests that wait for others.
@Suite(.serialized) struct LineSimulationTests {
    @Test(arguments: 1...5)
    func `whatever happens, nothing waits without a reason and nothing lands against the rules`(run: Int)
        throws
    {
        let seed = Self.seed &+ UInt64(run - 1)
        print("promotion simulation \(run): seed \(seed)")
        try Self.play(seed: seed)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `once everything works and everybody agrees, the newest release is everywhere`(seed: UInt64) throws {
        var world = LineWorld(seed: seed, policy: LineWorld.tagging)
        for _ in 0..<600 {
            world.happen()
            try world.look(isReliable: false)
        }
        try world.settle()
    }

    private static let environment = ProcessInfo.processInfo.environment
    /// The events of a run; `SIMULATED_EVENTS` asks for others.
    private static let events = environment["SIMULATED_EVENTS"].flatMap { Int($0) } ?? 2_100
    /// Others each time; `SLIPWAY_SEED` of a run that failed plays that one first.
    private static let seed =
        environment["SLIPWAY_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)

    private static func play(seed: UInt64) throws {
        var world = LineWorld(seed: seed, policy: LineWorld.tagging)
        for _ in 0..<events {
            world.happen()
            try world.look(isReliable: false)
        }
        #expect(world.landings > 20, "seed \(seed): only \(world.landings) landed")
    }
}
