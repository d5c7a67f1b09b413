import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway repo create NAME`: makes a repository.
struct RepoCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a repository and print where git clones it from.",
        discussion: """
            The branch is protected from the beginning: its first commit, too, comes with a pull request, by \
            git push origin HEAD:refs/for/main.
            """)

    @OptionGroup var connection: KubeConnection

    @Argument(help: "The name of the repository.")
    var name: String

    @Option(help: ArgumentHelp("The branch that pull requests land on.", valueName: "name"))
    var branch = "main"

    @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
    var description: String?

    @Option(help: ArgumentHelp("The approvals that a pull request needs.", valueName: "count"))
    var approvals = 0

    @Flag(help: "Merge pull requests on their own as soon as they may.")
    var autoMerge = false

    @Flag(help: "Squash each pull request into one commit.")
    var squash = false

    @Flag(help: "Ask for no pipeline, for repositories of configuration.")
    var noGates = false

    @Flag(help: "Let anyone clone without logging in.")
    var anonymousRead = false

    @Option(help: ArgumentHelp("How long to wait until it is served.", valueName: "seconds"))
    var timeout = 30

    func run() async throws {
        let spec = RepositorySpec(
            description: description, defaultBranch: branch, mergeMethod: squash ? .squash : nil,
            gates: noGates ? RepositorySpec.Gates.none : nil,
            requiredApprovals: approvals == 0 ? nil : approvals,
            autoMerge: autoMerge ? true : nil, anonymousRead: anonymousRead ? true : nil)
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": .string(name)],
            "spec": try ValueEncoder().encode(spec),
        ]
        let limit = Duration.seconds(timeout)
        let url = try await connection.run { session in
            try await session.client.create(.repositories, object, namespace: session.namespace)
            return try await session.client.timeline.withTimeout(limit) {
                try await Self.cloneURL(of: name, session)
            }
        }
        guard let url else {
            throw ValidationFailure(
                "\(name) is made, but was not served within \(timeout) s; is a forge running? (slipway forge serve)"
            )
        }
        print(url)
    }

    private static func cloneURL(of name: String, _ session: KubeConnection.Session) async throws -> String {
        while true {
            let object = try await session.client.get(.repositories, name, namespace: session.namespace)
            if let url = object["status", "cloneURL"]?.stringValue, object.conditions.isTrue("Ready") {
                return url
            }
            try await session.client.timeline.sleep(for: .milliseconds(50))
        }
    }
}
