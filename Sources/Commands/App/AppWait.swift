import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app wait`: returns when an application is synced and healthy.
struct AppWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until an application is synced and healthy.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Option(help: "Wait for this commit, given by its first digits.")
    var revision: String?
    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds"))
    var timeout = 600

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds from 1") }
    }

    func run() async throws {
        try await reporting {
            try await options.withClient { client in
                let revision = revision
                _ = try await ApplicationWaiting(options: options, client: client).wait(
                    name, seconds: timeout
                ) {
                    object in
                    let status = object["status"]
                    let current = status?["sync", "revision"]?.stringValue ?? ""
                    return status?["sync", "status"] == "Synced" && status?["health", "status"] == "Healthy"
                        && status?["operationState", "phase"] != "Running" && object["operation"] == nil
                        && (revision.map { current.hasPrefix($0) } ?? true)
                }
            }
        }
    }
}
