import FoundationEssentials
import Judge
import TestSupport
import Testing

/// How often the judge errs and how quickly it decides, on simulated traffic.
///
/// The test takes a few rollouts of each kind, the same ones each time. `SIMULATED_ROLLOUTS=2000 swift test --filter SimulationTests`
/// takes that many and prints the tables of Documentation/Judge.md.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rollouts = environment["SIMULATED_ROLLOUTS"].flatMap { Int($0) } ?? 40
    private static let seed =
        environment["SIMULATION_SEED"].flatMap { UInt64($0) } ?? 1

    /// What became of rollouts of one kind, by each judge.
    private struct Outcome: Sendable {
        var rolledBack = Tally()
        var promoted = Tally()
        var repeatedTest = Tally()
        var success99 = Tally()
        var success95 = Tally()
        var flagger99 = Tally()
    }

    private static func run(
        _ simulation: Simulation, _ treatment: PodEffects.Treatment = .off, harmful: Double = 2, salt: UInt64,
        count: Int = rollouts
    ) throws -> Outcome {
        var policy = policy(RatioBounds(harmful: harmful))
        policy.podEffects = PodEffects(treatment)
        policy.minimumCanaryPods = 1
        policy.maximumTicks = simulation.ticks
        var random = SeededGenerator(seed: seed &+ salt)
        var outcome = Outcome()
        for _ in 0..<count {
            let ticks = simulation.traffic(using: &random)
            let verdict = try judge(ticks, policy)
            outcome.rolledBack.add(verdict.decision == .rollback ? verdict.tick : nil)
            outcome.promoted.add(verdict.decision == .promote ? verdict.tick : nil)
            outcome.repeatedTest.add(PlainRule.repeatedTest(ticks))
            for (tally, rule) in [
                (\Outcome.success99, ThresholdRule(minimumSuccess: 0.99, limit: 0, counting: .moreThanLimit)),
                (\.success95, ThresholdRule(minimumSuccess: 0.95, limit: 0, counting: .moreThanLimit)),
                (\.flagger99, ThresholdRule(minimumSuccess: 0.99, limit: 5, counting: .limitReached)),
            ] {
                outcome[keyPath: tally].add(PlainRule.threshold(rule, ticks))
            }
        }
        return outcome
    }

    private static func report(_ lines: [String]) {
        print((["", "seed \(seed), \(rollouts) rollouts a row"] + lines + [""]).joined(separator: "\n"))
    }

    @Test func `healthy releases are hardly ever rolled back, bad ones soon`() throws {
        var lines = [
            "| canary | share | judge: back | judge: promoted | test every tick | ≥ 99 % | ≥ 95 % | ≥ 99 %, 5 checks |",
            "|---|---|---|---|---|---|---|---|",
        ]
        var outcomes: [String: Outcome] = [:]
        for (place, row) in [
            (1.0, 0.05), (1, 0.5), (2, 0.05), (3, 0.05), (5, 0.05), (2, 0.5), (3, 0.5), (5, 0.5),
        ].enumerated() {
            let outcome = try Self.run(Simulation(share: row.1, ratio: row.0), salt: UInt64(place))
            outcomes["\(Int(row.0)) \(row.1)"] = outcome
            lines.append(
                "| \(Int(row.0))× | \(Int(row.1 * 100)) % | \(outcome.rolledBack.description) "
                    + "| \(outcome.promoted.description) | \(outcome.repeatedTest.description) "
                    + "| \(outcome.success99.description) | \(outcome.success95.description) "
                    + "| \(outcome.flagger99.description) |")
        }
        Self.report(lines)
        for healthy in ["1 0.05", "1 0.5"] {
            let outcome = try #require(outcomes[healthy])
            // α is 1 %: a share whose interval lies above it refutes the bound.
            #expect(outcome.rolledBack.share <= max(0.01, 3.0 / Double(Self.rollouts)))
        }
        // Who asks a test of 1 % every minute is wrong far more often.
        #expect(
            outcomes["1 0.05"]?.repeatedTest.median != nil || outcomes["1 0.5"]?.repeatedTest.median != nil)
        #expect(try #require(outcomes["1 0.05"]).success99.share > 0.9)
        #expect(try #require(outcomes["5 0.05"]).rolledBack.share == 1)
        #expect(try #require(outcomes["5 0.05"]?.rolledBack.median) <= 5)
        #expect(try #require(outcomes["2 0.5"]?.rolledBack.median) <= 10)
        #expect(try #require(outcomes["2 0.05"]).rolledBack.share > 0.7)
        // β is 5 %.
        for bad in ["2 0.05", "2 0.5"] { #expect(try #require(outcomes[bad]).promoted.share <= 0.15) }
    }

    @Test func `outages that hit both arms do not roll back`() throws {
        let outcome = try Self.run(Simulation(share: 0.2, hasOutages: true), salt: 100)
        Self.report([
            "outages in both arms: judge \(outcome.rolledBack.description), promoted "
                + "\(outcome.promoted.description), ≥ 95 % \(outcome.success95.description)"
        ])
        #expect(outcome.rolledBack.share <= max(0.01, 3.0 / Double(Self.rollouts)))
        #expect(outcome.success95.share > 0.9)
    }

    @Test func `pods of their own kind do not make a bad version`() throws {
        var lines = [
            "| pods | spread | ratio | untreated | gated | tempered | automatic |",
            "|---|---|---|---|---|---|---|",
        ]
        let isLong = Self.rollouts >= 1_000
        let rows = [(4, 0.6, 1.0), (4, 0.6, 3), (2, 0.6, 1), (2, 0.6, 3), (4, 0.3, 1), (4, 0, 1)]
        for (place, row) in rows.prefix(isLong ? rows.count : 2).enumerated() {
            let simulation = Simulation(ratio: row.2, pods: (canary: row.0, all: 40), podSpread: row.1)
            var shares: [PodEffects.Treatment: Tally] = [:]
            for treatment in [PodEffects.Treatment.off, .gate, .temper, .automatic] {
                // The same traffic for every treatment.
                shares[treatment] = try Self.run(
                    simulation, treatment, salt: 200 + UInt64(place), count: max(20, Self.rollouts / 2)
                ).rolledBack
            }
            let cells = [PodEffects.Treatment.off, .gate, .temper, .automatic].map {
                shares[$0]?.description ?? ""
            }
            lines.append(
                "| \(row.0) of 40 | \(row.1) | \(Int(row.2))× | \(cells.joined(separator: " | ")) |")
            let untreated = try #require(shares[.off]).share
            for treatment in [PodEffects.Treatment.gate, .temper, .automatic] {
                #expect(try #require(shares[treatment]).share <= untreated)
            }
            if row.2 == 1 { #expect(try #require(shares[.automatic]).share <= 0.2) }
            if row == (4, 0.6, 3) { #expect(try #require(shares[.automatic]).share > 0.4) }
        }
        Self.report(lines)
    }

    @Test func `forecasts are near what happens`() throws {
        var lines = ["| canary | share | forecast | median |", "|---|---|---|---|"]
        for (place, row) in [(2.0, 0.05), (3, 0.05), (5, 0.05), (2, 0.2), (2, 0.5)].enumerated() {
            let forecast = try Forecast(
                ratio: row.0, share: row.1, baseRate: 0.005, requestsPerSecond: 40, error: 0.01)
            let simulation = Simulation(share: row.1, ratio: row.0, ticks: 120)
            let outcome = try Self.run(
                simulation, harmful: 1.01, salt: 300 + UInt64(place), count: max(20, Self.rollouts / 4))
            let median = try #require(outcome.rolledBack.median)
            let minutes = (forecast.seconds / 6).rounded() / 10
            lines.append("| \(Int(row.0))× | \(Int(row.1 * 100)) % | \(minutes) min | \(median) min |")
            #expect(Double(median) < 2 * minutes + 2 && Double(median) > minutes / 3)
        }
        Self.report(lines)
    }
}
