public import ArgumentParser
import Kustomize
import Manifest

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `slipway kustomize build`: prints the manifests of a kustomization.
public struct KustomizeBuildCommand: ParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Print the manifests of a kustomization.",
        usage: "slipway kustomize build [DIR] [--output FILE-OR-DIR] [--load-restrictor NAME]",
        discussion: """
            DIR holds a kustomization.yaml and is . where it is left out. Flags are those of kustomize build; flags of \
            plugins and containers are accepted only where they ask for nothing.

            EXAMPLES
              slipway kustomize build overlays/prod
              slipway kustomize build overlays/prod -o manifests.yaml
              slipway kustomize build --load-restrictor LoadRestrictionsNone .
            """)

    @Argument(help: "The directory of the kustomization.")
    var directories: [String] = []

    @Option(name: .shortAndLong, help: "Write to this file or, one file an object, into this directory.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "LoadRestrictionsRootOnly, or LoadRestrictionsNone to read files outside the directory.",
            valueName: "name"))
    var loadRestrictor = "LoadRestrictionsRootOnly"

    @Option(help: "The order of the output: legacy or none; sortOptions in the kustomization wins.")
    var reorder = "legacy"

    @Flag(name: .customLong("enable-managedby-label"), help: "Add app.kubernetes.io/managed-by.")
    var addsManagedByLabel = false

    @Flag(help: "Accepted; a kustomization with Helm charts is refused all the same.")
    var enableHelm = false

    @OptionGroup(title: "Refused where given") var refused: RefusedKustomizeOptions

    /// The command without arguments.
    public init() {}

    /// Does what the command says.
    public func run() throws {
        do {
            try build()
        } catch let error as KustomizeError {
            StandardStreams.writeError("Error: \(error)\n")
            throw ExitCode(1)
        } catch let error as CommandFailure {
            StandardStreams.writeError("Error: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func build() throws {
        let options = try options()
        try refused.check()
        let directory = directories.first ?? "."
        let path =
            directory.hasPrefix("/") || directory.contains("://")
            ? directory : "\(workingDirectory)/\(directory)"
        let result = try Kustomization.run(
            tree: DirectoryFileTree(), path: path, options: options,
            onWarning: { StandardStreams.writeError("\($0)\n") })
        guard let output else { return try StandardStreams.writeOutput(result.yaml) }
        try KustomizeOutput(path: output).write(result)
    }

    private func options() throws(CommandFailure) -> Kustomization.Options {
        guard directories.count <= 1 else {
            throw CommandFailure(.refused, "specify one path to kustomization.yaml")
        }
        var options = Kustomization.Options(addsManagedByLabel: addsManagedByLabel)
        switch loadRestrictor {
        case "LoadRestrictionsRootOnly", "": break
        case "LoadRestrictionsNone": options.allowsFilesOutsideRoot = true
        default:
            throw CommandFailure(
                .refused,
                "illegal flag value --load-restrictor \(loadRestrictor); legal values: "
                    + "[LoadRestrictionsRootOnly LoadRestrictionsNone]")
        }
        switch reorder {
        case "legacy": break
        case "none": options.order = .none
        default:
            throw CommandFailure(
                .refused, "illegal flag value --reorder \(reorder); legal values: [legacy none]")
        }
        return options
    }

    private var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}

/// Flags of kustomize that ask for programs or containers to be run.
struct RefusedKustomizeOptions: ParsableArguments {
    @Flag(help: .hidden) var enableAlphaPlugins = false
    @Flag(help: .hidden) var enableExec = false
    @Flag(help: .hidden) var enableStar = false
    @Flag(help: .hidden) var network = false
    @Flag(help: .hidden) var asCurrentUser = false
    @Flag(help: .hidden) var helmDebug = false
    @Option(help: .hidden) var networkName = "bridge"
    @Option(help: .hidden) var mount: [String] = []
    @Option(name: .shortAndLong, help: .hidden) var env: [String] = []
    // Helm's own flags say nothing where no chart is inflated.
    @Option(help: .hidden) var helmCommand = "helm"
    @Option(help: .hidden) var helmApiVersions: [String] = []
    @Option(help: .hidden) var helmKubeVersion = ""

    /// - Throws: `CommandFailure` naming the flag that asks for what is not done.
    func check() throws(CommandFailure) {
        let flags = [
            ("enable-alpha-plugins", enableAlphaPlugins), ("enable-exec", enableExec),
            ("enable-star", enableStar), ("network", network), ("as-current-user", asCurrentUser),
            ("mount", !mount.isEmpty), ("env", !env.isEmpty),
        ]
        guard let (name, _) = flags.first(where: \.1) else { return }
        throw CommandFailure(
            .refused,
            "--\(name) is refused: a build runs no plugins, programs or containers; run them beforehand and list what "
                + "they print in 'resources'")
    }
}
