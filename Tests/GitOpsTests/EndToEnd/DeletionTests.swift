import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct DeletionTests {
    private static let policy: Value = [
        "automated": ["prune": true], "syncOptions": ["CreateNamespace=true"],
    ]

    @Test func `an application with the finalizer takes its objects along, one without leaves them`()
        async throws
    {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"),
                "shop/keep.yaml": Manifests.configMap(
                    "keep", annotations: ["argocd.argoproj.io/sync-options": "Delete=false"]),
                "stay/two.yaml": Manifests.configMap("two"),
            ])
            try await installation.createApplication(
                "shop", policy: Self.policy, finalizers: [Application.resourcesFinalizer])
            try await installation.createApplication("stay", policy: Self.policy)
            try await installation.awaitSynced("shop", to: commit)
            try await installation.awaitSynced("stay", to: commit)
            for name in ["shop", "stay"] {
                try await installation.client.delete(
                    Application.resource, name, namespace: Installation.namespace)
                try await installation.awaitAbsence(
                    Application.resource, name, namespace: Installation.namespace)
            }
            let names = try await installation.client.list(.configMaps, namespace: "shop").items.map(
                \.metadata.name)
            #expect(names.sorted() == ["keep", "two"])
        }
    }

    @Test func `neither a lost repository nor a lost project keeps an application from going`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
            let project: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": ["name": "mine"],
                "spec": ["sourceRepos": ["*"], "destinations": [["server": "*", "namespace": "*"]]],
            ]
            try await installation.client.create(
                AppProject.resource, project, namespace: Installation.namespace)
            try await installation.createApplication(
                "shop", project: "mine", policy: Self.policy, finalizers: [Application.resourcesFinalizer])
            try await installation.awaitSynced("shop", to: commit)
            try await installation.client.delete(
                AppProject.resource, "mine", namespace: Installation.namespace)
            try await installation.patchApplication(
                "shop", ["spec": ["source": ["repoURL": "https://gone.example.com/x"]]])
            try await installation.awaitApplication("shop") {
                !($0["status", "conditions"]?.arrayValue ?? []).isEmpty
            }
            try await installation.client.delete(
                Application.resource, "shop", namespace: Installation.namespace)
            try await installation.awaitAbsence(
                Application.resource, "shop", namespace: Installation.namespace)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
        }
    }

    @Test func `hooks run around the deletion`() async throws {
        try await Installation.runWithWorkloads { installation in
            let hook = "argocd.argoproj.io/hook"
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"),
                "shop/pre.yaml": Manifests.job("backup", annotations: [hook: "PreDelete"]),
                "shop/post.yaml": Manifests.job("bye", annotations: [hook: "PostDelete"]),
            ])
            try await installation.createApplication(
                "shop", policy: Self.policy, finalizers: [Application.resourcesFinalizer])
            try await installation.awaitSynced("shop", to: commit)
            #expect(try await installation.client.list(.jobs, namespace: "shop").items.isEmpty)
            try await installation.client.delete(
                Application.resource, "shop", namespace: Installation.namespace)
            try await installation.awaitAbsence(
                Application.resource, "shop", namespace: Installation.namespace)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
            let jobs = try await installation.client.list(.jobs, namespace: "shop").items.map(\.metadata.name)
            #expect(jobs.sorted() == ["backup", "bye"])
        }
    }
}
