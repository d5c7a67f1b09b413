import ArgumentParser
import Git
import GitOps
import Manifest

/// `slipway plan`: what a range of commits changes in the objects of all applications, without a cluster.
struct PlanCommand: AsyncParsableCommand {
    /// How the plan is printed.
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a range of commits changes in every application's objects.",
        usage: "slipway plan BASE..HEAD [--repository DIR] [--output text|json|markdown]",
        discussion: """
            Finds the applications in the repository itself, renders both ends of the range for those it touches, and \
            compares the objects. Needs no cluster. Secrets are masked. Ends with 2 where an application can no longer be \
            rendered.

            EXAMPLES
              slipway plan main..HEAD
              slipway plan HEAD~1..HEAD --output markdown > comment.md
            """)

    @Argument(help: ArgumentHelp("Two commits, branches or tags.", valueName: "base..head"))
    var range: String
    @Option(help: ArgumentHelp("The config repository.", valueName: "dir")) var repository = "."
    @Option(help: "The address applications name the repository by; without it, paths decide.") var url:
        String?
    @Option(name: .shortAndLong, help: "How to print.") var output: Output = .text

    func run() async throws {
        try await reporting {
            let ends = range.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard ends.count == 2,
                ends.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasPrefix(".") })
            else {
                throw CommandFailure(.refused, "\"\(range)\" is no range; write it as BASE..HEAD")
            }
            let report = try await Planner(GitRepositories.open(repository), url: url).plan(
                from: ends[0], to: ends[1])
            switch output {
            case .text: try StandardStreams.writeOutput(Array(report.text.utf8))
            case .json:
                try StandardStreams.writeOutput(JSON.write(report.value, options: .pretty) + [0x0a])
            case .markdown: try StandardStreams.writeOutput(Array(report.markdown().utf8))
            }
            if report.hasFaults { throw CommandFailure(.refused, "an application can no longer be rendered") }
        }
    }
}
