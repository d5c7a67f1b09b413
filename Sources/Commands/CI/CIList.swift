import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest
import Pipeline

/// `slipway ci list`: the runs of this repository, or of a server.
struct CIList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, the newest first.",
        discussion: "Without --kubeconfig, the runs that `slipway ci run` has made in this repository.")

    @OptionGroup var server: CIServerOptions

    @Option(help: ArgumentHelp("How runs are told: text or json.", valueName: "form"))
    var output = OutputForm.text

    @Option(help: ArgumentHelp("The most runs to list.", valueName: "count"))
    var limit = 20

    func run() async throws {
        let rows = try await server.records().prefix(limit)
        if output == .json {
            let values = try rows.map { try ValueEncoder().encode($0) }
            return try StandardStreams.writeOutput(JSON.write(.array(values)) + [0x0a])
        }
        var table = [["NAME", "PHASE", "COMMIT", "STARTED", "REASON"]]
        for row in rows {
            table.append([
                row.name, row.status.phase, String(row.spec.commit.prefix(10)),
                String((row.status.startedAt ?? "").prefix(19)), row.status.reason ?? "",
            ])
        }
        let widths = (0..<5).map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(
                separator: "  "
            )
            .trimmingCharacters(in: .whitespaces)
        }
        try StandardStreams.writeOutput(Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}

/// Which runs a command is about.
struct CIServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The kubeconfig of the server whose runs are meant.", valueName: "file"))
    var kubeconfig: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace on the server.", valueName: "name"))
    var namespace = "default"

    /// Runs a body with a client of the server; nil where this repository's own runs are meant.
    func withClient<Answer: Sendable>(
        _ body: @Sendable (KubeClient?) async throws -> Answer
    ) async throws -> Answer {
        guard let kubeconfig else { return try await body(nil) }
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = kubeconfig
        let configuration = try await ClientConfiguration.load(environment: environment)
        return try await HTTPTransport.withTransport(configuration) { try await body(KubeClient($0)) }
    }

    /// The runs, the newest first.
    func records() async throws -> [RunRecord] {
        try await withClient { client in
            guard let client else {
                return RunRecordStore(try await Self.localFiles()).all()
            }
            let runs = try await client.listAll(.pipelineRuns, namespace: namespace)
            let records = try runs.map { try Self.record($0) }
            return records.sorted {
                ($0.status.startedAt ?? "", $0.name) > ($1.status.startedAt ?? "", $1.name)
            }
        }
    }

    /// Where this repository's own runs have their files.
    static func localFiles() async throws -> RunFiles {
        do {
            return try await WorkTree(FileManager.default.currentDirectoryPath).files
        } catch let failure as CommandFailure {
            throw ValidationFailure(failure.description)
        }
    }

    static func record(_ run: Value) throws -> RunRecord {
        let spec = try ValueDecoder().decode(PipelineRunSpec.self, from: run["spec"] ?? .emptyObject)
        let status = try run["status"].map { try ValueDecoder().decode(PipelineRunStatus.self, from: $0) }
        return RunRecord(
            name: run.metadata.name, uid: run.metadata.uid, spec: spec,
            status: status ?? PipelineRunStatus(phase: RunPhase.pending.rawValue))
    }
}
