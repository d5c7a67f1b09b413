import ArgumentParser
import Manifest

/// Why a command ends without having done what it was told.
struct CommandFailure: Error, CustomStringConvertible {
    /// What a script learns from the exit code.
    enum Outcome: Int32 {
        /// What was asked for is not there.
        case notFound = 1
        /// The input is not valid, or the command would have to do more than it was told.
        case refused = 2
    }

    let outcome: Outcome
    /// What failed, on which object, and what to do about it.
    let description: String

    init(_ outcome: Outcome, _ description: String) {
        self.outcome = outcome
        self.description = description
    }

    init(_ error: ManifestError) {
        self.init(error.code == .notFound ? .notFound : .refused, error.description)
    }
}

extension ParsableCommand {
    /// Runs a command's body; a failure goes to standard error and its outcome becomes the exit code.
    func reporting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as CommandFailure {
            throw failure.reported
        } catch let error as ManifestError {
            throw CommandFailure(error).reported
        }
    }
}

extension CommandFailure {
    fileprivate var reported: ExitCode {
        StandardStreams.writeError("Error: \(self)\n")
        return ExitCode(outcome.rawValue)
    }
}
