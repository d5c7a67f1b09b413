import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway repo list`: the repositories of a namespace.
struct RepoList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List repositories, with what their merge queues do.")

    @OptionGroup var connection: KubeConnection

    func run() async throws {
        let (objects, namespace) = try await connection.run { session in
            (
                try await session.client.listAll(.repositories, namespace: session.namespace),
                session.namespace
            )
        }
        guard !objects.isEmpty else {
            print(
                "There are no repositories in the namespace \(namespace); make one with: slipway repo create NAME"
            )
            return
        }
        var table = TextTable(["NAME", "BRANCH", "HEAD", "ATTESTED", "QUEUE", "URL"])
        for object in objects {
            let status = try ValueDecoder().decode(
                RepositoryStatus.self, from: object["status"] ?? .emptyObject)
            let attested = object.conditions["Attested"]?.status.rawValue ?? "Unknown"
            let lanes = (status.lanes ?? []).map { lane in
                "\(lane.name.isEmpty ? "repository" : lane.name): \(lane.pullRequests.count)"
            }
            table.append([
                object.metadata.name, object["spec", "defaultBranch"]?.stringValue ?? "main",
                String((status.head ?? "").prefix(10)), attested,
                lanes.isEmpty ? "-" : lanes.joined(separator: ", "),
                status.cloneURL ?? "",
            ])
        }
        print(table.text)
    }
}
