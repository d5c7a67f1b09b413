import KubeModel
import Promotion
import Testing

/// Rollbacks that meet with trouble on their way.
struct RollingBackTests {
    private static let policy = DeliverySpec(environments: [.init(name: "dev"), .init(name: "qa")])

    /// A world in which two releases have been everywhere, and somebody asks for the first one in dev.
    private static func world() throws -> LineWorld {
        var world = LineWorld(seed: 1, policy: policy)
        try world.look(isReliable: true)
        for _ in 1...2 {
            world.addRelease()
            for _ in 0..<6 { try world.look(isReliable: true) }
        }
        #expect(world.git["dev"]?.value == digest(2))
        world.rollbacks = [
            .init(key: "slipway/x", environment: "dev", reason: "errors", requestedBy: "ada")
        ]
        return world
    }

    /// Looks without doing anything.
    private static func look(_ world: inout LineWorld) -> [LineAction] {
        world.state.handle(.looked(world.facts))
    }

    private static func landing(_ actions: [LineAction]) -> LineState.Record? {
        for case .land(let record, _) in actions { return record }
        return nil
    }

    private static func told(_ actions: [LineAction]) -> String? {
        for case .tellRollback("slipway/x", let message) in actions { return message }
        return nil
    }

    @Test func `a rollback is the first thing that is done, also while git cannot be read`() throws {
        var world = try Self.world()
        world.readable = false
        let actions = Self.look(&world)
        guard case .land(let record, let expected) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(record.spec.kind == .rollback && record.value == digest(1) && expected == digest(2))
    }

    @Test func `one that git does not take says what it waits for, and is tried again soon`() throws {
        var world = try Self.world()
        world.readable = false
        let record = try #require(Self.landing(Self.look(&world)))
        let error = PromotionError(.unavailable, "the disk is full")
        _ = world.state.handle(.refused(promotion: record.name, error, at: world.now))
        let actions = Self.look(&world)
        #expect(Self.landing(actions) == nil)
        let until = world.now.advanced(by: .seconds(2))
        #expect(Self.told(actions) == "the disk is full; tried again at \(until.rfc3339)")
        #expect(actions.contains(.wake(until)))
        world.now = until
        #expect(Self.landing(Self.look(&world))?.name == record.name)
    }

    @Test(arguments: [
        PromotionError(.notFound, "the release orders-1 is gone"),
        PromotionError(.unsigned, "nobody whom a policy trusts has signed it"),
    ])
    func `one that cannot be ends with an answer, and bars what was bad all the same`(_ error: PromotionError)
        throws
    {
        var world = try Self.world()
        let record = try #require(Self.landing(Self.look(&world)))
        _ = world.state.handle(.refused(promotion: record.name, error, at: world.now))
        let actions = Self.look(&world)
        #expect(
            actions.contains(
                .answerRollback(key: "slipway/x", phase: "Failed", message: error.message, commit: nil)))
        #expect(actions.contains(.quarantine(release: "orders-2", reason: "errors")))
    }

    @Test func `a promotion that git did not take just before does not hold it up`() throws {
        var world = try Self.world()
        let wishes = world.rollbacks
        world.rollbacks = []
        world.addRelease()
        _ = Self.look(&world)
        let record = try #require(Self.landing(Self.look(&world)))
        #expect(record.spec.kind == .promotion && record.spec.environment == "dev")
        let error = PromotionError(.unavailable, "the disk is full")
        _ = world.state.handle(.refused(promotion: record.name, error, at: world.now))
        world.rollbacks = wishes
        #expect(Self.landing(Self.look(&world))?.spec.kind == .rollback)
    }

    @Test func `one that comes before git was looked at says why it waits`() throws {
        var world = LineWorld(seed: 1, policy: Self.policy)
        world.readable = false
        world.rollbacks = [.init(key: "slipway/x", environment: "dev", reason: "errors")]
        #expect(Self.told(Self.look(&world)) == "git is away")
    }

    @Test func `a promotion whose signature is found not to hold when it is written says so`() throws {
        var world = try Self.world()
        world.rollbacks = []
        world.addRelease()
        _ = Self.look(&world)
        let record = try #require(Self.landing(Self.look(&world)))
        let error = PromotionError(.unsigned, "nobody whom a policy trusts has signed it")
        _ = world.state.handle(.refused(promotion: record.name, error, at: world.now))
        let waiting = world.state.records(of: "dev", in: .waiting).last
        #expect(
            waiting?.status.blocker
                == .init(reason: "SignatureRefused", message: "nobody whom a policy trusts has signed it"))
        #expect(world.state.place("dev")?.fault == nil)
    }

    @Test func `a promotion that has succeeded stays so when its environment fails later`() throws {
        var world = try Self.world()
        world.rollbacks = []
        let name = try #require(world.state.place("dev")?.promotion)
        func phase() -> PromotionStatus.Phase? { world.state.records.first { $0.name == name }?.phase }
        #expect(phase() == .succeeded)
        world.deployments["dev"] = .unhealthy("a node is gone")
        _ = Self.look(&world)
        #expect(world.state.place("dev")?.phase == .failed && phase() == .succeeded)
    }
}
