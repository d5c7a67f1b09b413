import ArgumentParser

/// `slipway forge`: the forge that Slipway brings along.
struct ForgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forge", abstract: "The embedded forge: git over HTTP, pull requests, a merge queue.",
        subcommands: [ForgeServe.self, ForgeHook.self])
}
