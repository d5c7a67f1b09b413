import ArgumentParser
import Forge
import KubeClient
import KubeModel
import Manifest

/// `slipway pr`: pull requests.
struct PullRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pr", abstract: "Pull requests: see, review, merge.",
        discussion: "A pull request is opened with git: git push origin HEAD:refs/for/main",
        subcommands: [
            PullRequestList.self, PullRequestShow.self, PullRequestApprove.self,
            PullRequestRequestChanges.self,
            PullRequestMerge.self, PullRequestClose.self,
        ])
}

/// Which pull request is meant: its name, or its number with the repository's name.
struct PullRequestReference: ParsableArguments {
    @Argument(help: "The pull request, as shop-12 or, with --repo, 12.")
    var pullRequest: String

    @Option(name: [.short, .long], help: ArgumentHelp("The repository.", valueName: "name"))
    var repo: String?

    /// The name of the object.
    func name(_ session: KubeConnection.Session) async throws -> String {
        let text = pullRequest.hasPrefix("#") ? String(pullRequest.dropFirst()) : pullRequest
        guard Int(text) != nil else { return text }
        if let repo { return "\(repo)-\(text)" }
        // A number is enough where there is one repository.
        let repositories = try await session.client.listAll(.repositories, namespace: session.namespace)
        guard repositories.count == 1 else {
            throw ValidationFailure(
                "which repository? name it: --repo NAME, or say NAME-\(text) in place of \(text)")
        }
        return "\(repositories[0].metadata.name)-\(text)"
    }

    /// Asks the forge to do something to the pull request, and prints what it says.
    func act(
        _ action: String, _ body: [String: String] = [:], connection: KubeConnection
    ) async throws {
        let message = try await connection.run { session in
            let name = try await name(session)
            let object = try await session.client.get(.pullRequests, name, namespace: session.namespace)
            let repository = object["spec", "repository"]?.stringValue ?? ""
            let owner = try await session.client.get(.repositories, repository, namespace: session.namespace)
            guard let address = owner["status", "apiURL"]?.stringValue else {
                throw ValidationFailure("\(repository) is not served; start a forge: slipway forge serve")
            }
            do {
                return try await ForgeClient(address: address, token: session.token, http: session.http).act(
                    action, namespace: session.namespace, pullRequest: name, body)
            } catch let error as ForgeError {
                throw ValidationFailure(error.description)
            }
        }
        print(message)
    }
}
