import Manifest

extension PipelineReader {
    /// The services of the file.
    mutating func services(_ cursor: PipelineCursor) -> [PipelineService] {
        var result: [PipelineService] = []
        var ports: [Int: String] = [:]
        var provided: [String: String] = [:]
        let all = entries(cursor, known: nil)
        for entry in limited(all, to: PipelineFile.maximumServices, "services") {
            let reserved = ["localhost", "host", "cell", "source"] + GateName.allCases.map(\.rawValue)
            if !NameRules.isLabel(entry.name, maximum: 40) || reserved.contains(entry.name) {
                report(
                    .e406, at: entry.key, pointer: entry.value.pointer,
                    "\"\(entry.name)\" cannot be the name of a service",
                    hint: "a DNS label of at most 40 characters; it becomes a host name")
            }
            guard let service = service(entry.name, entry.value) else { continue }
            if let other = ports[service.port] {
                report(
                    .e405, at: entry.value,
                    "\(entry.name) has the port \(service.port), which \(other) has too",
                    hint: "the services of a run share one network", fix: "give one of them another port")
            }
            ports[service.port] = entry.name
            for provide in service.provides {
                if let other = provided[provide.name] {
                    report(
                        .e407, at: entry.value, "\(entry.name) and \(other) both provide \(provide.name)",
                        fix: "choose another name for one of them")
                }
                provided[provide.name] = entry.name
            }
            result.append(service)
        }
        return result
    }

    private mutating func service(_ name: String, _ cursor: PipelineCursor) -> PipelineService? {
        let known = ["image", "run", "env", "port", "ready", "isolate", "provides", "resources", "user"]
        let rules = breakouts(KeyRules.none)
            .adding("ports", .e105, "unknown key \"ports\": a service has one port", "write port: 5432")
            .adding(
                "options", .e105, "unknown key \"options\": readiness has a key of its own", "write ready:")
        guard cursor.node.kind == .mapping else {
            _ = entries(cursor, known: known)
            return nil
        }
        var service = PipelineService(
            name: name, image: .host, script: nil, port: 0, probe: .tcp(0))
        var image: ImageSource?
        var hasReady = false
        var hasImage = false
        var portCursor: PipelineCursor?
        var isolation: (isForSteps: Bool, cursor: PipelineCursor)?
        for entry in entries(cursor, known: known, rules: rules) {
            switch entry.name {
            case "image":
                hasImage = true
                image = self.image(entry.value)
            case "run":
                service.script = nonEmptyText(entry.value)
                checkForSecrets(service.script ?? "", named: "run", at: entry.value)
            case "env": service.environment = serviceEnvironment(entry.value)
            case "port":
                portCursor = entry.value
                service.port = integer(entry.value, in: 1...65_535, code: .e405) ?? 0
            case "ready":
                hasReady = true
                readProbe(entry.value, into: &service)
            case "isolate": isolation = (self.isolation(entry.value), entry.value)
            case "provides": service.provides = provides(entry.value)
            case "resources": service.resources = resources(entry.value)
            default: service.user = user(entry.value)
            }
        }
        if !hasImage {
            report(.e106, at: cursor, "\(name) has no image", fix: "add image: host or a pinned image")
        }
        service.image = image ?? .host
        if portCursor == nil { report(.e405, at: cursor, "\(name) has no port", fix: "add port: 5432") }
        if !hasReady {
            report(
                .e402, at: cursor, "\(name) has no ready",
                hint: "without it steps begin before the service can be used",
                fix: "add ready: { tcp: \(service.port == 0 ? 5432 : service.port) }")
        }
        if service.image == .host, hasImage, image != nil, service.script == nil {
            report(
                .e106, at: cursor, "\(name) has the image host and no run",
                hint: "the machine does not know which program to start", fix: "add run:")
        }
        if case .tcp(0) = service.probe { service.probe = .tcp(service.port) }
        if let isolation, isolation.isForSteps {
            service.isolatesSteps = true
            if !service.isPostgreSQL {
                report(
                    .e409, at: isolation.cursor,
                    "isolate: step copies a PostgreSQL database, and \(name) does not say that it is one",
                    fix: "write ready: { sql: SELECT 1 }, or isolate: gate")
            }
        }
        checkPlaceholders(of: service, at: cursor)
        return service
    }

    private mutating func serviceEnvironment(_ cursor: PipelineCursor) -> [PipelineService.Variable] {
        var result: [PipelineService.Variable] = []
        for entry in entries(cursor, known: nil) {
            if !NameRules.isVariable(entry.name) {
                report(
                    .e320, at: entry.key, pointer: entry.value.pointer,
                    "\"\(entry.name)\" is no name of a variable")
            }
            if entry.value.node.kind == .mapping {
                for field in entries(entry.value, known: ["generate"]) {
                    guard let length = integer(field.value, in: 8...256) else { continue }
                    result.append(.init(name: entry.name, text: .generated(length: length)))
                }
                continue
            }
            guard let text = text(entry.value) else { continue }
            checkForSecrets(text, named: entry.name, at: entry.value)
            let upper = entry.name.uppercased()
            if upper.hasSuffix("PASSWORD") || upper.hasSuffix("_SECRET") || upper.hasSuffix("_TOKEN") {
                report(
                    .e408, at: entry.value, "\(entry.name) is written into the file",
                    fix: "write \(entry.name): { generate: 24 }")
            }
            result.append(.init(name: entry.name, text: .text(text)))
        }
        return result
    }

