import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct StormTests {
    private static let count = 200

    @Test func `a commit that touches 200 applications goes in stages, and a bad one stops at the first`()
        async throws
    {
        try await Installation.runWithWorkloads { installation in
            var files = Self.base(image: "registry.example.com/web:1")
            for number in 0..<Self.count {
                files["apps/app\(number)/kustomization.yaml"] =
                    "resources:\n- ../../base\nnameSuffix: \"-\(number)\"\n"
            }
            let first = try await installation.commit(files)
            for number in 0..<Self.count {
                try await installation.createApplication(
                    "app\(number)", path: "apps/app\(number)",
                    policy: [
                        "automated": [:], "syncOptions": ["CreateNamespace=true"], "retry": ["limit": 0],
                    ])
            }
            for number in 0..<Self.count { try await installation.awaitSynced("app\(number)", to: first) }

            try await installation.commit(Self.base(image: "registry.example.com/bad:2"))
            let broken = try await Self.awaitFailed(installation)
            #expect(broken.count == 1)
            let images = try await Self.images(installation)
            #expect(images.count { $0.contains("bad") } == 1)

            let good = try await installation.commit(Self.base(image: "registry.example.com/web:3"))
            for number in 0..<Self.count { try await installation.awaitSynced("app\(number)", to: good) }
            #expect(try await Self.images(installation).allSatisfy { $0.hasSuffix("web:3") })
        }
    }

    private static func base(image: String) -> [String: String] {
        [
            "base/kustomization.yaml": "resources:\n- web.yaml\n",
            "base/web.yaml": Manifests.deployment("web", image: image),
        ]
    }

    private static func images(_ installation: Installation) async throws -> [String] {
        try await installation.client.listAll(.deployments, namespace: "shop").map {
            $0["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
        }
    }

    /// Waits until every other application waits because the first one is broken.
    private static func awaitFailed(_ installation: Installation) async throws -> [String] {
        for number in 0..<count {
            try await installation.awaitApplication("app\(number)") { object in
                let state = object["status", "operationState"]
                let isHeld = state?["message"]?.stringValue?.contains("the commit has broken") ?? false
                return isHeld || state?["phase"] == "Failed"
            }
        }
        return try await installation.client.listAll(Application.resource, namespace: Installation.namespace)
            .filter { $0["status", "operationState", "phase"] == "Failed" }.map(\.metadata.name)
    }
}
