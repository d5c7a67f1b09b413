import Subprocess

/// Runs programs to their end and keeps what they say.
struct DemoShell: Sendable {
    let environment: [String: String]

    /// How a program has ended.
    struct Outcome: Sendable {
        var code: Int32
        /// Standard output.
        var output: String
        /// Standard error.
        var messages: String

        var text: String { (output + messages).split(whereSeparator: \.isNewline).joined(separator: "\n") }
    }

    /// Runs a program by its absolute path.
    ///
    /// - Throws: ``DemoFailure`` where it cannot be run.
    func run(
        _ program: String, _ arguments: [String], _ extra: [String: String] = [:]
    ) async throws -> Outcome {
        do {
            let result = try await Subprocess.run(
                configuration(program, arguments, extra), output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20))
            let code: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
            return Outcome(
                code: code, output: result.standardOutput, messages: result.standardError)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw DemoFailure("\(program) cannot be run: \(error)")
        }
    }

    /// Runs a program that has to succeed.
    @discardableResult
    func succeed(
        _ program: String, _ arguments: [String], _ extra: [String: String] = [:]
    ) async throws -> Outcome {
        let outcome = try await run(program, arguments, extra)
        guard outcome.code == 0 else {
            throw DemoFailure("\(program) \(arguments.joined(separator: " ")) failed:\n\(outcome.text)")
        }
        return outcome
    }

    /// How a program that was supervised has ended.
    enum Ending: Sendable, Hashable, CustomStringConvertible {
        case exited(Int32)
        case signaled(Int32)

        var description: String {
            switch self {
            case .exited(let code): "with exit code \(code)"
            case .signaled(let signal): "by signal \(signal)"
            }
        }
    }

    /// Opens the file and becomes the program, which is told to end where the process that started it is no more, even
    /// if that was killed: a group of its own would not learn of it.
    private static let supervised = """
        log=$1; shift
        command -v setpriv >/dev/null && set -- setpriv --pdeathsig TERM "$@"
        exec "$@" >>"$log" 2>&1
        """

    /// Runs a program until it ends or the task is cancelled, which ends it gracefully; its output goes to a file.
    @discardableResult
    func supervise(_ program: String, _ arguments: [String], log: String) async throws -> Ending {
        do {
            let result = try await Subprocess.run(
                configuration("/bin/sh", ["-c", Self.supervised, "sh", log, program] + arguments, [:]),
                output: .discarded)
            return switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signaled(signal)
            }
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw DemoFailure("\(program) cannot be run: \(error)")
        }
    }

    private func configuration(
        _ program: String, _ arguments: [String], _ extra: [String: String]
    ) -> Configuration {
        var options = PlatformOptions()
        // A group of its own, so that Ctrl-C comes to whoever started it, who ends it in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(60))]
        let slash = program.lastIndex(of: "/") ?? program.startIndex
        var variables = environment.merging(extra) { $1 }
        variables["PATH"] = "\(program[..<slash]):\(environment["PATH"] ?? "/usr/bin:/bin")"
        var result: [Environment.Key: String] = [:]
        for (name, value) in variables {
            if let key = Environment.Key(rawValue: name) { result[key] = value }
        }
        return Configuration(
            executable: .name(String(program[program.index(after: slash)...])),
            arguments: Arguments(arguments), environment: .custom(result), platformOptions: options)
    }
}

/// A step of the demonstration that did not do what it should.
public struct DemoFailure: Error, CustomStringConvertible {
    /// The step, and what it did instead.
    public let description: String

    init(_ description: String) { self.description = description }
}
