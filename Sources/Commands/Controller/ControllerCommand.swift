import ArgumentParser
import AsyncHTTPClient
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import OCI
import Promotion
import Rollouts
import Slipway

/// `slipway controller`: runs controllers against a cluster, as a Deployment does.
struct ControllerCommand: AsyncParsableCommand {
    /// A part of Slipway that keeps a kind of objects true.
    enum Role: String, CaseIterable { case gitops, rollouts, promotion }

    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run controllers against a cluster until they are stopped.",
        discussion: """
            Teaches the cluster the kinds that the roles work with, then works on their objects:

              gitops     keeps applications what git says
              rollouts   steps canaries and blue-green updates, and measures analyses
              promotion  brings releases through environments, by commits on the bare repository --config

            Repositories of this machine are entered by --repository; all others are mirrored below DIR/mirrors. The \
            audit log is DIR/audit.jsonl. Promotion finds the history of a service's own repository among those entered, \
            by the last part of its URL.

            EXAMPLES
              slipway controller --roles gitops,rollouts
              slipway controller --roles gitops --repository https://git.example.com/team/config.git=./config --poll 5
              slipway controller --roles promotion --config ./config.git --repository https://git.example.com/shop.git=./shop.git
            """)

    @OptionGroup var options: AppOptions

    @Option(help: ArgumentHelp("What to run, separated by commas.", valueName: "roles"))
    var roles: String
    @Option(help: ArgumentHelp("Where mirrors and the audit log are kept.", valueName: "dir"))
    var data = ".slipway/gitops"
    @Option(help: ArgumentHelp("A repository of this machine; repeatable.", valueName: "url=dir"))
    var repository: [String] = []
    @Option(help: ArgumentHelp("The bare config repository that promotion writes.", valueName: "dir"))
    var config: String?
    @Option(help: ArgumentHelp("How often repositories are asked.", valueName: "seconds"))
    var poll = 120

    private var wanted: [Role] { roles.split(separator: ",").compactMap { Role(rawValue: String($0)) } }

    func validate() throws {
        for role in roles.split(separator: ",", omittingEmptySubsequences: false) {
            guard Role(rawValue: String(role)) != nil else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(role)\" is no role; there is \(known)")
            }
        }
        if wanted.contains(.promotion), config == nil {
            throw ValidationError("promotion writes a repository of this machine; name it with --config DIR")
        }
        guard poll > 0 else { throw ValidationError("--poll is a number of seconds from 1") }
    }

    func run() async throws {
        try await reporting {
            let directory = URL(filePath: data).standardizedFileURL.path
            try FileManager.default.createDirectory(
                atPath: "\(directory)/mirrors", withIntermediateDirectories: true)
            let program = try GitRepositories.program()
            let wanted = wanted
            try await options.withClient { client in
                let docker = try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)
                let signatures = ImageSignatureJudge(
                    client,
                    lookup: .registries(
                        RegistryClient.Configuration(credentials: .docker(docker)),
                        sigstoreDirectory: "\(directory)/sigstore"))
                let gitops =
                    wanted.contains(.gitops) ? try gitops(client, directory, program, signatures) : nil
                let promotion =
                    wanted.contains(.promotion) ? try promotion(client, program, signatures) : nil
                try await gitops?.install()
                try await promotion?.install()
                if wanted.contains(.rollouts) { try await client.install(RolloutControllers.definitions) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await program.run() }
                    if let gitops { group.addTask { await gitops.run() } }
                    if let promotion { group.addTask { try await promotion.run() } }
                    if wanted.contains(.rollouts) {
                        group.addTask { await RolloutControllers(client, http: .shared).run() }
                    }
                    // Whoever loses the lead ends, and is started again by whoever runs this.
                    try await group.waitForAll()
                }
            }
        }
    }

    private func gitops(
        _ client: KubeClient, _ directory: String, _ program: GitProgram, _ signatures: ImageSignatureJudge
    ) throws -> GitOpsController {
        var settings = GitOpsSettings()
        settings.controlNamespace = options.namespace
        settings.pollInterval = .seconds(poll)
        let mirrored = MirroredRepositories(directory: "\(directory)/mirrors", program: program)
        var repositories = Repositories { mirrored.location(of: $0) }
        for (url, folder) in try entered() {
            repositories.enter(try GitRepositories.open(folder, program), at: url)
        }
        return GitOpsController(
            client, repositories: repositories, settings: settings,
            audit: FileAuditLog(path: "\(directory)/audit.jsonl"), guards: .signatures(signatures))
    }

    private func promotion(
        _ client: KubeClient, _ program: GitProgram, _ signatures: ImageSignatureJudge
    ) throws -> PromotionProgram {
        var settings = PromotionSettings()
        settings.namespace = options.namespace
        settings.identity = "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
        var sources: [String: GitRepository] = [:]
        for (url, folder) in try entered() {
            let name = url.split(separator: "/").last.map(String.init) ?? url
            let repository = try GitRepositories.open(folder, program)
            sources[name.hasSuffix(".git") ? String(name.dropLast(4)) : name] = repository
        }
        let known = sources
        let branch = try GitConfigBranch(
            try GitRepositories.open(config ?? "", program),
            name: "\(options.namespace)/\(settings.repository)")
        return PromotionProgram(
            client: client, branch: branch, settings: settings, sources: GitSourceHistory { known[$0] },
            verifier: SignedDigests(signatures))
    }

    /// The repositories of this machine, by their URLs.
    private func entered() throws -> [(url: String, folder: String)] {
        try repository.map { entry in
            guard let equals = entry.lastIndex(of: "="), equals > entry.startIndex else {
                throw CommandFailure(.refused, "\"\(entry)\" is no repository; write it as URL=DIRECTORY")
            }
            return (String(entry[..<equals]), String(entry[entry.index(after: equals)...]))
        }
    }
}
