import KubeModel
import Promotion
import Testing

/// Everything that is built after a service was looked at leaves a record of what became of it.
struct SkippedReleaseTests {
    private static func world() throws -> LineWorld {
        var world = LineWorld(seed: 1, policy: DeliverySpec(environments: [.init(name: "dev")]))
        for _ in 1...3 { world.addRelease() }
        for _ in 0..<5 { try world.look(isReliable: true) }
        world.now = world.now.advanced(by: .seconds(10))
        return world
    }

    private static func skipped(_ state: LineState) -> [String] {
        state.records.filter { $0.phase == .superseded }.map {
            "\($0.spec.release) in \($0.spec.environment): \($0.status.message ?? "")"
        }
    }

    @Test func `what was there before the first look is no record`() throws {
        let world = try Self.world()
        #expect(world.git["dev"]?.value == digest(3))
        #expect(world.state.records.map(\.spec.release) == ["orders-3"])
    }

    @Test func `releases that come together leave a record each, however many there are`() throws {
        var world = try Self.world()
        for _ in 4...15 { world.addRelease() }
        let actions = world.state.handle(.looked(world.facts))
        #expect(
            Self.skipped(world.state)
                == (4...14).map { "orders-\($0) in dev: skipped: orders-15 takes its place" })
        for record in world.state.records where record.phase == .superseded {
            #expect(record.status.decisions?.map(\.rule) == ["dev.newest"])
            #expect(record.status.finishedAt == world.now.rfc3339)
        }
        let lands = actions.contains {
            if case .land(let record, _) = $0 { record.spec.release == "orders-15" } else { false }
        }
        #expect(lands)
        // They are forgotten later, as their objects tell of them.
        world.now = world.now.advanced(by: .seconds(10))
        for _ in 0..<5 { try world.look(isReliable: true) }
        #expect(Self.skipped(world.state).count <= 4 && world.git["dev"]?.value == digest(15))
    }

    @Test func `what is in quarantine was overtaken by nobody`() throws {
        var world = try Self.world()
        for _ in 4...6 { world.addRelease() }
        world.releases[3].isQuarantined = true
        _ = world.state.handle(.looked(world.facts))
        #expect(Self.skipped(world.state) == ["orders-5 in dev: skipped: orders-6 takes its place"])
    }

    @Test func `a release that is built late is recorded once`() throws {
        var world = try Self.world()
        var facts = world.facts
        facts.late = [
            LineFacts.Release(name: "late", digest: digest(99), commit: commitName(99), image: "r/orders")
        ]
        for _ in 0..<3 { _ = world.state.handle(.looked(facts)) }
        #expect(
            Self.skipped(world.state) == [
                "late in dev: skipped: orders-3 has its change, and was there first"
            ])
        #expect(world.state.records.last?.name == "late-dev-2")
    }
}
