import TestSupport
import Testing

/// What users do with kubectl, done with a real one, without `--validate=false`.
@Suite(.enabled(if: Kubectl.executable != nil, "there is no kubectl on the path"), .timeLimit(.minutes(5)))
struct KubectlTests {
    private static func manifest(image: String = "nginx:1.25", value: String = "1") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: \(image)
                ports: [{containerPort: 80}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {key: "\(value)"}
        """
    }

    @Test func `manifests are applied, compared and applied again`() async throws {
        try await ServedAPI.with { kubectl in
            let created = try await kubectl("apply", "-f", "-", input: Self.manifest())
            #expect(created == "deployment.apps/web created\nconfigmap/settings created\n")
            let same = try await kubectl("apply", "-f", "-", input: Self.manifest())
            #expect(same == "deployment.apps/web unchanged\nconfigmap/settings unchanged\n")
            #expect(try await kubectl.run(["diff", "-f", "-"], input: Self.manifest()).code == 0)
            let difference = try await kubectl.run(
                ["diff", "-f", "-"], input: Self.manifest(image: "nginx:1.26"))
            #expect(difference.code == 1)
            #expect(difference.output.contains("-      - image: nginx:1.25\n+      - image: nginx:1.26\n"))
            let changed = try await kubectl("apply", "-f", "-", input: Self.manifest(value: "2"))
            #expect(changed == "deployment.apps/web unchanged\nconfigmap/settings configured\n")
            #expect(try await kubectl("get", "cm", "settings", "-o", "jsonpath={.data.key}") == "2")
        }
    }

    @Test func `two appliers meet in conflicts, not in overwritten fields`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl(
                "apply", "--server-side", "--field-manager=a", "-f", "-", input: Self.manifest())
            let arguments = ["apply", "--server-side", "--field-manager=b", "-f", "-"]
            let refused = try await kubectl.run(arguments, input: Self.manifest(value: "2"))
            #expect(refused.code != 0)
            #expect(refused.error.contains("conflict with \"a\": .data.key"))
            let forced = try await kubectl.run(
                arguments + ["--force-conflicts"], input: Self.manifest(value: "2"))
            #expect(forced.output.contains("configmap/settings serverside-applied"))
        }
    }

    @Test func `objects are shown as users know them`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl("apply", "-f", "-", input: Self.manifest())
            let table = try await kubectl("get", "deploy,cm", "-o", "wide")
            #expect(table.contains("CONTAINERS   IMAGES       SELECTOR"))
            #expect(table.contains("deployment.apps/web   0/2"))
            #expect(try await kubectl("get", "deploy", "web", "-o", "name") == "deployment.apps/web\n")
            let description = try await kubectl("describe", "deployment", "web")
            #expect(description.contains("2 desired | 0 updated | 0 total | 0 available"))
            let missing = try await kubectl.run(["get", "deploy", "nope"])
            #expect(missing.error == "Error from server (NotFound): deployments.apps \"nope\" not found\n")
        }
    }

    @Test func `objects are labelled, annotated, patched and scaled`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl("apply", "-f", "-", input: Self.manifest())
            #expect(
                try await kubectl("label", "deploy", "web", "tier=front") == "deployment.apps/web labeled\n")
            try await kubectl("annotate", "deploy", "web", "note=hello")
            try await kubectl("scale", "deploy", "web", "--replicas=5")
            try await kubectl(
                "patch", "deploy", "web", "-p",
                #"{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:2"}]}}}}"#)
            try await kubectl(
                "patch", "deploy", "web", "--type=json", "-p",
                #"[{"op":"add","path":"/spec/minReadySeconds","value":7}]"#)
            let fields = try await kubectl(
                "get", "deploy", "-l", "tier=front", "-o",
                "jsonpath={.items[0].spec.replicas} {.items[0].spec.minReadySeconds} "
                    + "{.items[0].spec.template.spec.containers[0].image} {.items[0].metadata.annotations.note}"
            )
            #expect(fields == "5 7 nginx:2 hello")
        }
    }

    @Test func `what is deleted is gone, with its namespace or alone`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl("create", "namespace", "team")
            try await kubectl("apply", "-n", "team", "-f", "-", input: Self.manifest())
            try await kubectl("delete", "cm", "settings", "-n", "team")
            #expect(try await kubectl.run(["get", "cm", "settings", "-n", "team"]).code != 0)
            try await kubectl("delete", "namespace", "team", "--wait=false")
            try await kubectl("wait", "--for=delete", "namespace/team", "--timeout=30s")
            #expect(try await kubectl.run(["get", "namespace", "team"]).code != 0)
        }
    }

    @Test func `objects are created without a manifest`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl("create", "configmap", "c", "--from-literal=a=b")
            try await kubectl("create", "secret", "generic", "s", "--from-literal=p=q")
            try await kubectl("create", "deployment", "d", "--image=nginx")
            try await kubectl("create", "serviceaccount", "bot")
            try await kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods")
            try await kubectl("create", "rolebinding", "bot", "--role=reader", "--serviceaccount=default:bot")
            #expect(try await kubectl("get", "secret", "s", "-o", "jsonpath={.data.p}") == "cQ==")
            let bot = "--as=system:serviceaccount:default:bot"
            #expect(try await kubectl("auth", "can-i", "list", "pods", bot) == "yes\n")
            #expect(try await kubectl.run(["auth", "can-i", "delete", "pods", bot]).output == "no\n")
            let refused = try await kubectl.run(["get", "secrets", bot])
            #expect(
                refused.error.contains(
                    #"cannot list resource "secrets" in API group "" in the namespace "default""#))
        }
    }

    @Test func `the resources of the server are listed`() async throws {
        try await ServedAPI.with { kubectl in
            let resources = try await kubectl("api-resources", "--verbs=list", "-o", "name").split(
                separator: "\n")
            #expect(resources.contains("deployments.apps"))
            #expect(resources.contains("customresourcedefinitions.apiextensions.k8s.io"))
            #expect(try await kubectl("api-versions").contains("rbac.authorization.k8s.io/v1\n"))
            #expect(try await kubectl("auth", "can-i", "*", "*") == "yes\n")
        }
    }

    @Test func `custom resources are served as soon as they are defined`() async throws {
        try await ServedAPI.with { kubectl in
            try await kubectl(
                "apply", "-f", "-",
                input: """
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata: {name: widgets.example.com}
                    spec:
                      group: example.com
                      scope: Namespaced
                      names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wi]}
                      versions:
                      - name: v1
                        served: true
                        storage: true
                        schema:
                          openAPIV3Schema:
                            type: object
                            properties:
                              spec: {type: object, properties: {size: {type: integer, maximum: 10}}}
                        additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
                    """)
            try await kubectl(
                "wait", "--for=condition=established", "crd/widgets.example.com", "--timeout=10s")
            func widget(_ size: Int) -> String {
                "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: \(size)}"
            }
            try await kubectl("apply", "-f", "-", input: widget(3))
            #expect(try await kubectl("get", "wi").hasPrefix("NAME   SIZE\none    3"))
            let refused = try await kubectl.run(["apply", "-f", "-"], input: widget(11))
            #expect(refused.error.contains("spec.size in body should be less than or equal to 10"))
            try await kubectl("delete", "crd", "widgets.example.com", "--timeout=30s")
            #expect(try await kubectl.run(["get", "widgets"]).code != 0)
        }
    }

    @Test func `misspelled fields are refused`() async throws {
        try await ServedAPI.with { kubectl in
            let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndada: {a: b}"
            let refused = try await kubectl.run(["apply", "-f", "-"], input: manifest)
            #expect(refused.code != 0)
            #expect(refused.error.contains("dada"))
        }
    }

    @Test func `the server is reached over TLS with its own certificate`() async throws {
        try await ServedAPI.with(arguments: ["--tls"]) { kubectl in
            let output = try await kubectl("get", "namespace", "default", "-o", "name")
            #expect(output == "namespace/default\n")
        }
    }
}
