public import ArgumentParser
import Manifest

/// `slipway yaml set`: replaces the value at a path.
public struct YAMLSetCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Replace the value at a path.",
        usage: "slipway yaml set FILE... PATH VALUE [--in-place] [--check] [--string] [--document N]",
        discussion: """
            The path has to exist; insert adds what does not. Where a string stands, the new value is a string too, \
            and is quoted if it would read as something else (yes, 1.0, 2026-01-01). Elsewhere it is read as YAML, \
            so 3 is a number and {cpu: 100m} a mapping. A value that begins with a dash goes behind --.

            EXAMPLES
              slipway yaml set -i deploy.yaml .spec.replicas 3
              slipway yaml set -i kustomization.yaml 'images[name=web].newTag' v2
              slipway yaml set --check values.yaml image.tag 2.0.0
              slipway yaml set -i a.yaml b.yaml .metadata.namespace prod
              slipway yaml set deploy.yaml .spec.weight -- -1 > changed.yaml
            """)

    @Argument(
        help: ArgumentHelp(
            "Files, - for standard input, then path and value.", valueName: "file ... path value"))
    var arguments: [String]

    @OptionGroup var edit: YAMLEditOptions

    @OptionGroup var typing: YAMLValueOptions

    /// The command without arguments.
    public init() {}

    /// Refuses options that contradict each other.
    public func validate() throws {
        guard arguments.count >= 3 else {
            throw ValidationError("Give at least one file, a path and a value.")
        }
        try edit.validate(files: Array(arguments.dropLast(2)))
    }

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let path = try YAMLPath(arguments[arguments.count - 2])
            let text = arguments[arguments.count - 1]
            try edit.apply(to: Array(arguments.dropLast(2))) { editor, document in
                let present = try editor.stream.document(document).node(at: path).value()
                let value = try typing.value(text, replacing: present)
                try editor.set(path, to: value, document: document)
            }
        }
    }
}
