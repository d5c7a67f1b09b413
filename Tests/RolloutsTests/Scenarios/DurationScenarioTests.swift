import KubeModel
import Manifest
import Rollouts
import Testing

/// What `status.duration` tells of an attempt: when it began and ended, how, and for how long it waited for people.
@Suite struct DurationScenarioTests {
    /// How a strategy is made to pause for a moment or for somebody.
    enum Strategy: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case canary, blueGreen
        var testDescription: String { rawValue }

        /// A rollout that goes on by itself a moment after its pause.
        func automatic() -> String {
            switch self {
            case .canary:
                Scenario.rollout(Scenario.canary("setWeight: 50", "pause: {duration: 2s}"))
            case .blueGreen:
                Scenario.rollout(
                    Scenario.blueGreen("previewService: web-preview\nautoPromotionSeconds: 2"))
            }
        }

        /// A rollout that waits for somebody.
        func manual(_ spec: String = "", more: String = "") -> String {
            switch self {
            case .canary: Scenario.rollout(Scenario.canary("setWeight: 50", "pause: {}"), spec: spec)
            case .blueGreen:
                Scenario.rollout(
                    Scenario.blueGreen("previewService: web-preview\nautoPromotionEnabled: false\n\(more)"),
                    spec: spec)
            }
        }
    }

    private static let services =
        "\(Scenario.service("web-active"))\n---\n\(Scenario.service("web-preview"))"

    private static func play(
        _ rollout: String, _ body: @escaping @Sendable (Scenario) async throws -> Void
    ) async throws {
        try await Scenario.play(services, rollout) { play in
            try await play.reach("Healthy")
            try await body(play)
        }
    }

    /// Brings out a version that somebody promotes.
    private static func complete(_ version: Int, _ play: Scenario) async throws {
        try await play.update(version)
        try await play.reach("Paused")
        try await play.order(.promote)
        try await play.reach("Healthy")
    }

    private static func expect(
        _ state: ScenarioState, _ outcome: String?, waited: Int64?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        func time(_ key: String) -> Timestamp? {
            state.attempt[key]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        }
        #expect(state.attempt["completionStatus"]?.stringValue == outcome, sourceLocation: sourceLocation)
        #expect(
            state.attempt["totalManualPauseDurationSeconds"]?.integerValue == waited,
            sourceLocation: sourceLocation)
        #expect((time("finishedAt") != nil) == (outcome != nil), sourceLocation: sourceLocation)
        if let start = time("rolloutStartedAt"), let end = time("finishedAt") {
            #expect(start <= end, sourceLocation: sourceLocation)
            #expect(state.attempt["manualPauseStartedAt"] == nil, sourceLocation: sourceLocation)
        } else {
            #expect(time("rolloutStartedAt") != nil, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a first version is promoted and waits for nobody`(strategy: Strategy) async throws {
        try await Self.play(strategy.automatic()) { play in
            Self.expect(try await play.reach("Healthy"), "Promoted", waited: nil)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a rollout that is held waits for somebody`(strategy: Strategy) async throws {
        try await Self.play(strategy.automatic()) { play in
            try await play.change("spec: {paused: true}")
            try await play.update(2)
            let held = try await play.reach("Paused") { $0.attempt["manualPauseStartedAt"] != nil }
            Self.expect(held, nil, waited: nil)
            play.pass(2)
            try await play.change("spec: {paused: false}")
            try await play.reach("Paused") { $0.message != "manually paused" }
            play.pass(2)
            Self.expect(try await play.reach("Healthy"), "Promoted", waited: 3)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a pause that ends by itself waits for nobody`(strategy: Strategy) async throws {
        try await Self.play(strategy.automatic()) { play in
            try await play.update(2)
            try await play.reach("Paused") { $0.attempt["manualPauseStartedAt"] == nil }
            play.pass(2)
            Self.expect(try await play.reach("Healthy"), "Promoted", waited: nil)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a pause without an end waits for somebody`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual()) { play in
            try await play.update(2)
            try await play.reach("Paused") { $0.attempt["manualPauseStartedAt"] != nil }
            play.pass(2)
            try await play.order(.promote)
            Self.expect(try await play.reach("Healthy"), "Promoted", waited: 2)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `full promotion is told`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual()) { play in
            try await play.update(2)
            try await play.reach("Paused")
            try await play.order(.promoteFully)
            Self.expect(try await play.reach("Healthy"), "FastPromoted", waited: 0)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `an abort ends an attempt and a retry begins the next`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual()) { play in
            try await play.update(2)
            try await play.reach("Paused")
            try await play.order(.abort)
            let aborted = try await play.reach("Degraded")
            Self.expect(aborted, "Aborted", waited: 0)
            play.pass(2)
            try await play.order(.retry)
            let again = try await play.reach("Paused")
            Self.expect(again, nil, waited: nil)
            #expect(again.attempt["rolloutStartedAt"] != aborted.attempt["rolloutStartedAt"])
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a version that replaces another is an attempt of its own`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual()) { play in
            try await play.update(2)
            let first = try await play.reach("Paused")
            play.pass(2)
            try await play.update(3)
            try await play.reach("Paused", pods: [3: 1])
            try await play.order(.promote)
            let done = try await play.reach("Healthy")
            Self.expect(done, "Promoted", waited: 0)
            #expect(done.attempt["rolloutStartedAt"] != first.attempt["rolloutStartedAt"])
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a way back to the stable version belongs to the attempt it ends`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual(more: "scaleDownDelaySeconds: 0")) { play in
            try await play.update(2)
            let first = try await play.reach("Paused")
            try await play.update(1)
            let back = try await play.reach("Healthy")
            Self.expect(back, "FastRolledBack", waited: 1)
            #expect(back.attempt["rolloutStartedAt"] == first.attempt["rolloutStartedAt"])
        }
    }

    @Test func `a way back to pods that are still up is a quick one`() async throws {
        try await Self.play(Strategy.blueGreen.manual(more: "scaleDownDelaySeconds: 30")) { play in
            try await Self.complete(2, play)
            try await play.update(3)
            try await play.reach("Paused")
            try await play.update(1)
            let back = try await play.reach("Healthy")
            #expect(back.attempt["completionStatus"] == "FastRolledBack")
        }
    }

    private static let window = "revisionHistoryLimit: 5\nrollbackWindow: {revisions: 1}"

    @Test(arguments: Strategy.allCases)
    func `a way back beyond the window goes by the steps`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual(Self.window, more: "scaleDownDelaySeconds: 0")) { play in
            for version in [2, 3] { try await Self.complete(version, play) }
            try await play.update(4)
            try await play.reach("Paused")
            try await play.update(1)
            try await play.reach("Paused") { $0.currentHash == $0.hash(5) }
            try await play.order(.promote)
            let back = try await play.reach("Healthy")
            #expect(back.attempt["completionStatus"] == "RolledBack")
            #expect(back.attempt["finishedAt"] != nil)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `a way back within the window is a quick one`(strategy: Strategy) async throws {
        try await Self.play(strategy.manual(Self.window, more: "scaleDownDelaySeconds: 0")) { play in
            try await Self.complete(2, play)
            try await play.update(3)
            try await play.reach("Paused")
            try await play.update(1)
            let back = try await play.reach("Healthy")
            #expect(back.attempt["completionStatus"] == "FastRolledBack")
            #expect(back.attempt["finishedAt"] != nil)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `another number of pods is no attempt`(strategy: Strategy) async throws {
        try await Self.play(strategy.automatic()) { play in
            let first = try await play.reach("Healthy")
            play.pass(2)
            try await play.scale(2)
            let scaled = try await play.reach("Healthy") { $0.counts[1] == 2 }
            #expect(scaled.attempt == first.attempt)
        }
    }
}
