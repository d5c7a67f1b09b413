import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway release list`: the releases of a namespace, newest first.
struct ReleaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List releases, newest first.")

    @OptionGroup var scope: ReleaseScope

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.")
    var allNamespaces = false

    @Option(help: ArgumentHelp("Only those of one repository.", valueName: "name"))
    var repository: String?

    @Option(name: .shortAndLong, help: "How to print.")
    var output: VersionCommand.Output = .text

    func run() async throws {
        try await reportingSignatures {
            try await scope.run { client, namespace in
                var items = try await client.listAll(.releases, namespace: allNamespaces ? nil : namespace)
                if let repository { items.removeAll { $0["spec", "repository"]?.stringValue != repository } }
                items.sort { Self.key($0) > Self.key($1) }
                switch output {
                case .json:
                    try StandardStreams.writeOutput(JSON.write(.array(items), options: .pretty) + [0x0a])
                case .text: try StandardStreams.writeOutput(Array(Self.table(items).utf8))
                }
            }
        }
    }

    private static func key(_ item: Value) -> (String, String) {
        (item["metadata", "creationTimestamp"]?.stringValue ?? "", item.metadata.name)
    }

    private static func table(_ items: [Value]) -> String {
        guard !items.isEmpty else { return "No releases.\n" }
        var rows = [["NAME", "REPOSITORY", "COMMIT", "DIGEST", "SIGNED BY", "PHASE"]]
        for item in items {
            let spec = item["spec"]
            rows.append([
                item.metadata.name, spec?["repository"]?.stringValue ?? "",
                String((spec?["commit"]?.stringValue ?? "").prefix(12)),
                String((spec?["image", "digest"]?.stringValue ?? "").prefix(19)),
                spec?["signature", "identity"]?.stringValue ?? "-",
                item["status", "phase"]?.stringValue ?? "Available",
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                column == row.count - 1
                    ? row[column]
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count + 3)
            }
            return cells.joined() + "\n"
        }.joined()
    }
}
