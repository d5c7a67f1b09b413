import Git
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import GitOps

@Suite struct PlanReportTests {
    private static func application(_ name: String) -> String {
        YAML.string([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": .string(name)],
            "spec": [
                "project": "default",
                "source": ["repoURL": "https://git.example.com/config", "path": .string("apps/\(name)")],
                "destination": ["namespace": "shop"],
            ],
        ])
    }

    @Test func `a plan shows what a commit changes in the applications it touches, and hides secrets`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1)
            func commit(_ files: [String: String], on parent: ObjectID?) async throws -> ObjectID {
                let edits = files.map { path, text in
                    text.isEmpty ? TreeEdit.remove(path) : TreeEdit.write(path, Array(text.utf8))
                }
                return try await repository.commit(edits, on: parent, author: author, message: "Change")
            }
            func secret(_ text: String) -> String {
                "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {token: \(text)}\n"
            }
            let base = try await commit(
                [
                    "apps/one.yaml": Self.application("one"), "apps/two.yaml": Self.application("two"),
                    "base/kustomization.yaml": "resources: [web.yaml]\n",
                    "base/web.yaml": Manifests.deployment("web"),
                    "apps/one/kustomization.yaml": "resources: [../../base]\n",
                    "apps/one/secret.yaml": secret("hunter2"),
                    "apps/two/map.yaml": Manifests.configMap("two"), "apps/two/key.yaml": secret("hunter2"),
                ], on: nil)
            let head = try await commit(
                [
                    "base/web.yaml": Manifests.deployment("web", image: "registry.example.com/web:2"),
                    "apps/two/key.yaml": secret("hunter3"), "apps/two/map.yaml": "",
                ], on: base)
            let report = try await Planner(repository).plan(from: base.hex, to: head.hex)
            #expect(report.summary == "2 of 2 applications touched: 0 objects added, 2 changed, 1 removed")
            #expect(
                report.text.contains(
                    "-      - image: registry.example.com/web:1\n+      - image: registry.example.com/web:2"))
            #expect(report.text.contains("removed ConfigMap/shop/two"))
            for text in [report.text, report.markdown(), JSON.string(report.value)] {
                #expect(!text.contains("hunter"))
                #expect(text.contains("Secret/shop/key") || text.contains(#""name":"key""#))
            }
            let elsewhere = try await commit(["docs/x.md": "x"], on: head)
            let nothing = try await Planner(repository).plan(from: head.hex, to: elsewhere.hex)
            #expect(nothing.applications.isEmpty)
            let broken = try await commit(
                ["base/kustomization.yaml": "resources: [missing.yaml]\n"], on: head)
            let faulty = try await Planner(repository).plan(from: head.hex, to: broken.hex)
            #expect(faulty.hasFaults)
            #expect(faulty.applications.map(\.name) == ["one"])
        }
    }

    @Test func `a service's delivery stands for the applications of its environments`() async throws {
        try await withTemporaryDirectory { directory in
            let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1)
            func commit(_ files: [String: String], on parent: ObjectID?) async throws -> ObjectID {
                let edits = files.map { TreeEdit.write($0, Array($1.utf8)) }
                return try await repository.commit(edits, on: parent, author: author, message: "Change")
            }
            let folder = "services/orders"
            let base = try await commit(
                [
                    "\(folder)/delivery.yaml":
                        "apiVersion: slipway.dev/v1alpha1\nkind: Delivery\nmetadata: {name: orders}\n"
                        + "spec: {environments: [{name: dev}, {name: production, application: orders-live}]}\n",
                    "\(folder)/base/kustomization.yaml": "resources: [web.yaml]\n",
                    "\(folder)/base/web.yaml": Manifests.deployment("orders"),
                    "\(folder)/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
                    "\(folder)/overlays/production/kustomization.yaml": "resources: [../../base]\n",
                ], on: nil)
            let head = try await commit(
                [
                    "\(folder)/overlays/dev/kustomization.yaml":
                        "resources: [../../base]\nreplicas: [{name: orders, count: 5}]\n"
                ], on: base)
            let report = try await Planner(repository).plan(from: base.hex, to: head.hex)
            #expect(report.total == 2)
            #expect(report.applications.map(\.name) == ["orders-dev"])
            #expect(
                report.applications.first?.changes.map(\.key.description)
                    == ["apps/Deployment/orders-dev/orders"])
        }
    }

    @Test func `a comment that would be too long names the objects, and says what is left out`() {
        let changes = (0..<40).map { number in
            PlanReport.Change(
                kind: .changed,
                key: ResourceKey(group: "", kind: "ConfigMap", namespace: "shop", name: "map\(number)"),
                difference: String(repeating: "+line\n", count: 50))
        }
        let applications = (0..<30).map { number in
            PlanReport.ApplicationPlan(
                name: "app\(number)", path: "app\(number)", changes: changes, fault: "", approval: "",
                digest: "")
        }
        let report = PlanReport(base: "a", head: "b", total: 30, applications: applications)
        for limit in [2_000, 16_000, 60_000, 1_000_000] {
            let text = report.markdown(limit: limit)
            #expect(text.utf8.count <= limit)
            #expect(text.contains("would be too long") == (limit < 1_000_000))
        }
        #expect(report.markdown(limit: 16_000).contains("`changed` ConfigMap/shop/map39"))
    }
}
