import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest
import Pipeline

/// Which runs a command is about: this repository's own, or a server's.
struct CIServerOptions: ParsableArguments {
    @Flag(help: "The runs of the server that KUBECONFIG names, not those of this repository.")
    var server = false

    @Option(help: ArgumentHelp("The kubeconfig of the server whose runs are meant.", valueName: "file"))
    var kubeconfig: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace on the server.", valueName: "name"))
    var namespace: String?

    /// Runs a body with a session of the server; with nil where this repository's own runs are meant.
    func withSession<Answer: Sendable>(
        _ body: @Sendable (KubeConnection.Session?) async throws -> Answer
    ) async throws -> Answer {
        guard server || kubeconfig != nil || namespace != nil else { return try await body(nil) }
        var connection = try KubeConnection.parse([])
        connection.kubeconfig = kubeconfig
        connection.namespace = namespace
        return try await connection.run { try await body($0) }
    }

    /// The runs, the newest first.
    func records(_ session: KubeConnection.Session?) async throws -> [RunRecord] {
        guard let session else { return RunRecordStore(try await Self.localFiles()).all() }
        let runs = try await session.client.listAll(.pipelineRuns, namespace: session.namespace)
        let newestFirst = runs.sorted { Self.order($0) > Self.order($1) }
        return try newestFirst.map { try Self.record($0) }
    }

    private static func order(_ run: Value) -> (String, String) {
        (run.metadata.creationTimestamp?.rfc3339 ?? "", run.metadata.name)
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
            name: run.metadata.name, namespace: run.metadata.namespace, uid: run.metadata.uid, spec: spec,
            status: status ?? PipelineRunStatus(phase: RunPhase.pending.rawValue))
    }
}
