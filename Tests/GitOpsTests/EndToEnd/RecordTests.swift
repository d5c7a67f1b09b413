import Foundation
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct RecordTests {
    @Test func `the audit log has every object that was written, line chained to line`() async throws {
        try await Installation.run(audits: true) { installation in
            let policy: Value = ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]]
            let first = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"), "shop/two.yaml": Manifests.configMap("two"),
            ])
            try await installation.createApplication("shop", policy: policy)
            try await installation.awaitSynced("shop", to: first)
            let second = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["key": "new"]), "shop/two.yaml": "",
            ])
            try await installation.awaitSynced("shop", to: second)
            let text = try String(contentsOfFile: "\(installation.directory)/audit.jsonl", encoding: .utf8)
            let lines = try text.split(separator: "\n").map { try JSON.parse(String($0)) }
            func entry(_ action: String, _ object: String, _ revision: String) -> Value? {
                lines.first {
                    $0["action"]?.stringValue == action && $0["object"]?.stringValue == object
                        && $0["revision"]?.stringValue == revision
                }
            }
            let created = try #require(entry("apply", "ConfigMap/shop/one", first))
            let changed = try #require(entry("apply", "ConfigMap/shop/one", second))
            #expect(created["before"] == nil)
            #expect(created["after"] == changed["before"])
            #expect(changed["actor"] == "automated")
            #expect(entry("delete", "ConfigMap/shop/two", second) != nil)
            #expect(lines.count == 4)
            #expect(Set(lines.map { $0["previous"]?.stringValue ?? "" }).count == 4)
        }
    }

    @Test func `an object that the cluster refuses stops the sync before it has begun`() async throws {
        try await Installation.run { installation in
            try await installation.commit([
                "shop/a.yaml": Manifests.configMap("fine"),
                "shop/b.yaml": Manifests.deployment("Not_A_Name"),
            ])
            try await installation.createApplication(
                "shop",
                policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"], "retry": ["limit": 0]])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                application["status", "operationState", "message"]?.stringValue?.contains(
                    "nothing was changed") ?? false)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
        }
    }

    @Test func `images that a policy refuses are not run`() async throws {
        let guards = SyncGuards { images, _ in images.map { "\($0) is not signed" } }
        try await Installation.run({ _ in }, guards: guards) { installation in
            try await installation.commit(["shop/a.yaml": Manifests.deployment("web")])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                application["status", "operationState", "message"]?.stringValue?.contains("is not signed")
                    ?? false)
            #expect(try await installation.client.list(.deployments, namespace: "shop").items.isEmpty)
        }
    }

    @Test func `images that cannot be verified hold a sync back, each asked for its own namespace`()
        async throws
    {
        let guards = SyncGuards { images, namespace in
            guard namespace == "shop", images == ["web:1"] else { return ["\(images) in \(namespace)"] }
            throw CancellationError()
        }
        try await Installation.run({ _ in }, guards: guards) { installation in
            try await installation.commit(["shop/a.yaml": Manifests.deployment("web", image: "web:1")])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?
                    .contains("images could not be verified") ?? false
            }
            #expect(try await installation.client.list(.deployments, namespace: "shop").items.isEmpty)
        }
    }

    @Test func `what a project forbids is not applied, and what is refused is told by name`() async throws {
        try await Installation.run { installation in
            let project: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": ["name": "narrow"],
                "spec": [
                    "sourceRepos": ["*"], "destinations": [["server": "*", "namespace": "shop"]],
                    "namespaceResourceBlacklist": [["group": "", "kind": "Secret"]],
                ],
            ]
            try await installation.client.create(
                AppProject.resource, project, namespace: Installation.namespace)
            try await installation.commit([
                "shop/a.yaml": Manifests.configMap("a"),
                "shop/b.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
                "chart/Chart.yaml": "name: x\n",
            ])
            try await installation.createApplication("shop", project: "narrow")
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                application["status", "operationState", "message"]?.stringValue?
                    .contains("Secret s is not permitted in project narrow") ?? false)
            try await installation.createApplication(
                "elsewhere", path: "shop", project: "narrow", namespace: "other")
            try await installation.createApplication("chart")
            for (name, words) in [
                ("elsewhere", "do not match any of the allowed destinations"), ("chart", "Helm chart"),
            ] {
                try await installation.awaitApplication(name) { object in
                    (object["status", "conditions"]?.arrayValue ?? []).contains {
                        $0["message"]?.stringValue?.contains(words) ?? false
                    }
                }
            }
        }
    }
}
