import Kustomize
import Manifest
import Testing

/// Changes that come from an Application, not from the repository.
@Suite struct OverrideTests {
    private static func build(
        _ kustomization: String = "resources: [deploy.yaml, svc.yaml]",
        _ change: (inout KustomizationOverrides) -> Void
    ) throws -> [Value] {
        var overrides = KustomizationOverrides()
        change(&overrides)
        let layout = Layout("overrides", kustomization)
        return try Kustomization.build(tree: layout.tree, path: "root", options: .init(overrides: overrides))
    }

    private static func deployment(_ manifests: [Value]) throws -> Value {
        try #require(manifests.first { $0["kind"] == "Deployment" })
    }

    @Test func `names and namespace`() throws {
        let manifests = try Self.build("namePrefix: own-\nresources: [deploy.yaml]") {
            $0.namePrefix = "app-"
            $0.nameSuffix = "-1"
            $0.namespace = "prod"
        }
        let metadata = try Self.deployment(manifests)["metadata"]
        #expect(metadata?["name"] == "app-web-1")
        #expect(metadata?["namespace"] == "prod")
    }

    @Test(arguments: [
        ("nginx:2", "nginx:2"), ("nginx=mirror/nginx:3", "mirror/nginx:3"),
        ("nginx=mirror/nginx:*", "mirror/nginx:9"),
        ("nginx=mirror/nginx", "mirror/nginx:1.25@sha256:abc"), ("nginx@sha256:ab", "nginx@sha256:ab"),
        ("nginx=x/y@sha256:ab", "x/y@sha256:ab"),
    ])
    func `an image in the words of the command line`(image: String, expected: String) throws {
        let manifests = try Self.build("images: [{name: nginx, newTag: \"9\"}]\nresources: [deploy.yaml]") {
            $0.images = [image]
        }
        let containers =
            try Self.deployment(manifests)["spec", "template", "spec", "containers"]?.arrayValue ?? []
        #expect(containers.last?["image"]?.stringValue == expected)
    }

    @Test func `an image without tag, digest or other name is refused`() {
        #expect(throws: KustomizeError.self) { try Self.build { $0.images = ["nginx"] } }
    }

    @Test func `replicas, labels, annotations, components and patches`() throws {
        let manifests = try Self.build {
            $0.replicas = [.init(name: "web", count: 5)]
            $0.commonLabels = ["from": "app"]
            $0.commonAnnotations = ["note": "yes"]
            $0.components = ["comp"]
            var target = KustomizationOverrides.Patch.Target()
            target.kind = "Service"
            $0.patches = [
                .init(patch: #"[{"op": "add", "path": "/spec/type", "value": "NodePort"}]"#, target: target)
            ]
        }
        let deployment = try Self.deployment(manifests)
        #expect(deployment["spec", "selector", "matchLabels", "from"] == "app")
        #expect(deployment["spec"]?["replicas"] == 5)
        #expect(deployment["metadata", "annotations", "note"] == "yes")
        #expect(manifests.contains { $0["spec"]?["type"] == "NodePort" })
        #expect(manifests.contains { $0["metadata"]?["name"]?.stringValue?.hasPrefix("c-extra-") == true })
    }

    @Test func `labels without selectors`() throws {
        let deployment = try Self.deployment(
            try Self.build {
                $0.commonLabels = ["from": "app"]
                $0.labelWithoutSelector = true
            })
        #expect(deployment["metadata", "labels", "from"] == "app")
        #expect(deployment["spec", "selector", "matchLabels", "from"] == nil)
    }
}
