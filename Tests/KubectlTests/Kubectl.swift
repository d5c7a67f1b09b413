import Foundation
import TestSupport

/// The kubectl of the machine, set up for one server.
struct Kubectl {
    let kubeconfig: URL
    /// Where kubectl keeps its caches.
    let home: URL

    /// The first kubectl on the path, nil where there is none.
    static let executable = Program.path("kubectl")

    /// Runs kubectl to its end.
    ///
    /// - Parameter input: what it reads from its standard input, with `-f -`.
    func run(_ arguments: [String], input: String = "") async throws -> Program.Outcome {
        guard let executable = Self.executable else { throw Failure("there is no kubectl on the path") }
        return try await Program.run(
            executable, arguments,
            environment: [
                "KUBECONFIG": kubeconfig.path, "HOME": home.path,
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
            ], input: input)
    }

    /// Runs kubectl and answers what it prints; anything but success is thrown.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String = "") async throws -> String {
        let outcome = try await run(arguments, input: input)
        guard outcome.code == 0 else {
            throw Failure("kubectl \(arguments.joined(separator: " ")): \(outcome.error)\(outcome.output)")
        }
        return outcome.output
    }
}
