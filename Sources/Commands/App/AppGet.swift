import ArgumentParser
import GitOps
import KubeClient
import KubeModel
import Manifest

/// `slipway app get`: one application with its objects.
struct AppGet: AsyncParsableCommand {
    /// How the application is printed.
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, yaml, json }

    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an application, its objects, and what is the matter with it.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Option(name: .shortAndLong, help: "How to print.")
    var output: Output = .text

    func run() async throws {
        try await reporting {
            let object = try await options.withClient { try await options.application(name, $0) }
            switch output {
            case .yaml: try StandardStreams.writeOutput(YAML.write(object))
            case .json: try StandardStreams.writeOutput(JSON.write(object, options: .pretty) + [0x0a])
            case .text: try StandardStreams.writeOutput(Array(Self.text(object).utf8))
            }
        }
    }

    /// What the last sync could not do, object by object.
    private static func failures(_ status: Value?) -> String {
        let results = status?["operationState", "syncResult", "resources"]?.arrayValue ?? []
        let failed = results.filter { $0["status"] == "SyncFailed" }
        guard !failed.isEmpty else { return "" }
        return failed.reduce("\nThe last sync failed at:\n") { text, result in
            let names = ["kind", "namespace", "name"].compactMap { result[$0]?.stringValue }
                .filter { !$0.isEmpty }
            return text + "  \(names.joined(separator: "/")): \(result["message"]?.stringValue ?? "")\n"
        }
    }

    /// The application for people.
    static func text(_ object: Value) -> String {
        let application = Application(object)
        let status = object["status"]
        func field(_ first: String, _ second: String) -> String { status?[first]?[second]?.stringValue ?? "" }
        var lines = [
            ("Name", application.name), ("Project", application.project),
            ("Repository", application.source?.repoURL ?? ""), ("Path", application.source?.path ?? ""),
            ("Target", application.source?.targetRevision ?? ""),
            ("Namespace", application.destination.namespace),
            ("Sync", "\(field("sync", "status")) to \(field("sync", "revision").prefix(10))"),
            ("Health", "\(field("health", "status")) \(field("health", "message"))"),
        ]
        if let operation = status?["operationState"] {
            let message = operation["message"]?.stringValue ?? ""
            lines.append(("Operation", "\(operation["phase"]?.stringValue ?? "") \(message)"))
        }
        let annotations = object.metadata.annotations
        if let bad = annotations[Quarantine.revisionAnnotation],
            let good = annotations[Quarantine.pinAnnotation]
        {
            let revert = annotations[Quarantine.revertAnnotation].map { "; revert: \($0)" } ?? ""
            lines.append(
                ("Rollback", "stays at \(good.prefix(10)), \(bad.prefix(10)) is in quarantine\(revert)"))
        }
        for condition in status?["conditions"]?.arrayValue ?? [] {
            lines.append((condition["type"]?.stringValue ?? "", condition["message"]?.stringValue ?? ""))
        }
        var text = lines.map { "\($0.0):".padded(to: 14) + $0.1 + "\n" }.joined()
        var table = TextTable(["KIND", "NAMESPACE", "NAME", "SYNC", "HEALTH", "MESSAGE"])
        for resource in status?["resources"]?.arrayValue ?? [] {
            table.append([
                resource["kind"]?.stringValue ?? "", resource["namespace"]?.stringValue ?? "",
                resource["name"]?.stringValue ?? "", resource["status"]?.stringValue ?? "",
                resource["health", "status"]?.stringValue ?? "",
                resource["health", "message"]?.stringValue ?? "",
            ])
        }
        text += "\n" + table.text + "\n"
        let listed = status?["resources"]?.arrayValue?.count ?? 0
        if let total = status?["summary", "resources", "total"]?.integerValue, total > listed {
            text += "… and \(Int(total) - listed) more that are synced and healthy, as far as they fit\n"
        }
        text += failures(status)
        return text
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
