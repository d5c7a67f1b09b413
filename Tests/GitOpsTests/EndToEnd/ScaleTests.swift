import Foundation
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

/// `SLIPWAY_SCALE=1000` sets the number of applications; times and memory are printed, never asserted.
@Suite(.serialized) struct ScaleTests {
    private static let count = ProcessInfo.processInfo.environment["SLIPWAY_SCALE"].flatMap { Int($0) } ?? 60

    private static func files(_ number: Int) -> [String: String] {
        let folder = "apps/app\(number)"
        return [
            "\(folder)/kustomization.yaml":
                "resources: [deployment.yaml, service.yaml, account.yaml, map.yaml]\n",
            "\(folder)/deployment.yaml": Manifests.deployment("web\(number)"),
            "\(folder)/service.yaml": YAML.string([
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string("web\(number)")],
                "spec": ["selector": ["app": .string("web\(number)")], "ports": [["port": 80]]],
            ]),
            "\(folder)/account.yaml": YAML.string([
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string("web\(number)")],
            ]),
            "\(folder)/map.yaml": Manifests.configMap("map\(number)"),
        ]
    }

    @Test func `a commit that touches one of many applications renders exactly that one`() async throws {
        let count = Self.count
        try await Installation.runWithWorkloads { installation in
            var files: [String: String] = [:]
            for number in 0..<count { files.merge(Self.files(number)) { $1 } }
            let first = try await installation.commit(files)
            let clock = ContinuousClock()
            let began = clock.now
            for number in 0..<count {
                try await installation.createApplication(
                    "app\(number)", path: "apps/app\(number)",
                    policy: ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]])
            }
            for number in 0..<count {
                try await installation.awaitSynced("app\(number)", to: first, seconds: 300)
            }
            print(
                "first sync of \(count) applications of 4 objects: \(clock.now - began), resident \(Self.resident())"
            )
            #expect(await installation.controller.renders.counters.renders == count)

            var times: [Duration] = []
            for change in 0..<20 {
                let before = await installation.controller.renders.counters.renders
                let number = change * 7 % count
                let start = clock.now
                try await installation.commit([
                    "apps/app\(number)/map.yaml": Manifests.configMap("map\(number)", ["key": "\(change)"])
                ])
                try await installation.awaitObject(.configMaps, "map\(number)", namespace: "shop") {
                    $0["data", "key"]?.stringValue == "\(change)"
                }
                times.append(clock.now - start)
                #expect(await installation.controller.renders.counters.renders == before + 1)
            }
            times.sort()
            print("commit to applied: p50 \(times[times.count / 2]), max \(times[times.count - 1])")
        }
    }

    private static func resident() -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "unknown"
    }

    @Test func `the status of an application of very many objects stays small`() async throws {
        try await Installation.run { installation in
            let objects = Self.count > 100 ? 10_000 : 700
            var text = ""
            for number in 0..<objects {
                text += "---\n" + Manifests.configMap("a-rather-long-name-of-an-object-\(number)")
            }
            let commit = try await installation.commit(["shop/all.yaml": text])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            let application = try await installation.awaitApplication("shop", seconds: 400) {
                $0["status", "sync", "status"] == "Synced"
                    && $0["status", "sync", "revision"]?.stringValue == commit
                    && $0["status", "operationState", "phase"] == "Succeeded"
            }
            let size = JSON.write(application["status"] ?? .null).count
            #expect(size <= 64 * 1024)
            #expect(application["status", "summary", "resources", "total"]?.integerValue == Int64(objects))
            print("status of \(objects) objects: \(size) bytes")
        }
    }
}
