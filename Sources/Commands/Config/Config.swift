import ArgumentParser
import Foundation
import Slipway

/// `slipway config`: the configuration of `slipway up`.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The configuration of slipway up.",
        subcommands: [ConfigInit.self, ConfigShow.self, ConfigValidate.self])
}

/// `slipway config init`: writes a configuration with every setting and its default, commented out.
struct ConfigInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration with every setting, its default and what it is for.",
        discussion: """
            Without a file it is printed. A file that exists is left alone. `slipway up` reads config.yaml in its directory,
            or what --config names.
            """)

    @Argument(help: "The file to write; - prints.")
    var file = "-"

    func run() async throws {
        try await reporting {
            let bytes = Array(Settings.template.utf8)
            guard file != "-" else { return try StandardStreams.writeOutput(bytes) }
            guard !FileManager.default.fileExists(atPath: file) else {
                throw CommandFailure(.refused, "\(file) exists; remove it, or write to another file")
            }
            do {
                try Data(bytes).write(to: URL(filePath: file), options: .withoutOverwriting)
            } catch {
                throw CommandFailure(.refused, "\(file) cannot be written: \(error.localizedDescription)")
            }
            print("\(file) written; use it with: slipway up --config \(file)")
        }
    }
}

/// `slipway config show`: prints the settings that would count.
struct ConfigShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print every setting as it would count.")

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        try await reporting { try StandardStreams.writeOutput(Array(try options.settings().text.utf8)) }
    }
}

/// `slipway config validate FILE`: tells every fault of a configuration.
struct ConfigValidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Tell every fault of a configuration, as file:line:column.",
        discussion: "Ends with 0 where there is none, with 2 otherwise.")

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        try await reporting {
            do {
                _ = try Settings.read(try TextFile(name: file).read(), file: file)
            } catch let error as SlipwayError {
                throw CommandFailure(.refused, error.description)
            }
            print("\(file) is valid.")
        }
    }
}
