import Manifest
import TestSupport

/// Makes layouts at random: up to three bases, a component and an overlay that use most fields.
struct LayoutGenerator {
    private var random: SeededGenerator
    private let seed: UInt64
    private var files: [String: String] = [:]
    private var pool: [String]
    private var names = ["settings", "creds", "extra", "web", "more", "w1", "w2", "w3", "w4"]

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        pool = [
            "deploy.yaml", "svc.yaml", "cm.yaml", "secret.yaml", "sts.yaml", "cron.yaml", "ingress.yaml",
            "rbac.yaml", "hpa.yaml", "ns.yaml", "cr.yaml", "hook.yaml",
        ]
        pool.shuffle(using: &random)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func one<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    mutating func layout() -> Layout {
        let count = Int.random(in: 1...3, using: &random)
        var unused: [String] = []
        for index in 0..<count {
            let inner = unused.filter { _ in chance(40) }
            unused.removeAll { inner.contains($0) }
            let text = kustomization(in: "b\(index)/", bases: inner.map { "../\($0)" }, isComponent: false)
            files["b\(index)/kustomization.yaml"] = text
            unused.append("b\(index)")
        }
        let hasComponent = chance(25)
        if hasComponent {
            files["part/kustomization.yaml"] = kustomization(in: "part/", bases: [], isComponent: true)
        }
        var top = kustomization(in: "", bases: unused, isComponent: false)
        if hasComponent { top += "components: [part]\n" }
        return Layout("seed \(seed)", top, files: files)
    }

    private mutating func kustomization(in folder: String, bases: [String], isComponent: Bool) -> String {
        var lines: [String] = []
        var own: [String] = []
        if isComponent {
            lines += ["apiVersion: kustomize.config.k8s.io/v1alpha1", "kind: Component"]
        } else {
            for _ in 0..<Int.random(in: (bases.isEmpty ? 1 : 0)...5, using: &random) {
                guard let file = pool.popLast() else { break }
                own.append(file)
                files[folder + file] = Layout.shared[file]
            }
            lines.append("resources: [\((own + bases).joined(separator: ", "))]")
        }
        if chance(40) { lines.append("namePrefix: \(one(["a-", "b-", "pre-"]))") }
        if chance(25) { lines.append("nameSuffix: \(one(["-x", "-y"]))") }
        if chance(35) { lines.append("namespace: \(one(["prod", "dev", "default"]))") }
        lines += labels() + images() + generators(own) + patches(own) + details(own)
        return lines.map { "\($0)\n" }.joined()
    }

    private mutating func labels() -> [String] {
        var lines: [String] = []
        if chance(30) {
            lines.append("commonLabels: {\(one(["team", "tier", "app"])): \(one(["x", "\"y\"", "\"1\""]))}")
        }
        if chance(30) {
            let scope = one(["", ", includeSelectors: true", ", includeTemplates: true"])
            lines.append("labels: [{pairs: {\(one(["l1", "l2", "app"])): v}\(scope)}]")
        }
        if chance(25) {
            lines.append("commonAnnotations: {\(one(["an/x", "z"])): \(one(["\"1\"", "\"a: b\""]))}")
        }
        return lines
    }

    private mutating func images() -> [String] {
        guard chance(40) else { return [] }
        let name = one(["nginx", "busybox", "postgres", "registry.example.com:5000/team/web", "nginx.*"])
        let change = one([
            "newTag: v2", "newName: m/i", "digest: \"sha256:ff\"", "newName: z, newTag: \"1.0\"",
        ])
        return ["images: [{name: \"\(name)\", \(change)}]"]
    }

    private mutating func generators(_ own: [String]) -> [String] {
        var lines: [String] = []
        for (field, file, name, literal) in [
            ("configMapGenerator", "cm.yaml", "settings", "a=1"),
            ("secretGenerator", "secret.yaml", "creds", "p=s"),
        ] where chance(30) {
            let exists = own.contains(file)
            guard let chosen = exists ? name : names.popLast() else { continue }
            let options =
                exists
                ? one(["behavior: merge", "behavior: replace"])
                : one([
                    "options: {disableNameSuffixHash: true}", "namespace: prod", "options: {labels: {g: h}}",
                ])
            lines.append("\(field): [{name: \(chosen), literals: [\(literal)], \(options)}]")
        }
        if chance(15) { lines.append("generatorOptions: {labels: {gen: \"yes\"}}") }
        return lines
    }

    private static let targets = [
        "kind: Deployment", "kind: Deployment, name: web", "name: \".*\"", "kind: Service|ConfigMap",
        "labelSelector: app=web", "group: apps", "namespace: prod", "annotationSelector: note",
        "kind: StatefulSet, name: \"d.*\"",
    ]
    private static let changes = [
        #"[{"op": "add", "path": "/metadata/annotations/p", "value": "1"}]"#,
        #"[{"op": "add", "path": "/metadata/labels", "value": {"n": "1"}}]"#,
        "{kind: X, metadata: {name: x, labels: {q: r}}, spec: {extra: {a: 1, b: null}}}",
        "{kind: X, metadata: {name: x, annotations: {note: null}}, spec: {template: {spec: {containers: [{name: side, "
            + "image: n}, {name: added, env: [{name: A, value: v}]}]}}}}",
        "{kind: X, metadata: {name: x}, spec: {ports: [{port: 80, name: n}], template: {metadata: {labels: {z: a}}}}}",
        "{kind: X, metadata: {name: x}, spec: {template: {spec: {volumes: [{name: data, emptyDir: {}, configMap: null}], "
            + "initContainers: [{name: init, $patch: delete}]}}}}",
        "{kind: X, metadata: {name: x}, $patch: delete}",
        "{kind: X, metadata: {name: x}, data: {a: changed, z: w}}",
    ]

    private mutating func patches(_ own: [String]) -> [String] {
        var entries: [String] = []
        for _ in 0..<one([0, 0, 1, 1, 2]) {
            entries.append("{target: {\(one(Self.targets))}, patch: '\(one(Self.changes))'}")
        }
        if own.contains("deploy.yaml"), chance(40) {
            let patch = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 4}}"
            entries.append("{patch: '\(patch)'}")
        }
        return entries.isEmpty ? [] : ["patches: [\(entries.joined(separator: ", "))]"]
    }

    private mutating func details(_ own: [String]) -> [String] {
        var lines: [String] = []
        if own.contains("deploy.yaml"), chance(30) { lines.append("replicas: [{name: web, count: 7}]") }
        if own.contains("deploy.yaml"), own.contains("cm.yaml"), chance(40) {
            let path = one(["metadata.annotations.rep", "spec.x.y", "spec.template.metadata.labels.rep"])
            lines.append(
                "replacements: [{source: {kind: ConfigMap, name: settings, fieldPath: data.a}, targets: [{select: {kind: "
                    + "Deployment, name: web}, fieldPaths: [\(path)], options: {create: true}}]}]")
        }
        if own.contains("svc.yaml"), chance(30) {
            lines.append("vars: [{name: HOST, objref: {apiVersion: v1, kind: Service, name: web}}]")
        }
        if chance(10) {
            lines.append("buildMetadata: [\(one(["originAnnotations", "transformerAnnotations"]))]")
        }
        if chance(10) { lines.append("sortOptions: {order: \(one(["fifo", "legacy"]))}") }
        return lines
    }
}
