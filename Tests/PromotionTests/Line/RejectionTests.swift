import KubeModel
import Promotion
import Testing

/// A rejection is of an image, by whichever release it comes.
struct RejectionTests {
    private static func review(_ world: LineWorld, _ isApproval: Bool, _ source: String) -> LineFacts.Opinion
    {
        .init(
            environment: "dev", digest: digest(1), user: "dan", isApproval: isApproval, at: world.now,
            source: source, isReview: true)
    }

    /// Dev has the image, and the forge has forgotten the reviews of it that it had shown.
    private static func world(_ words: [Bool]) throws -> LineWorld {
        var world = try LineTests.world()
        world.addRelease()
        try LineTests.run(&world)
        #expect(world.git["dev"]?.value == digest(1))
        for (number, isApproval) in words.enumerated() {
            world.now = world.now.advanced(by: .seconds(5))
            world.reviews.append(review(world, isApproval, "config-\(number)"))
            try LineTests.run(&world)
        }
        world.reviews = []
        try LineTests.run(&world, seconds: 5)
        return world
    }

    /// The same image comes again by another release, after one of another image.
    private static func again(_ world: inout LineWorld) throws {
        world.addRelease()
        try LineTests.run(&world, seconds: 5)
        world.addRelease()
        world.releases[2].digest = digest(1)
        try LineTests.run(&world, seconds: 5)
    }

    @Test func `an image that a forgotten review rejected does not come back by another release`() throws {
        var world = try Self.world([true, false])
        try Self.again(&world)
        #expect(world.git["dev"]?.value == digest(2))
        let waiting = try #require(LineTests.waiting(world, "dev"))
        #expect(waiting.spec.release == "orders-3" && waiting.status.blocker?.reason == "Rejected")
        // Until whoever rejected it thinks otherwise.
        world.now = world.now.advanced(by: .seconds(5))
        world.reviews.append(Self.review(world, true, "config-9"))
        try LineTests.run(&world)
        #expect(world.git["dev"]?.value == digest(1))
    }

    @Test func `a rejection that was taken back does not hold another release of the image`() throws {
        var world = try Self.world([false, true])
        try Self.again(&world)
        #expect(world.git["dev"]?.value == digest(1))
    }
}
