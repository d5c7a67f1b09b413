import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Slipway

/// This machine's Prometheus beside the real program.
@Suite(.serialized)
struct PrometheusTests {
    @Test func `it is looked for on the path, unless the settings do not want it`() async throws {
        try await withTemporaryDirectory { directory in
            var settings = Settings()
            let environment = ["PATH": directory]
            let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/prometheus")
            #expect((PrometheusWorkload(settings, environment: environment) != nil) == isInstalled)
            let program = "\(directory)/prometheus"
            try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: program))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            #expect(PrometheusWorkload(settings, environment: environment)?.program == program)
            settings.usesPrometheus = false
            #expect(PrometheusWorkload(settings, environment: environment) == nil)
        }
    }

    @Test(
        .enabled(
            if: Program.path("prometheus") != nil && geteuid() == 0,
            "needs root and prometheus; Scripts/setup installs it"))
    func `it scrapes the router, and analyses ask it without naming it`() async throws {
        let installation = try RunningInstallation("prometheus: true\n")
        try await installation.start()
        let succeeded = try await installation.withClient { client in
            _ = try await client.wait(for: .deployments, "prometheus", in: "slipway") {
                $0["status", "availableReplicas"]?.integerValue == 1
            }
            let url = "http://127.0.0.1:\(try installation.port("prometheus"))/api/v1/query?query=up"
            try await Self.waitForScrape(url, client.timeline)
            let metric: Value = [
                "name": "router", "successCondition": "result[0] == 1",
                "provider": ["prometheus": ["query": "up{job=\"router\"}"]],
            ]
            try await client.create(
                Analysis.runs,
                [
                    "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
                    "metadata": ["name": "router"], "spec": ["metrics": [metric]],
                ], namespace: "default")
            return try await client.wait(for: Analysis.runs, "router") {
                ["Successful", "Failed", "Error", "Inconclusive"].contains($0["status", "phase"]?.stringValue)
            }
        }
        #expect(succeeded["status", "phase"] == "Successful", "\(succeeded["status"] ?? .null)")
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }

    /// Waits until the router has been scraped; nothing but the answers tells.
    private static func waitForScrape(_ url: String, _ timeline: Timeline) async throws {
        let deadline = timeline.now + .seconds(180)
        var text = ""
        while timeline.now < deadline {
            if let answer = try? await HTTPClient.shared.execute(
                HTTPClientRequest(url: url), timeout: .seconds(30))
            {
                text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
                if text.contains("\"1\"]") { return }
            }
            try await timeline.sleep(for: .milliseconds(200))
        }
        Issue.record("the router was not scraped within 180 s: \(text)")
    }
}
