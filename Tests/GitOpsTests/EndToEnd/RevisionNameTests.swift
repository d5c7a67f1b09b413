import Git
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct RevisionNameTests {
    /// Whoever may push branches and tags must not choose what other applications deploy.
    @Test func `a commit, a branch and a full name stand for themselves, whatever else is called so`()
        async throws
    {
        try await Installation.run { installation in
            let good = try await installation.commit(["shop/one.yaml": Manifests.configMap("one", ["a": "1"])]
            )
            let evil = try await installation.repository.commit(
                [.write("shop/one.yaml", Array(Manifests.configMap("one", ["a": "evil"]).utf8))],
                on: ObjectID(good),
                author: Signature(name: "Eve", email: "eve@example.com", seconds: 1_767_225_700),
                message: "Evil")
            let names = ["refs/heads/\(good)", "refs/tags/main", "refs/heads/refs/heads/main"]
            try await installation.repository.update(names.map { .create($0, evil) })
            for (name, revision) in [("whole", good), ("short", "main"), ("full", "refs/heads/main")] {
                try await installation.createApplication(
                    name, policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]],
                    namespace: name,
                    spec: [
                        "source": [
                            "repoURL": .string(Installation.url), "path": "shop",
                            "targetRevision": .string(revision),
                        ]
                    ])
            }
            for name in ["whole", "short", "full"] { try await installation.awaitSynced(name, to: good) }
        }
    }
}
