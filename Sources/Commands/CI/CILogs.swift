import ArgumentParser
import Foundation
import KubeModel
import Pipeline

/// `slipway ci logs`: what the steps of a run have written.
struct CILogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the logs of a run.",
        discussion: """
            Without a name, of the newest run of this repository. With -f, lines are shown as they are written, until \
            the run has ended. With --server, of the newest run there.
            """)

    @Argument(help: "The run; the newest one by default.")
    var run: String?

    @Option(help: ArgumentHelp("Only this step, as test.unit.", valueName: "step"))
    var step: String?

    @Flag(name: .shortAndLong, help: "Show what is written until the run has ended.")
    var follow = false

    @OptionGroup var server: CIServerOptions

    func validate() throws {
        if let step, StepID(step) == nil {
            throw ValidationError("--step \(step) is no GATE.STEP, as in test.unit")
        }
    }

    func run() async throws {
        let options = server
        try await options.withSession { session in
            let source: any RunLogSource
            if let session {
                source = ServerRunLogs(session: session)
            } else {
                source = LocalRunLogs(files: try await CIServerOptions.localFiles())
            }
            var name = run
            if name == nil { name = try await options.records(session).first?.name }
            guard let name, try await exists(name, in: source) else {
                StandardStreams.writeError("Error: there is no run \(run ?? "yet"); see slipway ci list\n")
                throw ExitCode(CommandFailure.Outcome.notFound.rawValue)
            }
            try await show(name, from: source)
        }
    }

    private func exists(_ name: String, in source: any RunLogSource) async throws -> Bool {
        do {
            return try await source.record(of: name) != nil
        } catch let outage as RunLogOutage {
            throw outage.failure
        }
    }

    /// How long a server may be away, as when it is started anew, before who follows gives up.
    private static let patience = Duration.seconds(60)

    /// Shows what there is, and with `--follow` what comes, until the run has ended.
    private func show(_ name: String, from source: any RunLogSource) async throws {
        var shown: [String: Int] = [:]
        let clock = ContinuousClock()
        var answered = clock.now
        while true {
            do {
                let isOver = try await showNews(name, from: source, after: &shown)
                answered = clock.now
                if isOver || !follow { return }
            } catch let outage as RunLogOutage {
                // What was shown is known, so that nothing is shown twice afterwards.
                guard follow, clock.now - answered < Self.patience else { throw outage.failure }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Shows what was written since the last look; whether nothing more comes.
    private func showNews(
        _ name: String, from source: any RunLogSource, after shown: inout [String: Int]
    ) async throws -> Bool {
        guard let record = try await source.record(of: name) else { return true }
        for id in Self.steps(of: record) where step == nil || step == id.description {
            let key = "\(id)/\(record.attempt(of: id))"
            guard let bytes = try await source.read(id, of: record, from: shown[key] ?? 0), !bytes.isEmpty
            else { continue }
            try StandardStreams.writeOutput(prefixed(bytes, id, continues: shown[key] != nil))
            shown[key, default: 0] += bytes.count
        }
        return RunPhase(rawValue: record.status.phase)?.isFinal ?? false
    }

    private static func steps(of record: RunRecord) -> [StepID] {
        (record.status.gates ?? []).flatMap { gate in
            gate.steps.filter { $0.attempts != nil }.compactMap { StepID("\(gate.name).\($0.name)") }
        }
    }

    /// Of one step, the log as it is; of all, with the step's name above each part.
    private func prefixed(_ bytes: [UInt8], _ id: StepID, continues: Bool) -> [UInt8] {
        guard step == nil else { return bytes }
        let header = "=== \(id)\(continues ? " (continued)" : "")\n"
        return Array(header.utf8) + bytes + (bytes.last == 0x0a ? [] : [0x0a])
    }
}

extension RunRecord {
    /// The attempt whose log counts.
    fileprivate func attempt(of id: StepID) -> Int {
        let gate = status.gates?.first { $0.name == id.gate.rawValue }
        return gate?.steps.first { $0.name == id.name }?.attempts ?? 1
    }
}
