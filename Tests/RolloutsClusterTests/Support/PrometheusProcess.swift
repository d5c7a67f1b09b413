import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// Debian's Prometheus, which scrapes the router every second.
enum PrometheusProcess {
    static let program = Program.path("prometheus")

    /// Runs it while the body does, which gets its URL.
    static func with(
        scraping metrics: String, _ body: @Sendable (String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let target = metrics.replacing("http://", with: "").replacing("/metrics", with: "")
            let configuration = """
                global: {scrape_interval: 1s, scrape_timeout: 1s}
                scrape_configs:
                - job_name: router
                  static_configs: [{targets: ["\(target)"]}]
                """
            try Data(configuration.utf8).write(to: URL(filePath: "\(directory)/prometheus.yml"))
            let port = try TestPort.free()
            let process = Process()
            process.executableURL = URL(filePath: program ?? "/usr/bin/prometheus")
            process.arguments = [
                "--config.file=\(directory)/prometheus.yml", "--storage.tsdb.path=\(directory)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            let (ended, end) = AsyncStream<Never>.makeStream()
            process.terminationHandler = { _ in end.finish() }
            try process.run()
            let url = "http://127.0.0.1:\(port)"
            do {
                try await waitUntilReady(url)
                try await body(url)
            } catch {
                process.terminate()
                for await _ in ended {}
                throw error
            }
            process.terminate()
            for await _ in ended {}
        }
    }

    private static func waitUntilReady(_ url: String) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let request = HTTPClientRequest(url: "\(url)/-/ready")
            let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(10))
            if answer?.status == .ok { return }
            guard ContinuousClock.now < deadline else {
                throw WaitFailure("Prometheus does not become ready")
            }
            // Nothing but its answers tells that it is ready.
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }
}
