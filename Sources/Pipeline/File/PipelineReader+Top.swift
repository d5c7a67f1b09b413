import Manifest

extension PipelineReader {
    /// Reads the whole file; nil where it is no mapping.
    mutating func pipeline(_ root: PipelineCursor) -> PipelineFile? {
        guard root.node.kind == .mapping else {
            report(.e106, at: root, "the file must be a mapping, not \(root.kindDescription)")
            return nil
        }
        let known = ["version", "service", "defaults", "secrets", "services", "gates"]
        var rules = KeyRules.none.later(
            "caches", "remove it; every step begins with a fresh copy of the tree")
        for stage in ["jobs", "stages", "steps", "on", "deploy", "pipeline", "workflow"] {
            rules = rules.adding(
                stage, .e202, "\"\(stage)\" is no part of a pipeline: the four gates are fixed",
                "put the steps under gates.lint, gates.test, gates.security or gates.build")
        }
        for gate in GateName.allCases {
            rules = rules.adding(
                gate.rawValue, .e202, "the gate \"\(gate.rawValue)\" stands at the top",
                "indent it under gates:")
        }
        let top = Dictionary(
            entries(root, known: known, rules: rules).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
        checkVersion(top["version"], root)
        var file = PipelineFile(service: serviceName(top["service"], root) ?? "unnamed")
        let defaults = top["defaults"].map { self.defaults($0) } ?? StepDefaults()
        file.secrets = top["secrets"].map { secrets($0) } ?? []
        file.services = top["services"].map { services($0) } ?? []
        guard let gates = top["gates"] else {
            report(
                .e201, at: root, "the file has no gates",
                fix: "add gates: with lint, test, security and build")
            return file
        }
        readGates(gates, defaults: defaults, into: &file)
        checkUse(of: file, secrets: top["secrets"], services: top["services"])
        return file
    }

    private mutating func checkVersion(_ cursor: PipelineCursor?, _ root: PipelineCursor) {
        guard let cursor else {
            report(.e107, at: root, "the file has no version", fix: "begin with version: 1")
            return
        }
        if cursor.node.kind == .scalar, case .integer(1) = PlainScalar(cursor.node) { return }
        report(
            .e107, at: cursor, "version \(cursor.node.scalarText) is not supported",
            hint: "this Slipway reads version 1", fix: "write version: 1")
    }

    private mutating func serviceName(_ cursor: PipelineCursor?, _ root: PipelineCursor) -> String? {
        guard let cursor else {
            report(
                .e108, at: root, "the file has no service",
                hint: "the name of what is delivered, as in service: orders", fix: "add service: NAME")
            return nil
        }
        guard let name = text(cursor) else { return nil }
        if NameRules.isLabel(name) { return name }
        report(
            .e108, at: cursor, "service is \"\(name)\", which is no DNS label",
            hint: "lower-case letters, digits and -, at most 63, beginning and ending with a letter or digit")
        return nil
    }

    /// What steps have where they say nothing.
    struct StepDefaults {
        var image: ImageSource?
        var timeout: Duration = .seconds(600)
        var resources = StepResources()
        var shell = "sh"
        var user: String?
        var network = NetworkAccess.cell
        var environment: [NameAndText] = []
    }

    private mutating func defaults(_ cursor: PipelineCursor) -> StepDefaults {
        var result = StepDefaults()
        let known = ["image", "timeout", "resources", "network", "shell", "user", "env"]
        let rules = KeyRules.none.later("cache", "remove it")
        for entry in entries(cursor, known: known, rules: rules) {
            switch entry.name {
            case "image": result.image = image(entry.value)
            case "timeout": result.timeout = timeout(entry.value) ?? result.timeout
            case "resources": result.resources = resources(entry.value)
            case "network": result.network = network(entry.value) ?? result.network
            case "shell": result.shell = shell(entry.value) ?? result.shell
            case "user": result.user = user(entry.value)
            default: result.environment = environment(entry.value)
            }
        }
        return result
    }

    // MARK: - Secrets

    private mutating func secrets(_ cursor: PipelineCursor) -> [SecretReference] {
        var result: [SecretReference] = []
        let all = entries(cursor, known: nil)
        for entry in limited(all, to: PipelineFile.maximumSecrets, "secrets") {
            if let fault = NameRules.variableFault(entry.name) {
                report(.e320, at: entry.key, pointer: entry.value.pointer, fault)
            }
            guard entry.value.node.kind == .mapping else {
                report(
                    .e321, at: entry.value, "the secret \(entry.name) is written into the file",
                    hint: "values live in the control plane", fix: "write \(entry.name): { from: NAME/KEY }")
                continue
            }
            var secret = SecretReference(name: entry.name, source: "", useIn: [], trust: .sameRepo)
            for field in entries(entry.value, known: ["from", "use_in", "trust"]) {
                switch field.name {
                case "from": secret.source = nonEmptyText(field.value) ?? ""
                case "use_in": secret.useIn = secretUses(field.value)
                default: secret.trust = secretTrust(field.value) ?? secret.trust
                }
            }
            if secret.source.isEmpty {
                report(
                    .e106, at: entry.value, "the secret \(entry.name) has no from",
                    fix: "add from: NAME/KEY")
            }
            result.append(secret)
        }
        return result
    }

    private mutating func secretUses(_ cursor: PipelineCursor) -> [String] {
        texts(cursor).compactMap { text, place in
            if StepID(text) != nil { return text }
            report(.e106, at: place, "\"\(text)\" names no step", fix: "write GATE.STEP, as in test.unit")
            return nil
        }
    }

    private mutating func secretTrust(_ cursor: PipelineCursor) -> RunTrust? {
        guard let trust = word(cursor, RunTrust.self, code: .e605) else { return nil }
        if trust == .fork {
            report(
                .e605, at: cursor, "secrets are never given to commits of strangers",
                fix: "write same-repo or candidate")
        }
        return trust
    }

    // MARK: - Use

    /// Services and secrets that nobody uses.
    private mutating func checkUse(
        of file: PipelineFile, secrets: PipelineCursor?, services: PipelineCursor?
    ) {
        let steps = file.gates.flatMap(\.steps)
        let usedServices = Set(steps.flatMap(\.services))
        let usedSecrets = Set(steps.flatMap(\.secrets))
        for (key, value) in services?.node.entries ?? [] where !usedServices.contains(key.target.scalarText) {
            let name = key.target.scalarText
            report(
                .e410, at: key, pointer: "/services/\(name)", "no step uses the service \(name)",
                fix: "remove it, or add it to the services of a step or gate", weight: .warning)
            _ = value
        }
        for (key, _) in secrets?.node.entries ?? [] where !usedSecrets.contains(key.target.scalarText) {
            let name = key.target.scalarText
            report(
                .e607, at: key, pointer: "/secrets/\(name)", "no step uses the secret \(name)",
                hint: "a secret that is granted and not needed is a risk without a gain", fix: "remove it")
        }
    }
}
