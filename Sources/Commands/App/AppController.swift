import ArgumentParser
import Foundation
import Git
import GitOps
import KubeClient
import Logging

/// `slipway app controller`: runs the application controller against a cluster.
struct AppController: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run the application controller until it is stopped.",
        discussion: """
            Teaches the cluster the kinds Application and AppProject, then keeps applications what git says.

            Repositories of this machine are entered by --repository; all others are mirrored below DIR/mirrors. The \
            audit log is DIR/audit.jsonl.
            """)

    @OptionGroup var options: AppOptions

    @Option(help: ArgumentHelp("Where mirrors and the audit log are kept.", valueName: "dir"))
    var data = ".slipway/gitops"
    @Option(help: ArgumentHelp("A repository of this machine; repeatable.", valueName: "url=dir"))
    var repository: [String] = []
    @Option(help: ArgumentHelp("How often repositories are asked.", valueName: "seconds"))
    var poll = 120

    func run() async throws {
        try await reporting {
            let directory = URL(filePath: data).standardizedFileURL.path
            let mirrors = "\(directory)/mirrors"
            try FileManager.default.createDirectory(atPath: mirrors, withIntermediateDirectories: true)
            let program = try GitRepositories.program()
            var repositories = Repositories { url in
                let name = RepositoryURL.normalized(url).map { $0.isLetter || $0.isNumber ? $0 : "-" }
                return .remote(Remote(url: url), mirror: "\(mirrors)/\(String(name)).git", program)
            }
            for entry in repository {
                guard let equals = entry.lastIndex(of: "=") else {
                    throw CommandFailure(.refused, "\"\(entry)\" is no repository; write it as URL=DIRECTORY")
                }
                let folder = String(entry[entry.index(after: equals)...])
                repositories.enter(try GitRepositories.open(folder), at: String(entry[..<equals]))
            }
            let known = repositories
            try await options.withClient { client in
                var settings = GitOpsSettings()
                settings.controlNamespace = options.namespace
                settings.pollInterval = .seconds(max(poll, 1))
                let controller = GitOpsController(
                    client, repositories: known, settings: settings,
                    audit: FileAuditLog(path: "\(directory)/audit.jsonl"))
                try await controller.install()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await program.run() }
                    group.addTask { await controller.run() }
                    await group.waitForAll()
                }
            }
        }
    }
}
