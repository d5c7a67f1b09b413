import ArgumentParser
import KubeModel
import Manifest
import Pipeline

/// `slipway ci list`: the runs of this repository, or of a server.
struct CIList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, the newest first.",
        discussion: "Without --server, the runs that `slipway ci run` has made in this repository.")

    @OptionGroup var server: CIServerOptions

    @Option(help: ArgumentHelp("How runs are told: text or json.", valueName: "form"))
    var output = OutputForm.text

    @Option(help: ArgumentHelp("The most runs to list.", valueName: "count"))
    var limit = 20

    func run() async throws {
        let options = server
        let rows = try await options.withSession { try await options.records($0) }.prefix(limit)
        if output == .json {
            let values = try rows.map { try ValueEncoder().encode($0) }
            return try StandardStreams.writeOutput(JSON.write(.array(values)) + [0x0a])
        }
        var table = TextTable(["NAME", "PHASE", "COMMIT", "STARTED", "REASON"])
        for row in rows {
            table.append([
                row.name, row.status.phase, String(row.spec.commit.prefix(10)),
                String((row.status.startedAt ?? "").prefix(19)), row.status.reason ?? "",
            ])
        }
        try StandardStreams.writeOutput(Array("\(table.text)\n".utf8))
    }
}
