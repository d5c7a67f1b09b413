import Manifest

extension PipelineReader {
    /// Reads the four gates into the file.
    mutating func readGates(
        _ cursor: PipelineCursor, defaults: StepDefaults, into file: inout PipelineFile
    ) {
        let names = GateName.allCases.map(\.rawValue)
        var rules = KeyRules.none
        for (key, _) in cursor.node.entries where !names.contains(key.target.scalarText) {
            let name = key.target.scalarText
            let nearest = NameSuggestion.nearest(to: name, among: names)
            rules = rules.adding(
                name, .e202, "there is no gate \"\(name)\": the gates are lint, test, security and build",
                nearest.map { "write \($0):" } ?? "put its steps into one of the four")
        }
        var found: [GateName: PipelineCursor] = [:]
        for entry in entries(cursor, known: names, rules: rules) {
            if let name = GateName(rawValue: entry.name) { found[name] = entry.value }
        }
        for name in GateName.allCases {
            guard let gate = found[name] else {
                if cursor.node.kind == .mapping {
                    report(
                        .e201, at: cursor, "the gate \"\(name.rawValue)\" is missing",
                        hint: "a commit is merged only after all four gates",
                        fix: "add \(name.rawValue): with steps")
                }
                continue
            }
            file.gates.append(self.gate(name, gate, defaults: defaults, file: &file))
        }
    }

    private mutating func gate(
        _ name: GateName, _ cursor: PipelineCursor, defaults: StepDefaults, file: inout PipelineFile
    ) -> PipelineGate {
        var known = ["steps", "services"]
        if name == .security { known.append("policy") }
        if name == .build { known.append("image") }
        let reader = GateReader(name: name, defaults: defaults, file: file)
        var gate = PipelineGate(name: name, steps: [])
        var shared: [String] = []
        var stepsCursor: PipelineCursor?
        var imageCursor: PipelineCursor?
        let rules = Self.lenient.later("matrix", "write a step for each cell")
        for entry in entries(cursor, known: known, rules: rules) {
            switch entry.name {
            case "services": shared = serviceNames(entry.value, file: file)
            case "policy": file.policy = policy(entry.value)
            case "image": imageCursor = entry.value
            default: stepsCursor = entry.value
            }
        }
        let earlier = file.gates.flatMap(\.steps)
        if let stepsCursor {
            gate.steps = steps(stepsCursor, reader, shared: shared, outputs: earlier.flatMap(\.outputs))
        }
        if let imageCursor {
            // What a gate before has made was made of the same commit, and has passed it.
            let makers = (earlier + gate.steps).filter { !$0.isAdvisory }
            file.image = imageRecipe(imageCursor, steps: makers, network: defaults.network)
            gate.steps.append(imageStep(defaults: defaults, needs: gate.steps))
        } else if name == .build {
            report(
                .e214, at: cursor, "the gate build has no image",
                hint: "the image of the commit is what is delivered",
                fix: "add image: with repository and layers")
        }
        let own = gate.steps.filter { $0.action != .image }
        if own.isEmpty, name != .build || imageCursor == nil,
            stepsCursor == nil || stepsCursor?.node.kind == .mapping
        {
            report(
                .e203, at: cursor, "the gate \(name.rawValue) has no steps",
                hint: "an empty gate lets everything pass", fix: "add steps:")
        } else if !gate.steps.isEmpty, gate.steps.allSatisfy(\.isAdvisory) {
            report(
                .e204, at: cursor, "all steps of the gate \(name.rawValue) are advisory",
                hint: "nothing would decide", fix: "remove advisory: from one of them")
        }
        if let stepsCursor { checkNeeds(of: gate, stepsCursor, file: file) }
        checkEvidence(of: gate, cursor)
        return gate
    }

    /// Keys that let a failure pass elsewhere.
    static let lenient = KeyRules.none
        .adding(
            "allow_failure", .e209, "\"allow_failure\" would let a failure pass",
            "remove it; advisory: true on a step reports without deciding"
        )
        .adding(
            "continue-on-error", .e209, "\"continue-on-error\" would let a failure pass",
            "remove it; advisory: true on a step reports without deciding"
        )
        .adding("if", .e209, "\"if\" would let a gate pass without running", "remove it")
        .adding("when", .e209, "\"when\" would let a gate pass without running", "remove it")
        .adding("rules", .e209, "\"rules\" would let a gate pass without running", "remove it")

    /// Services by name; each must be declared.
    mutating func serviceNames(_ cursor: PipelineCursor, file: PipelineFile) -> [String] {
        texts(cursor).compactMap { name, place in
            if file.service(named: name) != nil { return name }
            let nearest = NameSuggestion.nearest(to: name, among: file.services.map(\.name))
            report(
                .e401, at: place, "the service \"\(name)\" is not declared",
                hint: nearest.map { "did you mean \"\($0)\"?" }, fix: "declare it under services:")
            return nil
        }
    }

