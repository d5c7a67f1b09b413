import KubeModel
import Promotion
import Testing

/// What an environment goes back to.
struct RollbackTargetTests {
    private static let policy = DeliverySpec(environments: [.init(name: "dev")])

    /// A world whose dev has had some releases; the failing ones did not work there.
    private static func world(releases: Int, failing: Set<Int> = []) throws -> LineWorld {
        var world = LineWorld(seed: 1, policy: policy)
        for number in 1...releases {
            world.addRelease()
            for _ in 0..<3 { try world.look(isReliable: true) }
            world.deployments["dev"] = failing.contains(number) ? .unhealthy("it crashed") : .healthy
            for _ in 0..<3 { try world.look(isReliable: true) }
            world.now = world.now.advanced(by: .seconds(10))
        }
        return world
    }

    private static func roll(
        _ world: inout LineWorld, to: String? = nil, bad: String? = nil, by user: String? = "bob"
    ) throws -> [LineAction] {
        world.rollbackCount += 1
        let rollback = LineFacts.Rollback(
            key: "slipway/rb-\(world.rollbackCount)", environment: "dev", bad: bad, to: to, reason: "bad",
            requestedBy: user)
        world.rollbacks = [rollback]
        var copy = world.state
        let actions = copy.handle(.looked(world.facts))
        for _ in 0..<5 { try world.look(isReliable: true) }
        world.now = world.now.advanced(by: .seconds(10))
        return actions
    }

    @Test func `an environment goes back to the last release that worked there`() throws {
        var world = try Self.world(releases: 3, failing: [2])
        _ = try Self.roll(&world)
        #expect(world.git["dev"]?.value == digest(1))
    }

    @Test func `where none has worked it goes back to the last one`() throws {
        var world = try Self.world(releases: 3, failing: [1, 2])
        _ = try Self.roll(&world)
        #expect(world.git["dev"]?.value == digest(2))
    }

    @Test func `a rollback after one that went further back does not go on again`() throws {
        var world = try Self.world(releases: 3)
        _ = try Self.roll(&world, to: "orders-1")
        #expect(world.git["dev"]?.value == digest(1))
        let actions = try Self.roll(&world)
        #expect(
            actions.contains(
                .answerRollback(
                    key: "slipway/rb-2", phase: "Failed",
                    message: "no earlier release has been in dev; there is nothing to go back to", commit: nil
                )))
        #expect(world.git["dev"]?.value == digest(1) && !world.releases[0].isQuarantined)
    }

    @Test func `what the judge has found bad is barred also where there is nothing to go back to`() throws {
        var world = LineWorld(seed: 1, policy: Self.policy)
        // An image from before there were releases.
        world.git["dev"] = (
            digest(900), .init(commit: commitName(1), at: world.now.rfc3339, words: "commit of Bob")
        )
        try world.look(isReliable: true)
        world.addRelease()
        for _ in 0..<5 { try world.look(isReliable: true) }
        #expect(world.git["dev"]?.value == digest(1))
        let actions = try Self.roll(&world, bad: digest(1), by: nil)
        let message =
            "no earlier release has been in dev; there is nothing to go back to; orders-1 replaced "
            + "\(digest(900)), which is of no release that can be gone back to: set it in the config repository"
        #expect(
            actions.contains(
                .answerRollback(key: "slipway/rb-1", phase: "Failed", message: message, commit: nil)))
        #expect(actions.contains(.quarantine(release: "orders-1", reason: "bad")))
        #expect(world.releases[0].isQuarantined)
    }
}
