import ArgumentParser
import KubeClient
import KubeModel
import LocalCluster
import Manifest
import Slipway

/// `slipway status`: what moves, and what waits for what.
struct Status: AsyncParsableCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell on one page what moves, and what waits for what.",
        discussion: """
            Reads the objects of the installation that runs on --data, or of the cluster that --kubeconfig names.
            """)

    @OptionGroup var options: InstallationOptions

    @Option(help: ArgumentHelp("The kubeconfig of another installation.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: "How to print it.")
    var output: Output = .text

    func run() async throws {
        try await reporting {
            let page: StatusPage
            do {
                // Not by KUBECONFIG, which is a list: a path may hold a colon.
                var overrides = ClientConfiguration.Overrides()
                overrides.kubeconfig = try file()
                let configuration = try await ClientConfiguration.load(
                    environment: [:], overrides: overrides)
                page = try await HTTPTransport.withTransport(configuration) { transport in
                    try await StatusPage.read(KubeClient(transport))
                }
            } catch let error as APIError {
                throw CommandFailure(.refused, error.message)
            } catch let error as KubeClientError {
                throw CommandFailure(.refused, error.description)
            }
            switch output {
            case .text: try StandardStreams.writeOutput(Array(page.text.utf8))
            case .json: try StandardStreams.writeOutput(JSON.write(page.value, options: .pretty) + [0x0a])
            }
        }
    }

    private func file() throws -> String {
        if let kubeconfig { return kubeconfig }
        let directory = DataDirectory(try options.settings().data)
        let running: ClusterProcess?
        do {
            running = try ClusterProcess.find(directory: directory.path)
        } catch {
            throw CommandFailure(.refused, error.description)
        }
        guard let running else {
            throw CommandFailure(
                .notFound,
                "Slipway does not run in \(directory.path); start it with: slipway up --data \(directory.path)"
            )
        }
        guard let file = running.kubeconfig else {
            throw CommandFailure(
                .notFound,
                "Slipway is starting in \(directory.path), process \(running.processID); ask again in a moment"
            )
        }
        return file
    }
}