    private func imageStep(defaults: StepDefaults, needs steps: [PipelineStep]) -> PipelineStep {
        var step = PipelineStep(id: .image, action: .image, image: .host, timeout: defaults.timeout)
        step.needs = steps.filter { !$0.isAdvisory }.map(\.id.name)
        return step
    }

    // MARK: - What a gate must show

    private mutating func checkEvidence(of gate: PipelineGate, _ cursor: PipelineCursor) {
        let required = gate.steps.filter { !$0.isAdvisory }
        guard !required.isEmpty else { return }
        let reports = required.flatMap(\.reports)
        switch gate.name {
        case .test:
            if !reports.contains(where: { $0.format == .junit }) {
                report(
                    .e212, at: cursor, "no required step of the gate test leaves a JUnit report",
                    hint: "without it nobody can tell that tests ran",
                    fix: "add reports: [{ junit: \"out/*.xml\", min_tests: 1 }] to a step")
            }
        case .security:
            let builtins = required.compactMap { step in
                if case .use(let builtin) = step.action { builtin.name } else { nil }
            }
            let analyses = builtins.contains("semgrep") || reports.contains { $0.format.isStaticAnalysis }
            let scans =
                builtins.contains { $0 == "osv" || $0 == "trivy" || $0 == "grype" }
                || reports.contains { $0.format.isDependencyScan }
            if !analyses {
                report(
                    .e213, at: cursor, "the gate security has no static analysis",
                    fix: "add sast: { use: semgrep }")
            }
            if !scans {
                report(
                    .e213, at: cursor, "the gate security has no dependency scan",
                    fix: "add sca: { use: osv }")
            }
        case .lint, .build: break
        }
    }

    // MARK: - Needs

    private mutating func checkNeeds(of gate: PipelineGate, _ cursor: PipelineCursor, file: PipelineFile) {
        let byName = Dictionary(gate.steps.map { ($0.id.name, $0) }, uniquingKeysWith: { first, _ in first })
        let others = Set(file.gates.flatMap(\.steps).map(\.id.name))
        for (key, value) in cursor.node.entries {
            let name = key.target.scalarText
            guard let step = byName[name],
                let needs = value.target.entries.first(where: { $0.key.scalarText == "needs" })
            else { continue }
            let list = needs.value.target
            for (index, item) in (list.kind == .sequence ? list.items : [list]).enumerated() {
                let needed = item.target.scalarText
                let place = cursor.child(value, name).child(needs.value, "needs").child(item, String(index))
                checkNeed(needed, of: step, byName: byName, others: others, at: place)
            }
        }
        if let circle = Self.circle(in: gate.steps) {
            let place = cursor.node.entries.first { $0.key.target.scalarText == circle[0] }?.key
            report(
                .e207, at: place ?? cursor.node, pointer: "\(cursor.pointer)/\(circle[0])",
                "steps need each other in a circle: \(circle.joined(separator: " → "))",
                fix: "remove one of the needs")
        }
    }

    private mutating func checkNeed(
        _ needed: String, of step: PipelineStep, byName: [String: PipelineStep], others: Set<String>,
        at place: PipelineCursor
    ) {
        if let target = byName[needed] {
            if target.isAdvisory, !step.isAdvisory {
                report(
                    .e211, at: place, "\(step.id) needs \(needed), which is advisory",
                    hint: "a failure of \(needed) would decide after all", fix: "make \(needed) required")
            }
            return
        }
        let crosses = others.contains(needed) || StepID(needed) != nil
        if crosses {
            report(
                .e205, at: place, "\(step.id) needs \"\(needed)\" of another gate",
                hint: "a gate begins when the one before has passed; there is nothing to say about it",
                fix: "remove it")
            return
        }
        let nearest = NameSuggestion.nearest(to: needed, among: byName.keys.sorted())
        report(
            .e206, at: place, "\(step.id) needs \"\(needed)\", which does not exist",
            hint: nearest.map { "did you mean \"\($0)\"?" })
    }

    /// A path of steps that ends where it began; nil where there is none.
    static func circle(in steps: [PipelineStep]) -> [String]? {
        let needs = Dictionary(steps.map { ($0.id.name, $0.needs) }, uniquingKeysWith: { first, _ in first })
        var done: Set<String> = []
        func visit(_ name: String, _ trail: [String]) -> [String]? {
            if let start = trail.firstIndex(of: name) { return Array(trail[start...]) + [name] }
            guard !done.contains(name) else { return nil }
            for next in needs[name] ?? [] where needs[next] != nil {
                if let circle = visit(next, trail + [name]) { return circle }
            }
            done.insert(name)
            return nil
        }
        for step in steps {
            if let circle = visit(step.id.name, []) { return circle }
        }
        return nil
    }
}

/// What the steps of a gate are read against.
struct GateReader {
    let name: GateName
    let defaults: PipelineReader.StepDefaults
    /// The file as far as it has been read: services, secrets and earlier gates.
    let file: PipelineFile
}
