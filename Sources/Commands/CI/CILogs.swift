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
            the run has ended. Of a server's runs, name its directory of runs with --data.
            """)

    @Argument(help: "The run; the newest one by default.")
    var run: String?

    @Option(help: ArgumentHelp("Only this step, as test.unit.", valueName: "step"))
    var step: String?

    @Flag(name: .shortAndLong, help: "Show what is written until the run has ended.")
    var follow = false

    @Option(help: ArgumentHelp("The directory of runs; this repository's own by default.", valueName: "dir"))
    var data: String?

    func validate() throws {
        if let step, StepID(step) == nil {
            throw ValidationError("--step \(step) is no GATE.STEP, as in test.unit")
        }
    }

    func run() async throws {
        let files: RunFiles
        if let data {
            files = RunFiles(root: data)
        } else {
            files = try await CIServerOptions.localFiles()
        }
        let records = RunRecordStore(files)
        guard let name = run ?? records.all().first?.name, records.read(name) != nil else {
            StandardStreams.writeError("Error: there is no run \(run ?? "yet"); see slipway ci list\n")
            throw ExitCode(CommandFailure.Outcome.notFound.rawValue)
        }
        var shown: [String: Int] = [:]
        let store = LogStore(files)
        while true {
            guard let record = records.read(name) else { return }
            let isOver = RunPhase(rawValue: record.status.phase)?.isFinal ?? false
            for id in Self.steps(of: record) where step == nil || step == id.description {
                let key = "\(id)/\(record.attempt(of: id))"
                guard let bytes = try await store.read(id, of: record, from: shown[key] ?? 0), !bytes.isEmpty
                else {
                    continue
                }
                try StandardStreams.writeOutput(prefixed(bytes, id, continues: shown[key] != nil))
                shown[key, default: 0] += bytes.count
            }
            if isOver || !follow { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func steps(of record: RunRecord) -> [StepID] {
        (record.status.gates ?? []).flatMap { gate in
            gate.steps.compactMap { StepID("\(gate.name).\($0.name)") }
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