    private mutating func readProbe(_ cursor: PipelineCursor, into service: inout PipelineService) {
        let kinds = ["exec", "tcp", "http", "sql"]
        var found: [String] = []
        for entry in entries(cursor, known: kinds + ["every", "timeout"]) {
            if kinds.contains(entry.name) { found.append(entry.name) }
            switch entry.name {
            case "exec":
                let words = texts(entry.value).map(\.0)
                if words.isEmpty, entry.value.node.kind == .sequence {
                    report(.e106, at: entry.value, "exec is empty")
                }
                service.probe = .exec(words)
            case "tcp": service.probe = .tcp(integer(entry.value, in: 1...65_535) ?? 1)
            case "http": service.probe = httpProbe(entry.value, port: service.port)
            case "sql": service.probe = .sql(nonEmptyText(entry.value) ?? "SELECT 1")
            case "every":
                guard let interval = duration(entry.value) else { continue }
                if interval < .milliseconds(50) {
                    report(
                        .e404, at: entry.value, "looking every \(entry.value.node.scalarText) is too often",
                        fix: "write 200ms; 50ms is the least")
                }
                service.interval = interval
            default:
                guard let timeout = duration(entry.value) else { continue }
                if timeout > .seconds(120) || timeout <= .zero {
                    report(
                        .e404, at: entry.value, "waiting for \(entry.value.node.scalarText) is not possible",
                        fix: "write 30s; 120s is the most")
                }
                service.readyTimeout = timeout
            }
        }
        if found.count != 1 {
            let said = found.isEmpty ? "none" : found.joined(separator: " and ")
            report(
                .e403, at: cursor, "ready must have one of exec, tcp, http and sql; it has \(said)",
                fix: "keep one of them")
        }
    }

    private mutating func httpProbe(_ cursor: PipelineCursor, port: Int) -> PipelineService.Probe {
        if cursor.node.kind == .scalar {
            let path = text(cursor) ?? "/"
            if !path.hasPrefix("/") { report(.e106, at: cursor, "http must be a path that begins with /") }
            return .http(port: port, path: path)
        }
        var (ownPort, path) = (port, "/")
        for entry in entries(cursor, known: ["port", "path"]) {
            if entry.name == "port" {
                ownPort = integer(entry.value, in: 1...65_535) ?? port
            } else {
                path = text(entry.value) ?? "/"
                if !path.hasPrefix("/") { report(.e106, at: entry.value, "path must begin with /") }
            }
        }
        return .http(port: ownPort, path: path)
    }

    /// Whether every step has a database of its own.
    private mutating func isolation(_ cursor: PipelineCursor) -> Bool {
        guard let word = text(cursor) else { return false }
        if word != "gate", word != "step" {
            report(.e106, at: cursor, "isolate is \"\(word)\"", fix: "write step or gate")
        }
        return word == "step"
    }

    private mutating func provides(_ cursor: PipelineCursor) -> [NameAndText] {
        var result: [NameAndText] = []
        for entry in entries(cursor, known: nil) {
            if let fault = NameRules.variableFault(entry.name) {
                report(.e320, at: entry.key, pointer: entry.value.pointer, fault)
                continue
            }
            guard let text = text(entry.value) else { continue }
            for name in ServicePlaceholder.scan(text).unknown {
                report(
                    .e407, at: entry.value, "{\(name)} stands for nothing",
                    hint:
                        "known: \(ServicePlaceholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " "))"
                )
            }
            result.append(NameAndText(entry.name, text))
        }
        return result
    }

    /// A `{password}` needs a password.
    private mutating func checkPlaceholders(of service: PipelineService, at cursor: PipelineCursor) {
        guard service.passwordVariable == nil else { return }
        for provide in service.provides where ServicePlaceholder.scan(provide.text).known.contains(.password)
        {
            report(
                .e407, at: cursor, "\(provide.name) has {password}, and \(service.name) has no generated one",
                fix: "add env: { POSTGRES_PASSWORD: { generate: 24 } }")
        }
    }

    /// Keys with which other systems let a container out of its cell.
    func breakouts(_ rules: KeyRules) -> KeyRules {
        var result = rules
        for key in [
            "privileged", "volumes", "mounts", "hostNetwork", "hostPID", "devices", "cap_add", "capabilities",
        ] {
            result = result.adding(
                key, .e319, "\"\(key)\" would let a container out of its cell", "remove it")
        }
        return result
    }
}
