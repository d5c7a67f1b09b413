import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct GreeterTests {
    @Test func `the example greets, repairs what others change, and ends with its task`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Started again where it has lost its lease, as a process would be.
                group.addTask { while !Task.isCancelled { try? await runGreeter(client, identity: "test") } }
                try await client.create(
                    .configMaps,
                    [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": "ann", "labels": ["greet": "yes"]], "data": ["name": "Ann"],
                    ], namespace: "default")
                try await Self.awaitGreeting(client)
                try await client.patch(
                    .configMaps, "ann-greeting", namespace: "default",
                    .merge(["data": ["text": "Go away!"]]))
                try await Self.awaitGreeting(client)
                try await client.delete(.configMaps, "ann-greeting", namespace: "default")
                try await Self.awaitGreeting(client)
                group.cancelAll()
            }
        }
    }

    private static func awaitGreeting(_ client: KubeClient) async throws {
        for try await _ in try await client.watch(
            .configMaps, namespace: "default", from: .withInitialEvents)
        {
            let greeting = try? await client.get(.configMaps, "ann-greeting", namespace: "default")
            if greeting?["data", "text"] == "Hello, Ann!" { return }
        }
        Issue.record("the watch has ended")
    }

    @Test func `the guide shows the example word for word`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let source = try String(contentsOf: tests.appending(path: "GreeterExample.swift"), encoding: .utf8)
        let start = try #require(source.firstRange(of: "// example\n"))
        let end = try #require(source.firstRange(of: "// end of example"))
        let guide = try String(
            contentsOf: tests.appending(path: "../../../Documentation/Controllers.md"), encoding: .utf8)
        #expect(guide.contains(source[start.upperBound..<end.lowerBound]))
    }
}
