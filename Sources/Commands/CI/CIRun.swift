import ArgumentParser
import CSandbox
import Foundation
import KubeModel
import LocalCluster
import Manifest
import Pipeline
import Synchronization
import UnixSignals

/// `slipway ci run`: the same pipeline as on the server, on the work tree and without one.
struct CIRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the pipeline on this work tree.",
        discussion: """
            Runs what git tracks and what it does not ignore, in the same cells and with the same checks as on a \
            server. Secrets of the pipeline file are read from variables of their names.

            The exit code is the verdict: 0 passed, 1 failed, 2 a pipeline file that is not valid, 3 an error of the \
            machinery, 4 cancelled.
            """)

    @Option(help: ArgumentHelp("Run this gate only; may be repeated.", valueName: "gate"))
    var gate: [String] = []

    @Option(help: ArgumentHelp("Run this step, and what it needs; may be repeated.", valueName: "step"))
    var step: [String] = []

    @Option(help: ArgumentHelp("The commit that the change is compared with.", valueName: "revision"))
    var base: String?

    @Option(help: ArgumentHelp("The pipeline file.", valueName: "path"))
    var file = ".slipway/pipeline.yaml"

    @Option(help: ArgumentHelp("How the run is told: text or json.", valueName: "form"))
    var output = OutputForm.text

    @Option(help: ArgumentHelp("A runtime to use, best first; may be repeated.", valueName: "name"))
    var runtime: [String] = []

    @Flag(help: "Keep the work copies of the steps.")
    var keep = false

    func validate() throws {
        if let unknown = gate.first(where: { GateName(rawValue: $0) == nil }) {
            throw ValidationError("--gate \(unknown) is no gate: use lint, test, security or build")
        }
    }

    func run() async throws {
        let tree: WorkTree
        do {
            tree = try await WorkTree(FileManager.default.currentDirectoryPath)
            try check(tree)
        } catch let failure as CommandFailure {
            StandardStreams.writeError("Error: \(failure)\n")
            throw ExitCode(failure.outcome.rawValue)
        }
        let name = Self.runName()
        var spec = PipelineRunSpec(
            repository: "worktree", commit: tree.name, base: try await tree.base(base), ref: "worktree",
            trust: "same-repo", pipelineFile: file)
        if !gate.isEmpty { spec.gates = gate }
        if !step.isEmpty { spec.steps = step }
        let pipeline = LocalPipeline(
            files: tree.files, sources: tree.sources, spec: spec, name: name, runtimes: runtime,
            keepsWork: keep)
        let status: PipelineRunStatus
        do {
            status = try await show(pipeline)
        } catch let error as SandboxError {
            throw ValidationFailure(error.description)
        }
        try await report(status, name: name, tree: tree)
        let code: Int32 =
            switch RunPhase(rawValue: status.phase) {
            case .passed: 0
            case .failed: status.reason == "InvalidPipeline" ? 2 : 1
            case .canceled: 4
            default: 3
            }
        if code != 0 { throw ExitCode(code) }
    }

    /// A pipeline file with faults is told at once and whole.
    private func check(_ tree: WorkTree) throws {
        let text = TextFile(name: "\(tree.directory)/\(file)")
        let validation = PipelineFile.validate(try text.read(), name: file)
        for diagnostic in validation.diagnostics { StandardStreams.writeError("\(diagnostic)\n") }
        if validation.file == nil { throw ExitCode(CommandFailure.Outcome.refused.rawValue) }
    }

    /// Names are in the order of time.
    private static func runName() -> String {
        let seconds = Int(Date().timeIntervalSince1970 * 10)
        return "run-" + String(seconds, radix: 36)
    }

    /// Runs the pipeline and shows it meanwhile.
    private func show(_ pipeline: LocalPipeline) async throws -> PipelineRunStatus {
        let isTerminal = output == .text && isatty(STDOUT_FILENO) == 1
        let newest = NewestSnapshot()
        let (cancellations, cancel) = AsyncStream.makeStream(of: Void.self)
        let (changes, change) = AsyncStream.makeStream(of: RunSnapshot.self)
        let status = try await withThrowingTaskGroup(of: PipelineRunStatus?.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { cancel.yield() }
                return nil
            }
            group.addTask {
                await self.draw(changes, isTerminal: isTerminal)
                return nil
            }
            group.addTask {
                defer { change.finish() }
                return try await pipeline.perform(cancellations: cancellations) { snapshot in
                    newest.set(snapshot)
                    change.yield(snapshot)
                }
            }
            if isTerminal {
                group.addTask {
                    // Elapsed times and last lines move between two states of the run.
                    while (try? await Task.sleep(for: .milliseconds(100))) != nil {
                        if let snapshot = newest.snapshot { change.yield(snapshot) }
                    }
                    return nil
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
        return status
    }

    private func draw(_ changes: AsyncStream<RunSnapshot>, isTerminal: Bool) async {
        guard output == .text else { return }
        let view = RunView(isTerminal: isTerminal, width: Self.terminalWidth())
        var drawn = 0
        var last: RunSnapshot?
        for await snapshot in changes {
            let now = Timestamp.present
            if isTerminal {
                let lines = view.lines(snapshot, now: now)
                var text = drawn > 0 ? "\u{1b}[\(drawn)A" : ""
                for line in lines { text += "\u{1b}[2K\(line)\n" }
                drawn = lines.count
                try? StandardStreams.writeOutput(Array(text.utf8))
            } else {
                let lines = view.changes(from: last, to: snapshot, now: now)
                if !lines.isEmpty {
                    try? StandardStreams.writeOutput(Array((lines.joined(separator: "\n") + "\n").utf8))
                }
            }
            last = snapshot
        }
    }

    private static func terminalWidth() -> Int {
        let columns = csandbox_terminal_columns(STDOUT_FILENO)
        return columns > 20 ? Int(columns) : 100
    }

    /// The last words: the verdict, and the end of the log that led to it.
    private func report(_ status: PipelineRunStatus, name: String, tree: WorkTree) async throws {
        if output == .json {
            var value = try ValueEncoder().encode(status)
            value.set(.string(name), at: ["name"])
            try StandardStreams.writeOutput(JSON.write(value) + [0x0a])
            return
        }
        var text = "\n\(name): \(status.phase)"
        if let message = status.message { text += ": \(message)" }
        text += "\n"
        let failed = (status.gates ?? []).flatMap { gate in gate.steps.map { (gate.name, $0) } }
            .first { $0.1.phase == "Failed" && $0.1.advisory != true && $0.1.reason != "R25" }
        if let (gate, step) = failed, let record = RunRecordStore(tree.files).read(name),
            let id = StepID("\(gate).\(step.name)"),
            let log = try await LogStore(tree.files).read(id, of: record), !log.isEmpty
        {
            let lines = String(decoding: log, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            text += "\nThe end of the log of \(id):\n"
            text += lines.suffix(30).map { "    \($0)" }.joined(separator: "\n")
            text += "\nRun it again with: slipway ci run --gate \(gate) --step \(step.name)\n"
        }
        try StandardStreams.writeOutput(Array(text.utf8))
    }
}

/// The last state of a run, for redrawing it between two.
private final class NewestSnapshot: Sendable {
    private let state = Mutex<RunSnapshot?>(nil)

    var snapshot: RunSnapshot? { state.withLock { $0 } }

    func set(_ snapshot: RunSnapshot) { state.withLock { $0 = snapshot } }
}

extension Timestamp {
    /// The present moment.
    static var present: Timestamp {
        let now = Date().timeIntervalSince1970
        let seconds = now.rounded(.down)
        return Timestamp(seconds: Int64(seconds), nanoseconds: Int32((now - seconds) * 1_000_000_000))
    }
}
