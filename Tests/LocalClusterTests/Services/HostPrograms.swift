import Foundation
import TestSupport
import Testing

/// Programs of the machine that tests look at it with.
enum HostPrograms {
    /// What a program prints.
    static func output(_ name: String, _ arguments: [String], environment: [String: String]? = nil)
        async throws -> String
    {
        let program = try #require(Program.path(name), "there is no \(name) on the path")
        let outcome = try await Program.run(program, arguments, environment: environment)
        let text = outcome.output + outcome.error
        guard outcome.code == 0 else {
            throw TestFailure(
                "\(name) \(arguments.joined(separator: " ")) ended with \(outcome.code): \(text)")
        }
        return text
    }
}
