import KubeModel
import Promotion
import TestSupport
import Testing

/// A world for the reducer: git, clusters, people and time, all moved by a seeded generator.
struct LineWorld {
    var random: SeededGenerator
    var now = Timestamp(seconds: 1_767_225_600)
    var policy: DeliverySpec
    var releases: [LineFacts.Release] = []
    var created = 0
    /// What git has, by environment, and who put it there.
    var git: [String: (value: String, change: LineFacts.Change)] = [:]
    var deployments: [String: LineFacts.Deployment] = [:]
    var smokes: [String: [String: LineFacts.Smoke]] = [:]
    var opinions: [LineFacts.Opinion] = []
    /// The reviews that the forge shows, and all that it has shown at a look.
    var reviews: [LineFacts.Opinion] = []
    var seenReviews: [LineFacts.Opinion] = []
    var rollbacks: [LineFacts.Rollback] = []
    var rollbackCount = 0
    var spoken = 0
    var commits = 0
    var readable = true
    /// Whether the commits that brought the values are further back than is looked.
    var isHistoryLost = false
    var state = LineState(service: "orders")
    /// Since when approvals of an environment count.
    var approvalsFrom: [String: Timestamp] = [:]
    /// Since when an environment is seen to be healthy with what git has, and with what.
    var healthy: [String: (value: String, since: Timestamp)] = [:]
    /// For which value each smoke test of an environment was begun, and which values passed one.
    var begun: [String: [String: String]] = [:]
    var tested: [String: Set<String>] = [:]
    /// The images that were seen to work in an environment.
    var proven: [String: Set<String>] = [:]
    var landings = 0
    var rolledBack = 0
    static let people = ["ada", "bob", "cleo", "dan"]
    /// How much is counted.
    var waitingSeen = 0

    static let policy = DeliverySpec(environments: [
        .init(name: "dev", smoke: .init(command: ["/smoke"], timeout: "2m")),
        .init(name: "staging", soak: "5m", smoke: .init(command: ["/smoke"])),
        .init(name: "production", approvals: 2, soak: "1m"),
    ])

    /// The same, with tags in staging.
    static let tagging: DeliverySpec = {
        var spec = LineWorld.policy
        spec.environments[1].value = .tag
        return spec
    }()

    init(seed: UInt64, policy: DeliverySpec = Self.policy) {
        random = SeededGenerator(seed: seed)
        self.policy = policy
        for environment in policy.environments { deployments[environment.name] = .healthy }
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    var environments: [String] { policy.environments.map(\.name) }

    /// Of each release one person is the author.
    static func author(of release: String) -> String {
        people[(Int(release.split(separator: "-").last ?? "0") ?? 0) % people.count]
    }

    /// The name of a commit of the config repository, which is known by its first digits as well.
    static func configCommit(_ number: Int) -> String {
        let hex = String(number, radix: 16)
        return String(repeating: "0", count: 8 - hex.count) + hex + String(repeating: "c", count: 32)
    }

    /// What stands in an environment's field for a release.
    func value(_ release: LineFacts.Release, in environment: String) -> String {
        let isTag = policy.environments.first { $0.name == environment }?.value == .tag
        return isTag ? release.tag : release.digest
    }

    /// The place of the first release that a value of an environment is of.
    func release(of value: String?, in environment: String) -> Int? {
        releases.firstIndex { self.value($0, in: environment) == value }
    }

    // MARK: What happens outside

    /// Adds a release, whose image is one that was there before where it is a copy: built again, or of a tree that was
    /// taken back.
    mutating func addRelease(isCopy: Bool = false) {
        created += 1
        let image = isCopy ? pick(Array(releases.suffix(6)))?.digest : nil
        releases.append(
            LineFacts.Release(
                name: "orders-\(created)", digest: image ?? digest(created), commit: commitName(created),
                image: "r/orders", tag: created % 3 == 0 ? commitName(50_000 + created) : nil))
        releases[releases.count - 1].signature = .valid
    }

    mutating func happen() {
        now = now.advanced(by: .seconds(Int64.random(in: 0...200, using: &random)))
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: addRelease(isCopy: chance(15))
        case 12..<40:
            guard let environment = pick(environments) else { return }
            let deployment: LineFacts.Deployment? = pick([
                .healthy, .healthy, .healthy, .rolling("half of it"), .behind("not yet"),
                .unhealthy("it crashed"),
            ])
            deployments[environment] = deployment
        case 40..<55:
            guard let environment = pick(environments), let value = git[environment]?.value,
                let job = begun[environment]?.filter({ $0.value == value }).keys.sorted().last
            else { return }
            let result: LineFacts.Smoke? = pick([.passed, .passed, .passed, .running, .failed("exit 1")])
            smokes[environment]?[job] = result
        case 55..<80:
            guard let environment = pick(environments), let release = pick(Array(releases.suffix(4))),
                let user = pick(Self.people)
            else { return }
            speak(of: release, in: environment, user)
        case 80..<84: policy.stopTheLine = policy.stopTheLine == nil ? "incident" : nil
        case 84..<88:
            policy.environments[policy.environments.count - 1].freeze =
                chance(50)
                ? [.init(until: now.advanced(by: .seconds(900)).rfc3339, reason: "release party")] : nil
        case 88..<92: askForRollback()
        case 92..<94: editByHand()
        case 94:
            guard let index = releases.indices.suffix(4).randomElement(using: &random) else { return }
            releases[index].isQuarantined = true
        case 95:
            guard let index = releases.indices.last(where: { releases[$0].isQuarantined }) else { return }
            releases[index].isQuarantined = false
        case 96..<98:
            readable.toggle()
            isHistoryLost = chance(20)
        default:
            guard let index = releases.indices.last else { return }
            releases[index].signature = chance(50) ? .refused("nobody signed it") : .valid
        }
    }

