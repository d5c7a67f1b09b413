import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app refresh`: has an application compared now.
struct AppRefresh: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Ask the repository and compare now.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Flag(help: "Render and compare everything anew.")
    var hard = false

    func run() async throws {
        try await reporting {
            let annotations: Object = [Application.refreshAnnotation: .string(hard ? "hard" : "normal")]
            try await options.withClient { client in
                try await options.patch(name, ["metadata": ["annotations": .object(annotations)]], client)
                _ = try await ApplicationWaiting(options: options, client: client).wait(name, seconds: 60) {
                    $0.metadata.annotations[Application.refreshAnnotation] == nil
                }
            }
        }
    }
}
