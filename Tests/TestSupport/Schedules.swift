import Foundation

/// Which random schedules a test goes through, told by the environment: `SLIPWAY_SCHEDULES=n` runs so many of them,
/// `SLIPWAY_SEED=n` begins with that one, as a failure's message says.
public struct Schedules: Sendable {
    /// The seeds, one a schedule, one after another.
    public let seeds: [UInt64]

    /// - Parameters:
    ///   - standard: how many run where nobody says so.
    ///   - part: which part of them, where a test is cut into several that run at once.
    ///   - parts: into how many it is cut.
    public init(_ standard: Int, part: Int = 0, of parts: Int = 1) {
        let environment = ProcessInfo.processInfo.environment
        let count = max(1, (environment["SLIPWAY_SCHEDULES"].flatMap { Int($0) } ?? standard) / parts)
        let wanted = environment["SLIPWAY_SEED"].flatMap { UInt64($0) }
        let first = wanted.map { $0 &+ UInt64(part * count) } ?? UInt64.random(in: 0..<1 << 62)
        seeds = (0..<count).map { first &+ UInt64($0) }
        print("\(count) schedules from seed \(first)" + (parts > 1 ? ", part \(part)" : ""))
    }
}
