import ArgumentParser
import KubeModel
import Manifest
import Rollouts

/// `slipway rollout lint`: checks manifests without a cluster.
struct RolloutLint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check Rollouts and analysis templates without a cluster.",
        discussion:
            "Ends with 2 where something is wrong. What is only likely to be meant otherwise is a warning. "
            + "Documents of other kinds are passed over.")

    @Argument(help: ArgumentHelp("Manifests; - is standard input.", valueName: "file"))
    var files: [String]

    func run() throws {
        try reporting {
            var count = 0
            var faults: [String] = []
            var documents: [Value] = []
            for file in files {
                let text = try TextFile(name: file).read()
                for document in try YAML.parse(text, options: .init(file: file)) {
                    documents.append(document)
                    guard let found = ManifestLint.faults(of: document) else { continue }
                    count += 1
                    faults += found.map { "\(file): \(document.kind) \(document.metadata.name): \($0)" }
                }
            }
            guard faults.isEmpty else {
                throw CommandFailure(.refused, faults.joined(separator: "\n"))
            }
            guard count > 0 else {
                throw CommandFailure(.notFound, "there is no Rollout and no analysis template in these files")
            }
            let warnings = ManifestLint.warnings(of: documents)
            for warning in warnings { print("warning: \(warning)") }
            print("\(count) checked, " + (warnings.isEmpty ? "nothing wrong" : "no fault"))
        }
    }
}

/// `slipway rollout plan`: tells how long the judge will need at each weight.
struct RolloutPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell how long the judge needs at each weight, before anything is rolled out.",
        discussion: "Shares of 5, 20 and 50 percent of the requests are taken where none are given.")

    @Option(help: ArgumentHelp("Requests of all versions in a second.", valueName: "number"))
    var requestsPerSecond: Double

    @Option(help: ArgumentHelp("The share of requests that fail now, as 0.001.", valueName: "share"))
    var errorRate: Double

    @Option(help: ArgumentHelp("How many times the errors a bad version has.", valueName: "factor"))
    var harmful: Double = 2

    @Option(help: ArgumentHelp("How likely a good version may be rolled back.", valueName: "share"))
    var falseRollback: Double = 0.01

    @Option(help: ArgumentHelp("The canary's weights, in percent.", valueName: "percent"))
    var weight: [Double] = []

    func run() throws {
        try reporting {
            for line in try JudgePlan.lines(
                weights: weight.isEmpty ? [5, 20, 50] : weight, requestsPerSecond: requestsPerSecond,
                errorRate: errorRate, harmful: harmful, falseRollback: falseRollback)
            {
                print(line)
            }
        }
    }
}
