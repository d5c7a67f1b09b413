import ArgumentParser

/// `slipway ci`: pipelines, on this machine and on a server.
struct CI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ci", abstract: "Run pipelines and look at their runs.",
        subcommands: [CIRun.self, CIValidate.self, CILogs.self, CIList.self, CICancel.self])
}
