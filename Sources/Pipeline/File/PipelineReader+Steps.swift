import Manifest

extension PipelineReader {
    static let stepKeys = [
        "run", "use", "with", "image", "shell", "env", "services", "secrets", "needs", "timeout", "retry",
        "advisory", "reports", "artifacts", "outputs", "resources", "network", "user",
    ]

    private static let stepRules =
        lenient
        .later("matrix", "write a step for each cell")
        .later("shards", "write a step for each part, or remove it")
        .later("cache", "remove it; every step begins with a fresh copy of the tree")
        .later("parallel", "steps of a gate run in parallel already; remove it")

    /// The steps of a gate.
    ///
    /// - Parameter taken: the outputs of the gates before.
    mutating func steps(
        _ cursor: PipelineCursor, _ gate: GateReader, shared: [String], outputs taken: [NameAndText]
    ) -> [PipelineStep] {
        var result: [PipelineStep] = []
        var outputs = Set(taken.map(\.name))
        let before = gate.file.gates.reduce(0) { $0 + $1.steps.count }
        let all = entries(cursor, known: nil)
        for entry in limited(all, to: PipelineFile.maximumSteps, besides: before, "steps") {
            if !NameRules.isLabel(entry.name, maximum: 40) {
                report(
                    .e208, at: entry.key, pointer: entry.value.pointer,
                    "\"\(entry.name)\" cannot be the name of a step",
                    hint: "lower-case letters, digits and -, at most 40")
            } else if gate.name == .build, entry.name == StepID.image.name {
                report(
                    .e208, at: entry.key, pointer: entry.value.pointer,
                    "the name image is taken by the image part of the gate", fix: "choose another name")
            }
            guard entry.value.node.kind == .mapping else {
                _ = entries(entry.value, known: Self.stepKeys)
                continue
            }
            let step = self.step(entry.name, entry.value, gate, shared: shared)
            for output in step.outputs where !outputs.insert(output.name).inserted {
                report(
                    .e316, at: entry.value, "the output \(output.name) has two makers",
                    fix: "choose another name")
            }
            result.append(step)
        }
        return result
    }

    private mutating func step(
        _ name: String, _ cursor: PipelineCursor, _ gate: GateReader, shared: [String]
    ) -> PipelineStep {
        let defaults = gate.defaults
        let id = StepID(gate.name, name)
        var step = PipelineStep(id: id, action: .image, image: .host, timeout: defaults.timeout)
        step.resources = defaults.resources
        step.user = defaults.user
        step.network = defaults.network
        step.services = shared
        var fields: [String: PipelineCursor] = [:]
        let rules = breakouts(Self.stepRules)
        for entry in entries(cursor, known: Self.stepKeys + ["docker"], rules: rules) {
            fields[entry.name] = entry.value
        }
        if let docker = fields["docker"] { refuseDocker(docker) }
        step.action = action(fields, defaults: defaults, at: cursor, id: id)
        step.image = fields["image"].flatMap { image($0) } ?? defaults.image ?? .host
        if fields["image"] == nil, defaults.image == nil, case .run = step.action {
            report(
                .e106, at: cursor, "\(id) has no image, and defaults has none",
                fix: "add image: to the step or to defaults:")
        }
        step.environment = defaults.environment
        if let own = fields["env"] {
            let variables = environment(own)
            step.environment.removeAll { old in variables.contains { $0.name == old.name } }
            step.environment += variables
        }
        if let names = fields["services"] {
            let own = serviceNames(names, file: gate.file)
            step.services += own.filter { !shared.contains($0) }
        }
        if let secrets = fields["secrets"] { step.secrets = secretNames(secrets, step: id, file: gate.file) }
        step.needs = fields["needs"].map { texts($0, allowsSingle: true).map(\.0) } ?? []
        step.timeout = fields["timeout"].flatMap { timeout($0) } ?? step.timeout
        if let retry = fields["retry"] { step.infraRetries = retries(retry) }
        step.isAdvisory = fields["advisory"].flatMap { bool($0) } ?? false
        step.reports = fields["reports"].map { reports($0) } ?? []
        step.artifacts = fields["artifacts"].map { artifacts($0) } ?? []
        step.outputs = fields["outputs"].map { outputs($0) } ?? []
        if let own = fields["resources"] { step.resources = resources(own) }
        if let own = fields["network"] { step.network = network(own) ?? step.network }
        if let own = fields["user"] { step.user = user(own) }
        return step
    }

