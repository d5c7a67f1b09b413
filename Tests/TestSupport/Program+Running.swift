import Subprocess
import SystemPackage

extension Program {
    /// What a run has led to.
    public struct Outcome: Sendable {
        /// The exit code; 128 and the signal's number where one ended the program, as shells say it.
        public var code: Int32
        /// What it wrote to standard output.
        public var output: String
        /// What it wrote to standard error.
        public var error: String
    }

    /// Runs a program to its end without holding a thread meanwhile.
    ///
    /// - Parameters:
    ///   - program: its absolute path.
    ///   - directory: where it runs; nil for where the tests do.
    ///   - environment: all of its variables; nil for those of the tests.
    ///   - input: what it reads from its standard input.
    public static func run(
        _ program: String, _ arguments: [String], in directory: String? = nil,
        environment: [String: String]? = nil, input: String = ""
    ) async throws -> Outcome {
        var variables = Environment.inherit
        if let environment {
            variables = .custom(
                Dictionary(
                    uniqueKeysWithValues: environment.compactMap { name, value in
                        Environment.Key(rawValue: name).map { ($0, value) }
                    }))
        }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: variables,
            workingDirectory: directory.map { FilePath($0) }, input: .string(input),
            output: .string(limit: 1 << 28), error: .string(limit: 1 << 28))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(code: code, output: result.standardOutput, error: result.standardError)
    }
}
