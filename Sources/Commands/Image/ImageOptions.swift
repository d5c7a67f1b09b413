import ArgumentParser
import Foundation
import Manifest
import OCI

/// Where images are kept on this machine.
struct ImageStoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of images on this machine (default: $XDG_DATA_HOME/slipway/images, or "
                + "~/.local/share/slipway/images).", valueName: "dir"))
    var store: String?

    func open() throws -> ImageStore {
        if let store { return try ImageStore(directory: store) }
        let environment = ProcessInfo.processInfo.environment
        let data = environment["XDG_DATA_HOME"] ?? "\(NSHomeDirectory())/.local/share"
        return try ImageStore(directory: "\(data)/slipway/images")
    }
}

/// How registries are spoken to.
struct RegistryOptions: ParsableArguments {
    @Flag(help: "Speak to all registries without TLS. Those on this machine are spoken to so in any case.")
    var plainHTTP = false

    @Flag(help: "Speak to all registries with TLS, also to those on this machine.")
    var tls = false

    @Option(help: ArgumentHelp("Trust this certificate authority beside the system's.", valueName: "file"))
    var authority: String?

    func validate() throws {
        if plainHTTP, tls { throw ValidationError("--plain-http and --tls contradict each other") }
    }

    func configuration() throws -> RegistryClient.Configuration {
        let files = try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)
        return RegistryClient.Configuration(
            credentials: .docker(files), security: plainHTTP ? .none : tls ? .required : .automatic,
            authorities: try authority.map { try TextFile(name: $0).read() })
    }
}

/// How a command prints what it found.
enum ImageOutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct ImageOutputOptions: ParsableArguments {
    @Option(help: "Print text for people or JSON for programs.")
    var output = ImageOutputFormat.text

    /// Prints one of the two.
    func print(_ value: @autoclosure () -> Value, text: @autoclosure () -> String) throws {
        switch output {
        case .json:
            try StandardStreams.writeOutput(
                JSON.write(value(), options: JSON.WriteOptions(indentation: 2)) + [UInt8(ascii: "\n")])
        case .text:
            try StandardStreams.writeOutput(Array((text() + "\n").utf8))
        }
    }
}

extension AsyncParsableCommand {
    /// Runs a command's body; a failure goes to standard error, and what is not there ends with 1, all else with 2.
    func reportingImages(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as OCIError {
            StandardStreams.writeError("Error: \(error)\n")
            throw ExitCode(error.code == .notFound ? 1 : 2)
        } catch let failure as CommandFailure {
            StandardStreams.writeError("Error: \(failure)\n")
            throw ExitCode(failure.outcome.rawValue)
        }
    }
}
