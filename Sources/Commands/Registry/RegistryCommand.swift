import ArgumentParser

/// `slipway registry`: the image registry that Slipway brings along.
struct RegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "The embedded image registry.", subcommands: [RegistryServe.self])
}
