import ArgumentParser
import Git
import GitOps
import KubeClient
import KubeModel
import Manifest

/// `slipway app diff`: what a sync would change.
struct AppDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what syncing a revision would change in the cluster.",
        discussion: """
            Compares the cluster with a commit of a git repository on this machine, by default the one in the current \
            directory. Only fields that git sets count; fields that others have set are told with their manager by \
            --foreign. Ends with 1 where there is a difference, with 2 where something fails.
            """)

    @Argument var name: String
    @OptionGroup var options: AppOptions

    @Option(help: ArgumentHelp("The repository on this machine.", valueName: "dir")) var repository = "."
    @Option(help: "The commit, branch or tag.") var revision = "HEAD"
    @Flag(help: "Ask the server what it would make of each object.") var serverSide = false
    @Flag(help: "Tell the fields that others have set.") var foreign = false

    func run() async throws {
        var differs = false
        do {
            try await reporting { differs = try await report() }
        } catch let code as ExitCode where code.rawValue == 1 {
            // 1 says that there is a difference.
            throw ExitCode(2)
        }
        if differs { throw ExitCode(1) }
    }

    /// Prints the difference; answers whether there is one.
    private func report() async throws -> Bool {
        var differs = false
        let text = try await options.withClient { client in
            let application = Application(try await options.application(name, client))
            let git = try GitRepositories.open(repository)
            let difference = ApplicationDifference(
                client, controlNamespace: options.namespace, isServerSide: serverSide)
            let result = try await difference.compute(application, repository: git, revision: revision)
            differs = !result.changes.isEmpty
            return foreign ? result.text + result.foreignText : result.text
        }
        try StandardStreams.writeOutput(Array(text.utf8))
        return differs
    }
}
