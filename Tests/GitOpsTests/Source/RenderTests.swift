import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct RenderTests {
    private static func render(_ source: Value, _ files: [String: String]) throws -> [RenderedObject] {
        try SourceRenderer().render(ApplicationSource(source), from: MemoryFileTree(files))
    }

    private static func names(_ objects: [RenderedObject]) -> [String] { objects.map(\.key.name) }

    private static let files = [
        "app/b.yaml": Manifests.configMap("b") + "---\n" + Manifests.configMap("c"),
        "app/a.json":
            #"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}]}"#,
        "app/sub/d.yml": Manifests.configMap("d"), "app/README.md": "no manifest",
        "app/skip.yaml": "# +argocd:skip-file-rendering\n" + Manifests.configMap("skipped"),
    ]

    @Test func `a directory is rendered file by file, without what lies deeper`() throws {
        #expect(Self.names(try Self.render(["path": "app"], Self.files)) == ["a", "b", "c"])
    }

    @Test func `directories below are rendered where that is asked for, patterns choose the files`() throws {
        func names(_ directory: Value) throws -> [String] {
            Self.names(try Self.render(["path": "./app/", "directory": directory], Self.files))
        }
        #expect(try names(["recurse": true]) == ["a", "b", "c", "d"])
        #expect(try names(["recurse": true, "include": "{*.json,sub/*}"]) == ["a", "d"])
        #expect(try names(["recurse": true, "exclude": "sub/**"]) == ["a", "b", "c"])
    }

    @Test func `a kustomization is built with the application's overrides`() throws {
        let objects = try Self.render(
            [
                "path": "app",
                "kustomize": [
                    "namePrefix": "my-", "images": ["registry.example.com/web:7"],
                    "replicas": [["name": "web", "count": "3"]],
                ],
            ],
            [
                "app/kustomization.yaml": "resources: [web.yaml]\n",
                "app/web.yaml": Manifests.deployment("web"),
            ])
        let value = try #require(objects.first).value
        #expect(value.metadata.name == "my-web")
        #expect(value["spec", "replicas"] == 3)
        let image = value["spec", "template", "spec", "containers"]?[0]?["image"]
        #expect(image == "registry.example.com/web:7")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var source: Value = ["path": "app"]
        let files: [String: String]
        let message: String
    }

    @Test(arguments: [
        Fault(testDescription: "no directory", files: ["x": ""], message: "there is no directory /app"),
        Fault(testDescription: "a chart", files: ["app/Chart.yaml": ""], message: "/app is a Helm chart"),
        Fault(
            testDescription: "no YAML", files: ["app/a.yaml": "a: [\n"], message: "app/a.yaml cannot be read"),
        Fault(
            testDescription: "no object", files: ["app/a.yaml": "just text\n"],
            message: "app/a.yaml holds a string"),
        Fault(
            testDescription: "no kind", files: ["app/a.yaml": "apiVersion: v1\n"],
            message: "no apiVersion or no kind"),
        Fault(
            testDescription: "no name", files: ["app/a.yaml": "apiVersion: v1\nkind: Pod\n"],
            message: "a Pod has no metadata.name"),
        Fault(
            testDescription: "Jsonnet", files: ["app/a.jsonnet": "{}"], message: "Jsonnet is not supported"),
        Fault(
            testDescription: "a kustomize version", source: ["path": "app", "kustomize": ["version": "v4"]],
            files: ["app/kustomization.yaml": ""], message: "spec.source.kustomize.version"),
    ])
    func `what cannot be rendered is told with its place`(_ item: Fault) {
        #expect {
            try Self.render(item.source, item.files)
        } throws: { error in
            "\(error)".contains(item.message)
        }
    }

    @Test func `what is not supported is refused by name`() {
        let application = Application([
            "spec": [
                "sources": [[:]],
                "source": ["repoURL": "x", "chart": "c", "helm": ["values": "a"], "plugin": [:]],
                "ignoreDifferences": [["kind": "A", "jqPathExpressions": [".x"]]],
            ]
        ])
        let fields = application.refusals.map { $0.prefix { $0 != ":" } }
        #expect(
            fields == [
                "spec.sources", "spec.source.chart", "spec.source.helm", "spec.source.plugin",
                "spec.ignoreDifferences[0].jqPathExpressions",
            ])
    }
}
