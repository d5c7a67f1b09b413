import Kustomize
import Manifest
import Testing

/// What kubectl's older kustomize does not know, and what only this one has.
@Suite struct BuildTests {
    static func yaml(_ layout: Layout, options: Kustomization.Options = .init()) throws -> String {
        String(
            decoding: try Kustomization.run(tree: layout.tree, path: "root", options: options).yaml,
            as: UTF8.self)
    }

    private static func message(_ layout: Layout) -> String? {
        do throws(KustomizeError) {
            _ = try Kustomization.build(tree: layout.tree, path: "root")
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `a replacement takes a value that is written out`() throws {
        let text = try Self.yaml(
            Layout(
                "value",
                """
                resources: [svc.yaml]
                replacements:
                - sourceValue: NodePort
                  targets: [{select: {kind: Service}, fieldPaths: [spec.type], options: {create: true}}]
                """))
        #expect(text.contains("  type: NodePort\n"))
    }

    @Test func `a replacement reaches into a text of JSON and keeps its layout`() throws {
        let text = try Self.yaml(
            Layout(
                "json",
                """
                resources: [cm.yaml]
                replacements:
                - sourceValue: "7"
                  targets: [{select: {kind: ConfigMap}, fieldPaths: ["data.config\\\\.json.nested.list.0"]}]
                """))
        #expect(text.contains(#"  config.json: '{"level":1,"nested":{"list":[7,2]}}'"#))
    }

    @Test func `targets of replacements are patterns, also those that are rejected`() throws {
        let text = try Self.yaml(
            Layout(
                "patterns",
                """
                resources: [deploy.yaml, sts.yaml, svc.yaml]
                replacements:
                - sourceValue: hit
                  targets:
                  - select: {kind: "Deployment|StatefulSet|Service"}
                    reject: [{name: "d.*"}]
                    fieldPaths: [metadata.labels.mark]
                    options: {create: true}
                """))
        #expect(text.split(separator: "mark: hit").count == 3)
    }

    @Test(arguments: [
        ("resources: [https://example.com/a.yaml]", "remote"),
        ("resources: [\"github.com/org/repo//base?ref=v1\"]", "remote"),
        ("resources: [\"git@host:org/repo\"]", "remote"),
        ("helmCharts: [{name: x}]", "Helm"),
        ("resources: [svc.yaml]\ntransformers: [fn.yaml]", "external plugins disabled"),
    ])
    func `what is not built is refused by name`(kustomization: String, word: String) throws {
        let function = """
            apiVersion: example.com/v1
            kind: Fn
            metadata: {name: f, annotations: {config.kubernetes.io/function: "container: {image: x}"}}
            """
        let layout = Layout("refused", kustomization, files: ["fn.yaml": function])
        let error = #expect(throws: KustomizeError.self) {
            try Kustomization.build(tree: layout.tree, path: "root")
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(word) == true)
    }

    @Test(arguments: [
        (
            "resources: [svc.yaml, svc.yaml]",
            "may not add resource with an already registered id: Service.v1.[noGrp]/web.[noNs]"
        ),
        ("nonsense: 1", "invalid Kustomization: json: unknown field \"nonsense\""),
        (
            "namePrefix: 1",
            "invalid Kustomization: json: cannot unmarshal number into Go struct field Kustomization.namePrefix of type "
                + "string"
        ),
        ("resources: [../outside.yaml]", "security; file '/outside.yaml' is not in or below '/root'"),
        ("resources: [..]", "cycle detected: candidate root '/' contains visited root '/root'"),
        (
            "apiVersion: v9\nresources: []",
            "apiVersion for Kustomization should be kustomize.config.k8s.io/v1beta1"
        ),
        ("kind: Kustomization", "kustomization.yaml is empty"),
        (
            "resources: [svc.yaml]\nreplicas: [{name: x, count: 1}]",
            "resource with name x does not match a config with the following GVK [Deployment.[noVer].[noGrp] "
        ),
        ("components: [deploy]", "expected kind 'Component' for path '/root/deploy' but got 'Kustomization'"),
    ])
    func `errors are worded as upstream words them`(kustomization: String, part: String) {
        let message = Self.message(Layout("error", kustomization))
        #expect(message?.contains(part) == true, "\(message ?? "no error")")
    }

    @Test func `several kustomization files are refused, and none is too`() throws {
        var tree = Layout("several", "resources: []").tree
        tree.write([], to: "root/Kustomization")
        #expect(throws: KustomizeError.self) { try Kustomization.build(tree: tree, path: "root") }
        #expect(throws: KustomizeError.self) { try Kustomization.build(tree: tree, path: "root/none") }
    }

    @Test func `files outside are read where it is allowed`() throws {
        let layout = Layout("outside", "resources: [../outside.yaml]")
        let manifests = try Kustomization.build(
            tree: layout.tree, path: "root", options: .init(allowsFilesOutsideRoot: true))
        #expect(manifests.count == 1)
    }

    @Test func `a link inside may not lead outside`() throws {
        var tree = Layout("link", "resources: [link.yaml]").tree
        tree.link("root/link.yaml", to: "../outside.yaml")
        let error = #expect(throws: KustomizeError.self) { try Kustomization.build(tree: tree, path: "root") }
        #expect(error?.code == .restricted)
    }

    @Test func `a recorder knows every file that counts`() throws {
        let layout = Layout(
            "trace",
            """
            resources: [svc.yaml, deploy]
            patches: [{path: patch.yaml, target: {kind: Service}}]
            configMapGenerator: [{name: x, files: [file.txt], envs: [app.env]}]
            """, files: ["patch.yaml": "[{\"op\": \"add\", \"path\": \"/spec/type\", \"value\": \"x\"}]"])
        let recorder = RecordingFileTree(layout.tree)
        _ = try Kustomization.build(tree: recorder, path: "root")
        let trace = recorder.trace
        #expect(
            trace.files == [
                "root/kustomization.yaml", "root/svc.yaml", "root/deploy/kustomization.yaml",
                "root/deploy/d.yaml",
                "root/patch.yaml", "root/file.txt", "root/app.env",
            ])
        #expect(trace.isTouched(by: "root/deploy/d.yaml", contentsOnly: true))
        #expect(trace.isTouched(by: "root/deploy/kustomization.yml"))
        #expect(!trace.isTouched(by: ["root/cm.yaml", "other/app.env", "root/deploy/readme.md"]))
    }

    @Test func `an unused rest of the tree changes nothing`() throws {
        let layout = Layout("same", "resources: [deploy.yaml, svc.yaml]")
        #expect(try Self.yaml(layout) == Self.yaml(layout))
    }
}

extension BuildTests {
    @Test func `a replacement reaches into a text of YAML and keeps quotes and comments`() throws {
        let text = try Self.yaml(
            Layout(
                "yaml",
                """
                resources: [map.yaml]
                replacements:
                - sourceValue: prod
                  targets: [{select: {kind: ConfigMap}, fieldPaths: ["data.[app.yml].global.env"]}]
                """,
                files: [
                    "map.yaml": """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: m}
                    data:
                      app.yml: |
                        # all
                        global: # here
                          env: "dev" # where
                        # jobs
                        jobs:
                          - name: 'a'
                            targets: ["x:1", y]
                          # last
                          - name: b
                        # end
                    """
                ]))
        let expected = """
                # all
                global: # here
                  env: "prod" # where
                # jobs
                jobs:
                - name: 'a'
                  targets: ["x:1", y]
                # last
                - name: b
                # end
            """
        #expect(text.contains(expected), "\(text)")
    }
}
