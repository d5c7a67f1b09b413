import TestSupport
import Testing

/// Runs a shell script that must succeed.
func runScript(_ script: String) async throws {
    let outcome = try await Program.run("/usr/bin/timeout", ["60", "/bin/bash", "-ec", script])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
}
