import ArgumentParser
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import OCI
import Slipway

/// `slipway controller`: runs controllers against a cluster, as a Deployment does.
struct ControllerCommand: AsyncParsableCommand {
    /// A part of Slipway that keeps a kind of objects true.
    enum Role: String, CaseIterable { case gitops }

    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run controllers against a cluster until they are stopped.",
        discussion: """
            Teaches the cluster the kinds that the roles work with, then works on their objects. The only role for now is \
            gitops, which keeps applications what git says.

            Repositories of this machine are entered by --repository; all others are mirrored below DIR/mirrors. The \
            audit log is DIR/audit.jsonl.

            EXAMPLES
              slipway controller --roles gitops
              slipway controller --roles gitops --repository https://git.example.com/team/config.git=./config --poll 5
            """)

    @OptionGroup var options: AppOptions

    @Option(help: ArgumentHelp("What to run, separated by commas.", valueName: "roles"))
    var roles: String
    @Option(help: ArgumentHelp("Where mirrors and the audit log are kept.", valueName: "dir"))
    var data = ".slipway/gitops"
    @Option(help: ArgumentHelp("A repository of this machine; repeatable.", valueName: "url=dir"))
    var repository: [String] = []
    @Option(help: ArgumentHelp("How often repositories are asked.", valueName: "seconds"))
    var poll = 120

    func validate() throws {
        for role in roles.split(separator: ",", omittingEmptySubsequences: false) {
            guard Role(rawValue: String(role)) != nil else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(role)\" is no role; there is \(known)")
            }
        }
        guard poll > 0 else { throw ValidationError("--poll is a number of seconds from 1") }
    }

    func run() async throws {
        try await reporting {
            let directory = URL(filePath: data).standardizedFileURL.path
            try FileManager.default.createDirectory(
                atPath: "\(directory)/mirrors", withIntermediateDirectories: true)
            let program = try GitRepositories.program()
            let repositories = try repositories(directory, program)
            try await options.withClient { client in
                var settings = GitOpsSettings()
                settings.controlNamespace = options.namespace
                settings.pollInterval = .seconds(poll)
                let docker = try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)
                let signatures = ImageSignatureJudge(
                    client,
                    lookup: .registries(
                        RegistryClient.Configuration(credentials: .docker(docker)),
                        sigstoreDirectory: "\(directory)/sigstore"))
                let controller = GitOpsController(
                    client, repositories: repositories, settings: settings,
                    audit: FileAuditLog(path: "\(directory)/audit.jsonl"), guards: .signatures(signatures))
                try await controller.install()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await program.run() }
                    group.addTask { await controller.run() }
                    await group.waitForAll()
                }
            }
        }
    }

    private func repositories(_ directory: String, _ program: GitProgram) throws -> Repositories {
        let mirrored = MirroredRepositories(directory: "\(directory)/mirrors", program: program)
        var repositories = Repositories { mirrored.location(of: $0) }
        for entry in repository {
            guard let equals = entry.lastIndex(of: "="), equals > entry.startIndex else {
                throw CommandFailure(.refused, "\"\(entry)\" is no repository; write it as URL=DIRECTORY")
            }
            let folder = String(entry[entry.index(after: equals)...])
            repositories.enter(
                try GitRepositories.open(folder, program), at: String(entry[..<equals]))
        }
        return repositories
    }
}
