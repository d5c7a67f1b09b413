import Foundation
import KubeClient
import KubeModel
import Logging
import Manifest
import Testing

@testable import GitOps

/// `SLIPWAY_SCALE=1000` looks at 500,000 objects instead of 20,000; times are printed, never asserted.
@Suite struct CompareCostTests {
    /// Answers with ConfigMaps, of which every hundred bears the mark of an application.
    private struct ManyObjects: APITransport {
        let count: Int

        func send(_ request: APIRequest) async throws -> APIResponse {
            if request.path == "/api/v1" {
                return .json([
                    "kind": "APIResourceList", "groupVersion": "v1",
                    "resources": [
                        [
                            "name": "configmaps", "kind": "ConfigMap", "namespaced": true,
                            "verbs": ["list", "watch"],
                        ]
                    ],
                ])
            }
            if request.query.contains(where: { $0.name == "watch" }) {
                // Nothing ever changes.
                try await Task.sleep(for: .seconds(3600))
            }
            let start = request.query.first { $0.name == "continue" }.flatMap { Int($0.value) } ?? 0
            let end = min(start + 500, count)
            var metadata: Object = ["resourceVersion": "1"]
            if end < count { metadata["continue"] = .string(String(end)) }
            return .json([
                "apiVersion": "v1", "kind": "ConfigMapList", "metadata": .object(metadata),
                "items": .array((start..<end).map(Self.object)),
            ])
        }

        private static func object(_ number: Int) -> Value {
            let name = "map-\(number)"
            var object: Value = [
                "metadata": [
                    "name": .string(name), "namespace": "shop", "uid": .string("u\(number)"),
                    "resourceVersion": "1",
                ],
                "data": ["key": .string("\(number)")],
            ]
            if number % 100 < 4 {
                object.metadata.annotations[TrackingID.annotation] =
                    "app\(number / 100):/ConfigMap:shop/\(name)"
            }
            return object
        }
    }

    private static let isLarge = ProcessInfo.processInfo.environment["SLIPWAY_SCALE"] != nil

    @Test func `finding an application's objects costs what it has, not what the cluster has`() async throws {
        var times: [Duration] = []
        for count in [5000, Self.isLarge ? 500_000 : 20_000] {
            let client = KubeClient(ManyObjects(count: count))
            let live = LiveState(
                client, mapper: RESTMapper(client),
                logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
            times.append(
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await live.run() }
                    _ = try await live.watch(GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"))
                    let clock = ContinuousClock()
                    let began = clock.now
                    for _ in 0..<2000 {
                        let objects = live.objects(of: "app7")
                        guard objects.count == 4, objects.allSatisfy({ live[$0.key] != nil }) else {
                            Issue.record("\(objects.count) objects found in \(count)")
                            break
                        }
                    }
                    let time = clock.now - began
                    group.cancelAll()
                    return time
                })
        }
        print("compare among 5,000 and many objects: \(times), ratio \(times[1] / times[0])")
    }
}

extension APIResponse {
    fileprivate static func json(_ value: Value) -> APIResponse {
        APIResponse(
            status: 200, headers: ["content-type": "application/json"], body: .bytes(JSON.write(value)))
    }
}
