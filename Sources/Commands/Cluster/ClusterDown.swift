import ArgumentParser
import Foundation
import LocalCluster

/// `slipway cluster down`: ends the cluster and everything it has left on the machine.
struct ClusterDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End the cluster and all of its pods.",
        discussion: """
            Objects and logs are kept for the next `slipway cluster up`. After a crash it ends what was left running.
            """)

    @OptionGroup var data: ClusterData

    @Option(help: ArgumentHelp("How long to wait for the cluster to end.", valueName: "seconds"))
    var timeout = 60

    func run() async throws {
        do {
            if let running = try ClusterProcess.find(directory: data.path) {
                try await running.end(within: .seconds(timeout))
                print("The cluster in \(data.path) has ended.")
            } else if try await ClusterProcess.removeRemains(directory: data.path) {
                print("The cluster in \(data.path) did not run; what it had left is removed.")
            } else {
                print("The cluster in \(data.path) does not run.")
            }
        } catch let error as SandboxError {
            throw ValidationFailure(error.description)
        }
    }
}
