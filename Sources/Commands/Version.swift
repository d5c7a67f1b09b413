public import ArgumentParser
import Manifest

/// `slipway version`: says what is running.
public struct VersionCommand: ParsableCommand {
    /// How the version is printed.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version of this program.",
        discussion: """
            EXAMPLES
              slipway version
              slipway version --output json
            """)

    @Option(name: .shortAndLong, help: "How to print.")
    var output: Output = .text

    /// The command without arguments.
    public init() {}

    /// Does what the command says.
    public func run() throws {
        try reporting {
            let build = BuildInformation.current
            let text =
                switch output {
                case .text: build.text
                case .json: JSON.string(build.value)
                }
            try StandardStreams.writeOutput(Array("\(text)\n".utf8))
        }
    }
}
