import ClusterTestSupport
import Foundation
import FoundationEssentials
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

#if canImport(FoundationEssentials)
#else
#endif

@Suite struct GreeterTests {
    @Test func `the example greets, repairs what others change, and ends with its task`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            func text(_ name: String) async -> Value? {
                try? await client.get(.configMaps, "\(name)-greeting", namespace: "default")["data", "text"]
            }
            let greeter = Task { try await runGreeter(client, identity: "test") }
            try await client.create(
                .configMaps,
                [
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": ["name": "ann", "labels": ["greet": "yes"]], "data": ["name": "Ann"],
                ], namespace: "default")
            while await text("ann") != "Hello, Ann!" { await Task.yield() }
            try await client.patch(
                .configMaps, "ann-greeting", namespace: "default", .merge(["data": ["text": "Go away!"]]))
            while await text("ann") != "Hello, Ann!" { await Task.yield() }
            try await client.delete(.configMaps, "ann-greeting", namespace: "default")
            while await text("ann") != "Hello, Ann!" { await Task.yield() }
            greeter.cancel()
            _ = await greeter.result
        }
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