    private mutating func action(
        _ fields: [String: PipelineCursor], defaults: StepDefaults, at cursor: PipelineCursor, id: StepID
    ) -> PipelineStep.Action {
        let shell = fields["shell"].flatMap { self.shell($0) } ?? defaults.shell
        switch (fields["run"], fields["use"]) {
        case (let run?, nil):
            if let options = fields["with"] {
                report(.e308, at: options, "with belongs to use, and \(id) has run", fix: "remove with:")
            }
            let script = nonEmptyText(run) ?? "false"
            checkForSecrets(script, named: "run", at: run)
            return .run(script: script, shell: shell)
        case (nil, let use?):
            return .use(builtin(use, options: fields["with"]))
        case (nil, nil):
            report(
                .e210, at: cursor, "\(id) has neither run nor use",
                fix: "add run: with a script, or use: semgrep")
        case (_?, _?):
            report(.e210, at: cursor, "\(id) has both run and use", fix: "keep one of them")
        }
        return .run(script: "false", shell: shell)
    }

    private mutating func refuseDocker(_ cursor: PipelineCursor) {
        if cursor.node.kind == .scalar, cursor.node.scalarText == "virtual" {
            report(
                .e110, at: cursor, "docker: virtual is not supported yet",
                fix: "declare what the tests need under services:")
            return
        }
        report(
            .e319, at: cursor, "a Docker engine would let the step out of its cell",
            fix: "declare what the tests need under services:")
    }

    private mutating func secretNames(
        _ cursor: PipelineCursor, step: StepID, file: PipelineFile
    ) -> [String] {
        texts(cursor).compactMap { name, place in
            guard let secret = file.secrets.first(where: { $0.name == name }) else {
                let nearest = NameSuggestion.nearest(to: name, among: file.secrets.map(\.name))
                report(
                    .e601, at: place, "the secret \"\(name)\" is not declared",
                    hint: nearest.map { "did you mean \"\($0)\"?" },
                    fix: "declare it under secrets: with from:")
                return nil
            }
            if !secret.useIn.isEmpty, !secret.useIn.contains(step.description) {
                report(
                    .e603, at: place, "the secret \(name) is not declared for \(step)",
                    hint: "it is for \(secret.useIn.joined(separator: ", "))",
                    fix: "add \(step) to its use_in")
            }
            return name
        }
    }

    private mutating func retries(_ cursor: PipelineCursor) -> Int {
        guard cursor.node.kind == .mapping else {
            report(
                .e306, at: cursor, "retry repeats failures of the machinery only, never a red step",
                fix: "write retry: { infra: 2 }")
            return 0
        }
        var count = 1
        for (key, value) in cursor.node.entries {
            let name = key.target.scalarText
            if name == "infra" {
                count = integer(cursor.child(value, name), in: 0...3, code: .e306) ?? 1
            } else {
                report(
                    .e306, at: key, pointer: cursor.child(value, name).pointer,
                    "retry cannot repeat \"\(name)\": only failures of the machinery are repeated",
                    fix: "write retry: { infra: 2 }")
            }
        }
        return count
    }

    private mutating func outputs(_ cursor: PipelineCursor) -> [NameAndText] {
        var result: [NameAndText] = []
        for entry in entries(cursor, known: nil) {
            if !NameRules.isLabel(entry.name, maximum: 40) {
                report(
                    .e106, at: entry.key, pointer: entry.value.pointer,
                    "\"\(entry.name)\" cannot be the name of an output",
                    hint: "lower-case letters, digits and -")
            }
            guard let path = nonEmptyText(entry.value), let safe = treePath(path, at: entry.value) else {
                continue
            }
            result.append(NameAndText(entry.name, safe))
        }
        return result
    }

    private mutating func artifacts(_ cursor: PipelineCursor) -> [ArtifactRequest] {
        guard cursor.node.kind == .sequence else {
            report(.e106, at: cursor, "artifacts must be a list, not \(cursor.kindDescription)")
            return []
        }
        var result: [ArtifactRequest] = []
        for (index, item) in cursor.node.items.enumerated() {
            let place = cursor.child(item, String(index))
            var request = ArtifactRequest(paths: [])
            for entry in entries(place, known: ["paths", "when", "keep"]) {
                switch entry.name {
                case "paths":
                    request.paths = texts(entry.value, allowsSingle: true).compactMap {
                        treePath($0.0, at: $0.1)
                    }
                case "when":
                    request.condition = word(entry.value, ArtifactRequest.Condition.self) ?? .always
                default:
                    request.keep = duration(entry.value) ?? request.keep
                    if request.keep > context.policy.maximumArtifactAge {
                        report(
                            .e506, at: entry.value,
                            "artifacts cannot be kept for \(entry.value.node.scalarText)",
                            fix: "write 90d or less")
                    }
                }
            }
            if request.paths.isEmpty {
                report(.e501, at: place, "the artifact has no paths", fix: "add paths:")
            }
            result.append(request)
        }
        return result
    }
}
