import KubeModel
import Promotion
import Testing

/// One service's way through dev, staging and production, step by step.
struct LineTests {
    /// A world in which everything works and nothing happens by itself.
    static func world(_ policy: DeliverySpec = LineWorld.policy) throws -> LineWorld {
        var world = LineWorld(seed: 1, policy: policy)
        try world.look(isReliable: true)
        return world
    }

    /// Looks until nothing changes, smoke tests passing.
    static func run(_ world: inout LineWorld, seconds: Int64 = 0) throws {
        world.now = world.now.advanced(by: .seconds(seconds))
        for _ in 0..<8 {
            try world.look(isReliable: true)
            for environment in world.environments {
                for job in (world.smokes[environment] ?? [:]).keys {
                    world.smokes[environment]?[job] = .passed
                }
            }
        }
    }

    static func waiting(_ world: LineWorld, _ environment: String) -> LineState.Record? {
        world.state.records(of: environment, in: .waiting).last
    }

    static func approve(_ world: inout LineWorld, _ number: Int, by users: [String]) {
        for user in users {
            world.opinions.append(
                .init(
                    environment: "production", digest: digest(number), user: user, isApproval: true,
                    at: world.now,
                    source: "a-\(world.opinions.count)"))
        }
    }

    @Test func `dev takes a release itself, staging after dev, production after two approvals`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(1) && world.git["staging"]?.value == digest(1))
        let soaking = try #require(Self.waiting(world, "production"))
        #expect(soaking.status.blocker?.reason == "Upstream")
        #expect(soaking.status.blocker?.until == world.now.advanced(by: .seconds(300)).rfc3339)
        try Self.run(&world, seconds: 300)
        #expect(Self.waiting(world, "production")?.status.blocker?.reason == "AwaitingApproval")
        // Bob wrote orders-1, so that his word does not count.
        Self.approve(&world, 1, by: ["bob", "ada"])
        try Self.run(&world)
        let blocker = Self.waiting(world, "production")?.status.blocker
        #expect(blocker?.message.contains("has ada") == true)
        #expect(blocker?.message.contains("bob wrote it") == true)
        Self.approve(&world, 1, by: ["cleo"])
        try Self.run(&world)
        try Self.run(&world, seconds: 60)
        #expect(world.git["production"]?.value == digest(1))
        let done = world.state.records.last { $0.spec.environment == "production" }
        #expect(done?.phase == .succeeded && done?.status.rule == "production.approvals")
        #expect(done?.status.approvals?.map(\.user) == ["ada", "cleo"])
    }

    @Test func `a newer release takes the place of one that waits, which is recorded as skipped`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world, seconds: 0)
        try Self.run(&world, seconds: 300)
        world.addRelease()
        try Self.run(&world)
        try Self.run(&world, seconds: 300)
        let skipped = world.state.records.first {
            $0.spec.release == "orders-1" && $0.spec.environment == "production"
        }
        #expect(skipped?.phase == .superseded)
        #expect(skipped?.status.message == "skipped: orders-2 takes its place")
        #expect(Self.waiting(world, "production")?.spec.release == "orders-2")
    }

    @Test func `what is verified keeps waiting while a newer one is being verified`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        try Self.run(&world, seconds: 300)
        world.addRelease()
        try Self.run(&world)
        let waiting = world.state.records(of: "production", in: .waiting)
        #expect(waiting.map(\.spec.release) == ["orders-1", "orders-2"])
        #expect(waiting.map { $0.status.blocker?.reason } == ["AwaitingApproval", "Upstream"])
        world.deployments["staging"] = .unhealthy("it crashed")
        Self.approve(&world, 1, by: ["ada", "cleo"])
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(1))
    }

    @Test
    func `a rollback goes by value, bars the release, and needs a new approval after the bar is lifted`()
        throws
    {
        var world = try Self.world()
        for number in 1...2 {
            world.addRelease()
            try Self.run(&world)
            try Self.run(&world, seconds: 300)
            Self.approve(&world, number, by: number == 1 ? ["ada", "cleo"] : ["ada", "bob"])
            try Self.run(&world)
            try Self.run(&world, seconds: 60)
        }
        #expect(world.git["production"]?.value == digest(2))
        world.policy.stopTheLine = "an incident"
        world.now = world.now.advanced(by: .seconds(10))
        world.rollbacks = [
            .init(
                key: "orders-production/x", environment: "production", bad: digest(2), good: digest(1),
                reason: "errors")
        ]
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(1))
        #expect(world.releases[1].isQuarantined && world.rollbacks.isEmpty)
        let record = world.state.records.last { $0.spec.kind == .rollback }
        #expect(record?.status.rule == "production.rollback-automatic")
        #expect(
            world.state.records.first {
                $0.spec.release == "orders-2" && $0.spec.environment == "production"
            }?.phase == .rolledBack)
        world.policy.stopTheLine = nil
        try Self.run(&world, seconds: 600)
        #expect(world.git["production"]?.value == digest(1))
        world.now = world.now.advanced(by: .seconds(10))
        world.releases[1].isQuarantined = false
        try Self.run(&world)
        #expect(Self.waiting(world, "production")?.status.blocker?.reason == "AwaitingApproval")
        Self.approve(&world, 2, by: ["ada", "bob"])
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(2))
    }

    @Test func `an approval of the very second of a rollback does not let the release in again`() throws {
        var world = try Self.world()
        for number in 1...2 {
            world.addRelease()
            try Self.run(&world)
            try Self.run(&world, seconds: 300)
            Self.approve(&world, number, by: number == 1 ? ["ada", "cleo"] : ["ada", "bob"])
            try Self.run(&world)
            try Self.run(&world, seconds: 60)
        }
        world.rollbacks = [
            .init(key: "slipway/x", environment: "production", reason: "x", requestedBy: "ada")
        ]
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(1))
        // It may have been given before the rollback: both are of one second.
        Self.approve(&world, 2, by: ["ada", "bob"])
        world.releases[1].isQuarantined = false
        try Self.run(&world)
        try Self.run(&world, seconds: 600)
        #expect(world.git["production"]?.value == digest(1))
        let waiting = Self.waiting(world, "production")
        #expect(waiting?.status.blocker?.reason == "AwaitingApproval" && waiting?.status.approvals == nil)
        Self.approve(&world, 2, by: ["ada", "bob"])
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(2))
    }

    @Test func `what somebody set by hand stays until a newer release or a new approval`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        let change = LineFacts.Change(
            commit: commitName(77), at: world.now.rfc3339, words: "commit 77 of Bob")
        world.git["dev"] = (digest(500), change)
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(500))
        #expect(Self.waiting(world, "dev") == nil)
        world.addRelease()
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(2))
    }

    @Test func `a release that somebody set by hand is tested before it goes on`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        world.addRelease()
        world.policy.stopTheLine = "nothing comes by itself"
        try Self.run(&world)
        let change = LineFacts.Change(
            commit: commitName(77), at: world.now.rfc3339, words: "commit 77 of Bob")
        world.git["dev"] = (digest(2), change)
        world.policy.stopTheLine = nil
        for _ in 0..<4 { try world.look(isReliable: true) }
        let dev = try #require(world.state.place("dev"))
        #expect(dev.phase == .testing && dev.smokeJob == "smoke-orders-dev-cccccccccc")
        #expect(Self.waiting(world, "staging")?.status.blocker?.reason == "Upstream")
        #expect(world.git["staging"]?.value == digest(1))
        world.smokes["dev"]?["smoke-orders-dev-cccccccccc"] = .failed("exit 1")
        for _ in 0..<4 { try world.look(isReliable: true) }
        #expect(world.git["staging"]?.value == digest(1))
        world.smokes["dev"]?["smoke-orders-dev-cccccccccc"] = .passed
        for _ in 0..<4 { try world.look(isReliable: true) }
        #expect(world.git["staging"]?.value == digest(2))
    }

    @Test func `a tag is the image's own, also where a rebase landed the commit under another name`() throws {
        var world = try Self.world(LineWorld.tagging)
        world.addRelease()
        world.releases[0].tag = commitName(900)
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(1))
        #expect(world.git["staging"]?.value == commitName(900))
        // Set by hand it is known as well.
        world.addRelease()
        world.releases[1].tag = commitName(901)
        world.git["staging"] = (
            commitName(901), .init(commit: commitName(77), at: world.now.rfc3339, words: "commit 77 of Bob")
        )
        try Self.run(&world)
        #expect(world.state.place("staging")?.number == 2)
    }

    @Test func `an image in quarantine does not come by another release, until it is lifted`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        world.addRelease()
        world.addRelease()
        world.releases[1].isQuarantined = true
        world.releases[2].digest = digest(2)
        try Self.run(&world, seconds: 300)
        #expect(world.git["dev"]?.value == digest(1) && Self.waiting(world, "dev") == nil)
        world.releases[1].isQuarantined = false
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(2))
        #expect(world.state.place("dev")?.number == 3)
    }

    @Test func `a rollback bars the image also where another release has it`() throws {
        var world = try Self.world()
        for _ in 1...2 {
            world.addRelease()
            try Self.run(&world)
            try Self.run(&world, seconds: 300)
        }
        world.addRelease()
        world.releases[2].digest = digest(2)
        world.policy.stopTheLine = "so that it waits"
        try Self.run(&world)
        #expect(Self.waiting(world, "dev")?.spec.release == "orders-3")
        world.rollbacks = [.init(key: "slipway/x", environment: "dev", reason: "x", requestedBy: "ada")]
        _ = world.state.handle(.looked(world.facts))
        // Before anybody has put it in quarantine.
        #expect(Self.waiting(world, "dev") == nil)
        let skipped = world.state.records.last { $0.spec.release == "orders-3" }
        #expect(skipped?.phase == .superseded)
        try Self.run(&world)
        #expect(world.git["dev"]?.value == digest(1))
        #expect(world.releases.map(\.isQuarantined) == [false, true, false])
    }

    @Test func `what is out of sync begins its soak anew`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        #expect(world.state.place("staging")?.phase == .soaking)
        try Self.run(&world, seconds: 200)
        world.deployments["staging"] = .behind("somebody changed it")
        try Self.run(&world, seconds: 10)
        world.deployments["staging"] = .healthy
        try Self.run(&world, seconds: 200)
        let staging = try #require(world.state.place("staging"))
        #expect(staging.phase == .soaking && staging.verified.isEmpty)
        #expect(staging.soakUntil == world.now.advanced(by: .seconds(300)).rfc3339)
    }

    @Test func `what never gets whole keeps others out for ten minutes`() throws {
        var world = try Self.world()
        world.addRelease()
        try world.look(isReliable: true)
        try world.look(isReliable: true)
        world.deployments["dev"] = .unsettled("objects are missing")
        try Self.run(&world)
        world.addRelease()
        try Self.run(&world, seconds: 300)
        let blocker = try #require(Self.waiting(world, "dev")?.status.blocker)
        #expect(blocker.reason == "EnvironmentBusy")
        #expect(blocker.until == world.now.advanced(by: .seconds(300)).rfc3339)
        world.now = world.now.advanced(by: .seconds(300))
        try world.look(isReliable: true)
        try world.look(isReliable: true)
        #expect(world.git["dev"]?.value == digest(2))
        // Steps that somebody sees to take as long as they take.
        world.deployments["dev"] = .rolling("canary at 5 %")
        try Self.run(&world)
        world.addRelease()
        try Self.run(&world, seconds: 7200)
        #expect(world.git["dev"]?.value == digest(2))
        // Where a step says when it ends, so does what waits for it.
        let end = world.now.advanced(by: .seconds(600)).rfc3339
        world.deployments["dev"] = .rolling("canary at 5 %", until: end)
        try Self.run(&world)
        #expect(Self.waiting(world, "dev")?.status.blocker?.until == end)
        #expect(world.state.places.first?.blocker?.until == end)
    }

    @Test func `a rejection counts and looking comes to rest however many reviews closed pull requests keep`()
        throws
    {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        try Self.run(&world, seconds: 300)
        func review(_ number: Int, _ user: String, _ isApproval: Bool, _ source: String) -> LineFacts.Opinion
        {
            .init(
                environment: "production", digest: digest(number), user: user, isApproval: isApproval,
                at: world.now, source: source, isReview: true)
        }
        // The rejection is the oldest word; the others are of releases from long ago.
        world.reviews = [review(1, "dan", false, "config-1")]
        world.reviews += (100..<300).map { review($0, "ada", true, "config-\($0)") }
        world.reviews += [review(1, "ada", true, "config-301"), review(1, "cleo", true, "config-301")]
        try Self.run(&world)
        #expect(Self.waiting(world, "production")?.status.blocker?.reason == "Rejected")
        // The branch was made anew; what was said of it holds nevertheless.
        world.seenReviews = world.reviews
        world.reviews.removeAll { $0.digest == digest(1) }
        try Self.run(&world)
        #expect(Self.waiting(world, "production")?.status.blocker?.reason == "Rejected")
        let before = world.state
        try world.look(isReliable: true)
        #expect(world.state == before)
        world.now = world.now.advanced(by: .seconds(5))
        world.reviews.append(review(1, "dan", true, "config-302"))
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(1))
    }

    /// What a person wants gone by a name that nothing has.
    static var unknown: LineFacts.Rollback {
        var rollback = LineFacts.Rollback(
            key: "a/b", environment: "dev", reason: "x", requestedBy: "ada")
        rollback.missing = "orders-9"
        return rollback
    }

    @Test(arguments: [
        (
            LineFacts.Rollback(key: "a/b", environment: "qa", reason: "x"),
            "there is no environment qa; there are dev, staging, production"
        ),
        (
            LineTests.unknown,
            "there is no release orders-9; see: slipway release list"
        ),
        (
            LineFacts.Rollback(key: "a/b", environment: "dev", to: "orders-9", reason: "x"),
            "there is no release orders-9; see: slipway release list"
        ),
        (
            LineFacts.Rollback(key: "a/b", environment: "dev", to: "orders-1", reason: "x"),
            "orders-1 is what dev has now"
        ),
        (
            LineFacts.Rollback(key: "a/b", environment: "dev", reason: "x"),
            "no earlier release has been in dev; there is nothing to go back to"
        ),
    ])
    func `a rollback that cannot be is answered`(_ rollback: LineFacts.Rollback, _ message: String) throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        world.rollbacks = [rollback]
        let actions = world.state.handle(.looked(world.facts))
        #expect(actions.contains(.answerRollback(key: "a/b", phase: "Failed", message: message, commit: nil)))
    }
}
