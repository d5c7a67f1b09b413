public import ArgumentParser
import Manifest

/// `slipway yaml from-json`: prints JSON as YAML.
public struct YAMLFromJSONCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "from-json",
        abstract: "Print JSON as YAML in kubectl's layout.",
        discussion: """
            The input is one JSON document, or one on each line; several become documents divided by ---.

            EXAMPLES
              slipway yaml from-json deploy.json > deploy.yaml
              slipway yaml to-json all.yaml | jq -c 'select(.kind == "Service")' | slipway yaml from-json
            """)

    @Argument(help: "The file, - for standard input.")
    var file = "-"

    @Flag(help: "Sort the keys as kubectl does.")
    var sortKeys = false

    @Flag(help: "Indent lists below their key.")
    var indentLists = false

    /// The command without arguments.
    public init() {}

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let file = TextFile(name: file)
            let documents = try documents(file.read(), of: file)
            let options = YAML.WriteOptions(
                keyOrder: sortKeys ? .sorted : .asGiven, sequenceIndent: indentLists ? .indented : .compact)
            try StandardStreams.writeOutput(YAML.write(documents: documents, options: options))
        }
    }

    /// The document of the text, or those of its lines.
    private func documents(_ bytes: [UInt8], of file: TextFile) throws(ManifestError) -> [Value] {
        do {
            return [try JSON.parse(bytes)]
        } catch {
            let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy(Self.isBlank) }
            if lines.count > 1, let values = try? lines.map({ try JSON.parse(Array($0)) }) { return values }
            var fault = error
            fault.file = file.displayName
            throw fault
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
