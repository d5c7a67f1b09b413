import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app list`: all applications with their states.
struct AppList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List applications.")

    @OptionGroup var options: AppOptions

    func run() async throws {
        try await reporting {
            let items = try await options.withClient { client in
                try await client.listAll(Application.resource, namespace: options.namespace)
            }
            if items.isEmpty {
                StandardStreams.writeError(
                    "no applications in namespace \(options.namespace); make one with slipway app create\n")
            }
            var table = TextTable([
                "NAME", "PROJECT", "SYNC", "HEALTH", "REVISION", "OPERATION", "CONDITIONS",
            ])
            for object in items.sorted(by: { $0.metadata.name < $1.metadata.name }) {
                let status = object["status"]
                let revision = status?["sync", "revision"]?.stringValue ?? ""
                table.append([
                    object.metadata.name, Application(object).project,
                    status?["sync", "status"]?.stringValue ?? "Unknown",
                    status?["health", "status"]?.stringValue ?? "Unknown", String(revision.prefix(10)),
                    status?["operationState", "phase"]?.stringValue ?? "-",
                    (status?["conditions"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
                        .joined(separator: ","),
                ])
            }
            try StandardStreams.writeOutput(Array((table.text + "\n").utf8))
        }
    }
}
