public import ArgumentParser
import Manifest

/// `slipway yaml insert`: adds an entry to a mapping or an item to a list.
public struct YAMLInsertCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "insert",
        abstract: "Add an entry to a mapping or an item to a list.",
        usage: """
            slipway yaml insert FILE... PATH VALUE [--in-place] [--check] [--string] [--parents]
                                [--first | --sorted | --before STEP | --after STEP] [--document N]
            """,
        discussion: """
            A path that ends in a new key adds an entry, one that ends in [+] appends an item, one that ends in [n] \
            puts an item before the one there. A key that exists is refused; set changes it. The value is read as \
            YAML: 3 is a number, {cpu: 100m} a mapping; --string takes it as it is.

            EXAMPLES
              slipway yaml insert -i deploy.yaml .metadata.labels.team payments
              slipway yaml insert -i kustomization.yaml 'resources[+]' service.yaml
              slipway yaml insert -i kustomization.yaml 'images[+]' '{name: web, newTag: v1}'
              slipway yaml insert -i deploy.yaml '.metadata.annotations["a.b/c"]' on --string --parents
            """)

    @Argument(
        help: ArgumentHelp(
            "Files, - for standard input, then path and value.", valueName: "file ... path value"))
    var arguments: [String]

    @OptionGroup var edit: YAMLEditOptions

    @OptionGroup var typing: YAMLValueOptions

    @Flag(name: .shortAndLong, help: "Make the mappings on the way that are missing.")
    var parents = false

    @Flag(help: "Put the new one first.")
    var first = false

    @Flag(help: "Put the new entry before the first key that sorts behind it.")
    var sorted = false

    @Option(help: "Put the new one before this key or [index].")
    var before: String?

    @Option(help: "Put the new one behind this key or [index].")
    var after: String?

    /// The command without arguments.
    public init() {}

    /// Refuses options that contradict each other.
    public func validate() throws {
        guard arguments.count >= 3 else {
            throw ValidationError("Give at least one file, a path and a value.")
        }
        let placements = [first, sorted, before != nil, after != nil].filter { $0 }.count
        guard placements <= 1 else {
            throw ValidationError("Give only one of --first, --sorted, --before and --after.")
        }
        try edit.validate(files: Array(arguments.dropLast(2)))
    }

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let path = try YAMLPath(arguments[arguments.count - 2])
            let value = try typing.value(arguments[arguments.count - 1], replacing: nil)
            let placement = try placement()
            try edit.apply(to: Array(arguments.dropLast(2))) { editor, document in
                try editor.insert(
                    value, at: path, placement: placement, createsParents: parents, document: document)
            }
        }
    }

    private func placement() throws -> YAMLEditor.Placement {
        if first { return .first }
        if sorted { return .sorted }
        if let before { return .before(try step(before)) }
        if let after { return .after(try step(after)) }
        return .last
    }

    private func step(_ text: String) throws -> YAMLPath.Step {
        let steps = try YAMLPath(text).steps
        guard steps.count == 1, let step = steps.first else {
            throw CommandFailure(
                .refused, "'\(text)' has to be one key of the mapping or one [index] of the list")
        }
        return step
    }
}
