public import ArgumentParser
import Manifest

/// `slipway yaml remove`: removes an entry or an item.
public struct YAMLRemoveCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove an entry of a mapping or an item of a list.",
        usage: "slipway yaml remove FILE... PATH [--in-place] [--check] [--document N]",
        discussion: """
            The comments of what is removed go with it: those behind it, and those right above it in its column. \
            The last entry leaves {}, the last item [].

            EXAMPLES
              slipway yaml remove -i deploy.yaml .spec.replicas
              slipway yaml remove -i deploy.yaml 'spec.template.spec.containers[name=sidecar]'
              slipway yaml remove --check deploy.yaml '.metadata.annotations["a.b/c"]'
            """)

    @Argument(help: ArgumentHelp("Files, - for standard input, then the path.", valueName: "file ... path"))
    var arguments: [String]

    @OptionGroup var edit: YAMLEditOptions

    /// The command without arguments.
    public init() {}

    /// Refuses options that contradict each other.
    public func validate() throws {
        guard arguments.count >= 2 else { throw ValidationError("Give at least one file and a path.") }
        try edit.validate(files: Array(arguments.dropLast()))
    }

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let path = try YAMLPath(arguments[arguments.count - 1])
            try edit.apply(to: Array(arguments.dropLast())) { editor, document in
                try editor.remove(path, document: document)
            }
        }
    }
}
