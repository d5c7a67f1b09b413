public import ArgumentParser

/// `slipway kustomize`: builds overlays as the kustomize command does.
public struct KustomizeCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "kustomize",
        abstract: "Build kustomizations, in the place of the kustomize command.",
        discussion: """
            The output equals that of kustomize byte for byte. Only local files are read and no program is run: remote \
            resources, Helm charts, exec plugins and container functions are refused.
            """,
        subcommands: [KustomizeBuildCommand.self])

    /// The command without arguments.
    public init() {}
}
