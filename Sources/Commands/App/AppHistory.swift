import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app history`: the revisions an application was synced to.
struct AppHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the revisions an application was synced to.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    func run() async throws {
        try await reporting {
            let object = try await options.withClient { try await options.application(name, $0) }
            var table = TextTable(["ID", "DEPLOYED", "REVISION", "BY"])
            for entry in object["status", "history"]?.arrayValue ?? [] {
                let isAutomated = entry["initiatedBy", "automated"]?.boolValue ?? false
                table.append([
                    String(entry["id"]?.integerValue ?? 0), entry["deployedAt"]?.stringValue ?? "",
                    entry["revision"]?.stringValue ?? "",
                    isAutomated ? "automated" : entry["initiatedBy", "username"]?.stringValue ?? "",
                ])
            }
            if object["status", "history"]?.arrayValue?.isEmpty ?? true {
                StandardStreams.writeError("\(name) has not been synced yet\n")
            }
            try StandardStreams.writeOutput(Array((table.text + "\n").utf8))
        }
    }
}
