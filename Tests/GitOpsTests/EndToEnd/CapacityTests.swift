import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct CapacityTests {
    @Test func `a storm waits while pods wait for capacity`() async throws {
        let count = 12
        try await Installation.runWithWorkloads({
            $0.storm.threshold = 3
            $0.storm.capacityPause = .seconds(3)
        }) { installation in
            func base(_ tag: Int) -> [String: String] {
                [
                    "base/kustomization.yaml": "resources: [web.yaml]\n",
                    "base/web.yaml": Manifests.deployment("web", image: "web:\(tag)"),
                ]
            }
            var files = base(1)
            for number in 0..<count {
                files["app\(number)/kustomization.yaml"] =
                    "resources: [../base]\nnameSuffix: \"-\(number)\"\n"
            }
            let first = try await installation.commit(files)
            for number in 0..<count {
                try await installation.createApplication(
                    "app\(number)", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            }
            for number in 0..<count { try await installation.awaitSynced("app\(number)", to: first) }

            let pod: Value = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "big"],
                "spec": ["containers": [["name": "main", "image": "big:1"]]],
            ]
            try await installation.client.create(.pods, pod, namespace: "shop")
            try await installation.client.patch(
                .pods, "big", namespace: "shop",
                .merge([
                    "status": [
                        "phase": "Pending",
                        "conditions": [
                            ["type": "PodScheduled", "status": "False", "reason": "Unschedulable"]
                        ],
                    ]
                ]), subresource: "status")
            let second = try await installation.commit(base(2))
            let client = installation.client
            let isHeld = try await Timeline.continuous.withTimeout(.seconds(300)) { () -> Bool in
                let events = try await client.watch(
                    Application.resource, namespace: Installation.namespace, selection: .all,
                    from: .withInitialEvents)
                for try await case .modified(let object) in events {
                    let message = object["status", "operationState", "message"]?.stringValue ?? ""
                    if message.contains("pods wait for capacity") { return true }
                }
                return false
            }
            #expect(isHeld == true)
            try await installation.client.delete(.pods, "big", namespace: "shop")
            for number in 0..<count { try await installation.awaitSynced("app\(number)", to: second) }
        }
    }
}
