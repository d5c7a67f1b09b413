import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway pr list`: the pull requests of a namespace.
struct PullRequestList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List pull requests, newest first.")

    @OptionGroup var connection: KubeConnection

    @Option(name: [.short, .long], help: ArgumentHelp("Only those of a repository.", valueName: "name"))
    var repo: String?

    @Flag(help: "Those that are merged or closed too.")
    var all = false

    func run() async throws {
        let (objects, namespace) = try await connection.run { session in
            (
                try await session.client.listAll(.pullRequests, namespace: session.namespace),
                session.namespace
            )
        }
        var pulls: [(String, PullRequestSpec, PullRequestStatus)] = []
        for object in objects {
            let spec = try ValueDecoder().decode(PullRequestSpec.self, from: object["spec"] ?? .emptyObject)
            let status = try ValueDecoder().decode(
                PullRequestStatus.self, from: object["status"] ?? .emptyObject)
            let isOver = status.phase == .merged || status.phase == .closed || spec.state == .closed
            if !all, isOver { continue }
            if let repo, spec.repository != repo { continue }
            pulls.append((object.metadata.name, spec, status))
        }
        guard !pulls.isEmpty else {
            print(
                "There are no \(all ? "" : "open ")pull requests in the namespace \(namespace); open one with: "
                    + "git push origin HEAD:refs/for/main")
            return
        }
        pulls.sort { ($0.1.repository, $1.1.number) < ($1.1.repository, $0.1.number) }
        var table = TextTable(["NAME", "TITLE", "AUTHOR", "PHASE", "WHY"])
        for (name, spec, status) in pulls {
            table.append([
                name, String(spec.title.prefix(60)), spec.author, status.phase?.rawValue ?? "Open",
                status.message ?? status.reason ?? "",
            ])
        }
        print(table.text)
    }
}
