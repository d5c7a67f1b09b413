public import ArgumentParser

/// `slipway yaml`: reads and changes YAML files without reformatting them.
public struct YAMLCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "yaml",
        abstract: "Read and change YAML files, leaving every other byte as it is.",
        discussion: """
            Edits keep quotes, comments, anchors, indentation, line endings and the order of keys. What cannot be \
            changed exactly is refused with its place instead of being rewritten.

            PATHS
              .spec.replicas                        keys, with or without the leading dot
              spec.containers[0].image              items by number, [-1] being the last
              spec.containers[name=web].image       the item whose name is web
              .metadata.annotations["a.b/c"]        quotes around keys with dots
              .spec.args[+]                         the place behind the last item (insert)
              /spec/containers/0/image              JSON pointers

            EXIT CODES
              0  done
              1  the file or the path does not exist
              2  the input is not valid, or the edit was refused
              64 the command line is not valid
            """,
        subcommands: [
            YAMLGetCommand.self, YAMLSetCommand.self, YAMLInsertCommand.self, YAMLRemoveCommand.self,
            YAMLToJSONCommand.self, YAMLFromJSONCommand.self,
        ])

    /// The command without arguments.
    public init() {}
}
