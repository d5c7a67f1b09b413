import Foundation
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// The real program, in a directory of its own.
@Suite(.serialized)
struct UpTests {
    @Test func `a fault of the configuration keeps it from starting`() async throws {
        let process = try SlipwayProcess()
        try process.write("listen: {web: nowhere}\n", to: "bad.yaml")
        let outcome = try await process.run("up", "--data", "data", "--config", "bad.yaml")
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("bad.yaml:1:15: listen.web must be an address with a port"))
        #expect(
            !FileManager.default.fileExists(atPath: process.directory.appending(path: "data/cluster.db").path)
        )
    }

    @Test func `a configuration is written once, validated and shown`() async throws {
        let process = try SlipwayProcess()
        #expect(try await process.run("config", "init", "slipway.yaml").code == 0)
        #expect(try await process.run("config", "init", "slipway.yaml").code == 2)
        #expect(
            try await process.run("config", "validate", "slipway.yaml").output == "slipway.yaml is valid.\n")
        let shown = try await process.run("config", "show", "--config", "slipway.yaml", "--data", "here")
        #expect(shown.output.hasPrefix("data: \"here\"\n"))
        try process.write("tls: 1\n", to: "slipway.yaml")
        #expect(try await process.run("config", "validate", "slipway.yaml").code == 2)
    }

    @Test func `status of a directory in which nothing runs says what to do`() async throws {
        let process = try SlipwayProcess()
        let outcome = try await process.run("status", "--data", "data")
        #expect(outcome.code == 1)
        #expect(outcome.error.contains("start it with: slipway up --data"))
    }

    @Test func `it starts, keeps others away, survives a kill and ends in order`() async throws {
        let installation = try RunningInstallation()
        try await installation.start()
        let first = try await installation.withClient { client in
            try await client.create(
                .repositories,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                    "spec": [:],
                ], namespace: "slipway")
            return try await installation.cloneURL(client)
        }
        #expect(first.hasSuffix("/slipway/shop.git"))
        // Whoever may look into the directory learns names, and nothing that is in the files.
        for name in try FileManager.default.contentsOfDirectory(atPath: installation.data)
        where name != "config.yaml" {
            let path = "\(installation.data)/\(name)"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0, "\(name)")
        }
        #expect(FileManager.default.fileExists(atPath: "\(installation.data)/keys/token"))

        let second = try await installation.process.run("up", "--data", "data")
        #expect(second.code == 2)
        #expect(second.error.contains("runs on \(installation.data) already"))
        let status = try await installation.process.run("status", "--data", "data", "--output", "json")
        #expect(status.code == 0)
        #expect(try JSON.parse(Array(status.output.utf8))["moving"] != nil)

        try installation.kill()
        try await installation.start()
        let again = try await installation.withClient { try await installation.cloneURL($0) }
        // Ports that were chosen are kept, so that addresses in objects stay true.
        #expect(again == first)
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }
}