    private mutating func speak(of release: LineFacts.Release, in environment: String, _ user: String) {
        spoken += 1
        let isReview = chance(40)
        let opinion = LineFacts.Opinion(
            environment: environment, digest: release.digest, user: user, isApproval: chance(90), at: now,
            source: isReview ? "config-\(spoken)" : "a-\(spoken)", isReview: isReview)
        if isReview { reviews.append(opinion) } else { opinions.append(opinion) }
        // A branch is made anew, and the forge dismisses what was said of it; of closed ones it keeps everything.
        if chance(30) { reviews.removeAll { $0.digest == releases.last?.digest } }
        if reviews.last == opinion { seenReviews.append(opinion) }
        // Somebody tidies up.
        reviews = Array(reviews.suffix(120))
    }

    private mutating func askForRollback() {
        guard let environment = pick(environments), let present = git[environment] else { return }
        rollbackCount += 1
        var rollback = LineFacts.Rollback(
            key: "ns/rb-\(rollbackCount)", environment: environment, reason: "errors rose")
        if chance(50) {
            rollback.bad =
                release(of: present.value, in: environment).map { releases[$0].digest } ?? digest(1)
        } else {
            rollback.requestedBy = "bob"
            if chance(30) { rollback.to = pick(releases)?.name }
        }
        rollbacks.append(rollback)
    }

    private mutating func editByHand() {
        guard let environment = pick(environments), git[environment] != nil else { return }
        commits += 1
        let chosen = chance(70) ? nil : pick(releases)
        let value = chosen.map { self.value($0, in: environment) } ?? digest(90_000 + commits)
        git[environment] = (
            value, .init(commit: Self.configCommit(commits), at: now.rfc3339, words: "commit of Bob")
        )
        approvalsFrom[environment] = now
    }

    var facts: LineFacts {
        var facts = LineFacts(now: now, policy: policy)
        facts.releases = releases
        facts.opinions = Array(opinions.suffix(80)) + reviews
        facts.rollbacks = rollbacks
        for environment in environments {
            let present = git[environment]
            var fact = LineFacts.Environment(
                head: readable
                    ? .value(present?.value, isHistoryLost ? nil : present?.change) : .fault("git is away"),
                deployment: deployments[environment] ?? .healthy)
            fact.smokes = smokes[environment] ?? [:]
            facts.environments[environment] = fact
            for release in releases.suffix(12) {
                facts.authors[environment, default: [:]][release.name] = .known([
                    Self.author(of: release.name)
                ])
            }
        }
        return facts
    }
}
