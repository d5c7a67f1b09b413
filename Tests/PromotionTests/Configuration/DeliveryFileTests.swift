import KubeModel
import Promotion
import Testing

struct DeliveryFileTests {
    static let good = """
        apiVersion: slipway.dev/v1alpha1
        kind: Delivery
        metadata:
          name: orders
        spec:
          environments:
            - name: dev
              smoke: {command: [/orders, --check]}
            - name: staging
              soak: 10m
              smoke: {job: smoke.yaml, timeout: 2m}
            - name: production
              approvals: 1
              freeze:
                - {days: [Fri], from: "16:00", until: "08:00", zone: "+02:00", reason: weekend}

        """

    static func read(_ text: String) throws -> DeliveryFile {
        try DeliveryFile(Array(text.utf8), path: "services/orders/delivery.yaml")
    }

    @Test func `three environments take no more than 25 lines`() throws {
        #expect(Self.good.split(separator: "\n").count <= 25)
        let file = try Self.read(Self.good)
        #expect(
            file.name == "orders" && file.spec.environments.map(\.name) == ["dev", "staging", "production"])
        #expect(file.spec.environments.map(\.requiredApprovals) == [0, 0, 1])
        let conventions = DeliveryConventions(service: file.name, file.spec)
        let target = try conventions.target(file.spec.environments[2])
        #expect(target.file == "services/orders/overlays/production/kustomization.yaml")
        #expect(target.place == .imageDigest("orders"))
        #expect(conventions.namespace(file.spec.environments[0]) == "orders-dev")
        #expect(conventions.application(file.spec.environments[0]) == "orders-dev")
        #expect(conventions.overlay(file.spec.environments[0]) == "services/orders/overlays/dev")
    }

    static let faults: [(change: String, to: String, message: String)] = [
        (
            "soak: 10m", "soak: 10",
            "services/orders/delivery.yaml:10:13: spec.environments[1].soak: must be a text, not"
        ),
        (
            "soak: 10m", "soak: ten",
            ":10:13: spec.environments[1].soak: \"ten\" is no time; write it as 90s, 10m, 1h30m or 2d"
        ),
        ("soak: 10m", "soka: 10m", "spec.environments[1].soka: is no field; did you mean \"soak\"?"),
        (
            "approvals: 1", "approvals: 0",
            ":13:18: spec.environments[2].approvals: production needs at least one approval"
        ),
        ("approvals: 1", "approvals: many", "approvals: must be a whole number"),
        (
            "approvals: 1", "production: false",
            "an environment called production is production; call it otherwise"
        ),
        ("- name: staging", "- name: dev", "\"dev\" is an environment already; names must differ"),
        ("- name: staging", "- name: Staging", "must be lower-case letters, digits and dashes"),
        (
            "- name: staging", "- name: staging\n      path: overlays/dev/kustomization.yaml",
            "changes the same field as an environment above"
        ),
        (
            "- name: staging", "- name: staging\n      path: ../../etc",
            "must be a path below the service's folder"
        ),
        ("name: orders\n", "name: pay\n", "metadata.name: must be \"orders\", as the folder is called"),
        ("kind: Delivery", "kind: Deployment", ":2:7: kind: must be Delivery, not \"Deployment\""),
        ("command: [/orders, --check]", "timeout: 1m", "needs either a `command` or the file of a `job`"),
        ("days: [Fri]", "days: [Friday]", "\"Friday\" is no day"),
        ("from: \"16:00\"", "from: \"25:00\"", "\"25:00\" is no time of day"),
        ("zone: \"+02:00\"", "zone: CET", "must be a distance from UTC"),
        ("environments:", "environment:", "spec.environment: is no field; did you mean \"environments\"?"),
        ("  environments:", "  environments: []\n  x:", "spec.x: is no field"),
        ("kind: Delivery", "kind: Delivery\nkind: Delivery", "services/orders/delivery.yaml:3:"),
        ("- name: dev", "- nam: dev", "spec.environments[0].name: is required"),
        (
            "smoke: {command: [/orders, --check]}", "field: .image.tag",
            "needs the `path` of the file that it stands in"
        ),
    ]

    @Test(arguments: faults) func `a fault is told with its line`(
        _ fault: (change: String, to: String, message: String)
    ) throws {
        let text = Self.good.replacing(fault.change, with: fault.to)
        #expect(text != Self.good)
        let error = #expect(throws: PromotionError.self) { _ = try Self.read(text) }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains(fault.message) == true, "\(error?.message ?? "")")
    }

    private static let long = String(repeating: "a", count: 50)

    static let names: [(folder: String, change: String, to: String, message: String)] = [
        (
            "Order_Service", "name: orders", "name: Order_Service",
            "services/Order_Service/delivery.yaml:4:9: metadata.name: \"Order_Service\" must be lower-case letters, "
                + "digits and dashes, at most 63, with a letter or digit at both ends; rename the service's folder, "
                + "to \"order-service\" for example"
        ),
        // What the file calls it is not the fault, as only a folder decides.
        ("Order_Service", "name: orders", "name: orders", "metadata.name: \"Order_Service\" must be"),
        ("api.v2", "name: orders", "name: api.v2", "rename the service's folder, to \"api-v2\" for example"),
        (
            "-", "name: orders", "name: \"-\"",
            "with a letter or digit at both ends; rename the service's folder"
        ),
        (
            String(repeating: "b", count: 70), "name: orders", "name: \(String(repeating: "b", count: 70))",
            ":4:9: metadata.name: "
        ),
        (
            long, "  name: orders", "  labels: {}",
            "services/\(long)/delivery.yaml:12:13: spec.environments[2].name: \"\(long)-production-of-europe\" has 71 "
                + "letters, where the environment's namespace and Application can have 63; shorten the name of the "
                + "service or of the environment, or give it `namespace` and `application`"
        ),
    ]

    @Test(arguments: names) func `a name that no namespace can have is refused`(
        _ name: (folder: String, change: String, to: String, message: String)
    ) throws {
        let text = Self.good.replacing(name.change, with: name.to).replacing(
            "- name: production", with: "- name: production-of-europe")
        let error = #expect(throws: PromotionError.self) {
            try DeliveryFile(Array(text.utf8), path: "services/\(name.folder)/delivery.yaml")
        }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains(name.message) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("as the folder is called") == false)
    }

    @Test func `an environment with places of its own may be called as it likes`() throws {
        let places = "namespace: europe, application: orders-europe"
        let text = Self.good.replacing("name: orders", with: "name: \(Self.long)").replacing(
            "- name: production\n", with: "- {name: production-of-europe, \(places)}\n"
        ).replacing("      approvals: 1\n", with: "").replacing(
            "      freeze:\n        - {days: [Fri], from: \"16:00\", until: \"08:00\", zone: \"+02:00\", reason: weekend}\n",
            with: "")
        let file = try DeliveryFile(Array(text.utf8), path: "services/\(Self.long)/delivery.yaml")
        #expect(file.spec.environments[2].namespace == "europe")
    }

    @Test func `a file by itself is of the service that it names`() throws {
        let file = try DeliveryFile(Array(Self.good.utf8), path: "standard input")
        #expect(file.name == "orders")
        let error = #expect(throws: PromotionError.self) {
            try DeliveryFile(
                Array(Self.good.replacing("  name: orders", with: "  labels: {}").utf8), path: "delivery.yaml"
            )
        }
        #expect(
            error?.message
                == "delivery.yaml:4:3: metadata.name: is required: the service's name, as its folder is "
                + "called")
    }

    @Test(arguments: ["", "# nothing\n", "- a\n", "a: b\n---\nc: d\n", "apiVersion: [\n"])
    func `what is no delivery is refused`(_ text: String) {
        #expect(throws: PromotionError.self) { _ = try Self.read(text) }
    }

    @Test func `all faults are told at once, in the order of the lines`() throws {
        let text = Self.good.replacing("soak: 10m", with: "soak: x").replacing(
            "approvals: 1", with: "approvals: 0")
        let error = #expect(throws: PromotionError.self) { _ = try Self.read(text) }
        let lines = error?.message.split(separator: "\n") ?? []
        #expect(lines.count == 2 && lines[0].contains(":10:") && lines[1].contains(":13:"))
    }

    @Test func `what follows from a file is told without a cluster`() throws {
        let lines = DeliveryOutline(try Self.read(Self.good)).lines
        #expect(
            lines.contains(
                "  changes    services/orders/overlays/dev/kustomization.yaml images[name=orders].digest"))
        #expect(
            lines.contains(
                "  takes      what staging has shown to work, with an approval of others than its authors"))
    }
}
