public import ArgumentParser
import Manifest

/// `slipway yaml to-json`: prints YAML as JSON.
public struct YAMLToJSONCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "to-json",
        abstract: "Print YAML as JSON, one line for each document.",
        discussion: """
            Values are typed as kubectl types them; aliases and merge keys are replaced by what they stand for.

            EXAMPLES
              slipway yaml to-json deploy.yaml
              helm template chart | slipway yaml to-json | jq -r .kind
            """)

    @Argument(help: "The file, - for standard input.")
    var file = "-"

    @Flag(help: "Indent the output.")
    var pretty = false

    /// The command without arguments.
    public init() {}

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let file = TextFile(name: file)
            let documents = try YAML.parse(
                file.read(), options: YAML.ReadOptions(file: file.displayName))
            var bytes: [UInt8] = []
            for document in documents {
                bytes += JSON.write(document, options: pretty ? .pretty : .compact)
                bytes.append(UInt8(ascii: "\n"))
            }
            try StandardStreams.writeOutput(bytes)
        }
    }
}
