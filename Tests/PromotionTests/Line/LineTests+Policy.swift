import KubeModel
import Promotion
import Testing

/// What people hold back, and the rule that every decision about it names.
extension LineTests {
    @Test func `the line stops, freezes hold until they end, and both let rollbacks through`() throws {
        var policy = LineWorld.policy
        policy.stopTheLine = "the database is being moved"
        var world = try Self.world(policy)
        world.addRelease()
        try Self.run(&world)
        #expect(Self.waiting(world, "dev")?.status.blocker?.reason == "StopTheLine")
        #expect(Self.waiting(world, "dev")?.status.decisions?.last?.rule == "dev.stopTheLine")
        world.policy.stopTheLine = nil
        let end = world.now.advanced(by: .seconds(3600)).rfc3339
        world.policy.environments[0].freeze = [.init(until: end, reason: "audit")]
        try Self.run(&world)
        #expect(Self.waiting(world, "dev")?.status.blocker?.until == end)
        #expect(Self.waiting(world, "dev")?.status.decisions?.last?.rule == "dev.freeze")
        try Self.run(&world, seconds: 3600)
        #expect(world.git["dev"]?.value == digest(1))
    }

    @Test func `a rejection holds until whoever said it says otherwise`() throws {
        var world = try Self.world()
        world.addRelease()
        try Self.run(&world)
        try Self.run(&world, seconds: 300)
        Self.approve(&world, 1, by: ["ada", "cleo"])
        world.opinions.append(
            .init(
                environment: "production", digest: digest(1), user: "dan", isApproval: false,
                comment: "not today",
                at: world.now, source: "a-x"))
        try Self.run(&world)
        #expect(
            Self.waiting(world, "production")?.status.blocker
                == .init(reason: "Rejected", message: "dan rejected it: not today"))
        #expect(Self.waiting(world, "production")?.status.decisions?.last?.rule == "production.approvals")
        world.now = world.now.advanced(by: .seconds(5))
        Self.approve(&world, 1, by: ["dan"])
        try Self.run(&world)
        #expect(world.git["production"]?.value == digest(1))
    }
}
