import KubeModel
import Manifest

/// The objects that make up a cell, as pure functions of a run: one Pod with the services as native sidecars, and
/// later a fresh container in it for every step.
struct CellManifest: Sendable {
    let run: RunContext
    let files: RunFiles
    /// What steps and services see of the machine's paths.
    let places: CellPlaces
    /// The directories of tools that built-in steps use, shown read-only at their own path.
    var toolDirectories: [String] = []
    /// Where containers of the image `host` find programs, unless the file says so itself.
    var hostPath: String?

    static let runLabel = "slipway.dev/run"

    /// The key of a service's password in the cell's Secret.
    static func passwordKey(_ service: String) -> String { "service.\(service).password" }

    /// The pod. Nothing in it waits for a service: the steps that need one do.
    func pod(owner: OwnerReference?) -> Value {
        let services = run.file.services.filter { run.plan.services.contains($0.name) }
        var spec: Object = [
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 2,
            "enableServiceLinks": false,
            "automountServiceAccountToken": false,
            "hostAliases": [["ip": "127.0.0.1", "hostnames": .array(services.map { .string($0.name) })]],
            "initContainers": .array(services.map(service)),
            "containers": [
                [
                    "name": "cell", "image": "host",
                    "command": ["sleep", "infinity"],
                ]
            ],
            "volumes": .array(volumes),
        ]
        if services.isEmpty {
            spec["hostAliases"] = nil
            spec["initContainers"] = nil
        }
        var pod: Value = ["apiVersion": "v1", "kind": "Pod", "spec": .object(spec)]
        pod.metadata.name = run.cellName
        pod.metadata.namespace = run.namespace
        pod.metadata.labels = [Self.runLabel: run.name]
        for step in run.plan.steps {
            guard case .hosts(let hosts) = run.file.step(step.id)?.network else { continue }
            // Each attempt is a container of its own; what it may reach is known before the first begins.
            for attempt in 1...step.infraRetries + 1 {
                let name = RunContext.container(step.id, attempt: attempt)
                pod.metadata.annotations[AllowedHost.annotation(of: name)] = AllowedHost.list(hosts)
            }
        }
        if let owner { pod.metadata.ownerReferences = [owner] }
        return pod
    }

    // MARK: - Services

    private func service(_ service: PipelineService) -> Value {
        var container: Object = [
            "name": .string(service.name), "image": .string(service.image.description),
            "restartPolicy": "Always",
            "env": .array(
                hostVariables(service.image, service.environment.map(\.name))
                    + service.environment.map { variable(of: service, $0) }),
            "ports": [["name": .string(portName(service)), "containerPort": .integer(Int64(service.port))]],
            "readinessProbe": probe(service),
        ]
        if let script = service.script {
            container["command"] = ["sh", "-c", .string(Self.escaped("set -e\nexec 2>&1\n" + script))]
        }
        if let user = service.user { container["securityContext"] = Self.securityContext(user) }
        return .object(container)
    }

    /// Port names have 15 characters at most.
    private func portName(_ service: PipelineService) -> String {
        let name = String(service.name.prefix(15))
        return name.hasSuffix("-") || !name.contains { $0.isLetter } ? "service" : name
    }

    /// A port for a shell: where the pod has no network of its own, the node says in a variable which one it assigned.
    private func portText(_ service: PipelineService, _ port: Int) -> String {
        guard port == service.port else { return "\(port)" }
        let name = portName(service).uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
        return "${PORT_\(String(name)):-\(port)}"
    }

    private func variable(of service: PipelineService, _ variable: PipelineService.Variable) -> Value {
        switch variable.text {
        case .text(let text): return Self.variable(variable.name, text)
        case .generated:
            return Self.secretVariable(
                variable.name, secret: run.cellName, key: Self.passwordKey(service.name))
        }
    }

    /// Commands look again within one probe, so that readiness is seen within the interval of the file, which may be
    /// shorter than the second that Kubernetes' own probes count in.
    private func probe(_ service: PipelineService) -> Value {
        var probe: Object = ["periodSeconds": 1, "failureThreshold": 1, "timeoutSeconds": 2]
        let limit = max(1, Int64(service.readyTimeout.components.seconds))
        func repeating(_ command: String) {
            let pause =
                Double(service.interval.components.attoseconds) / 1e18
                + Double(service.interval.components.seconds)
            let loop = "until \(command) >/dev/null 2>&1; do sleep \(pause); done"
            probe["exec"] = ["command": ["sh", "-c", .string(Self.escaped(loop))]]
            probe["timeoutSeconds"] = .integer(limit)
            probe["periodSeconds"] = 10
        }
        switch service.probe {
        case .exec(let words): repeating(words.map(Self.quoted).joined(separator: " "))
        case .tcp(let port) where service.image == .host:
            repeating("bash -c '</dev/tcp/127.0.0.1/\(portText(service, port))'")
        case .tcp(let port): probe["tcpSocket"] = ["port": .integer(Int64(port))]
        case .http(let port, let path):
            probe["httpGet"] = ["port": .integer(Int64(port)), "path": .string(path)]
        case .sql(let statement):
            // Over TCP: the server that sets a new database up listens on the socket only, and is not the one.
            let password = service.passwordVariable.map { "PGPASSWORD=\"$\($0.name)\" " } ?? ""
            let connection =
                "-h 127.0.0.1 -p \"\(portText(service, service.port))\" -U \(Self.quoted(service.databaseUser))"
            repeating(
                "env \(password)psql -w -X -q \(connection) -d \(Self.quoted(service.databaseName))"
                    + " -c \(Self.quoted(statement))")
        }
        return .object(probe)
    }

    // MARK: - Steps

    /// The container of a step, for `spec.ephemeralContainers`.
    ///
    /// - Parameter command: what it runs; see ``StepCommand``.
    func step(_ step: PipelineStep, attempt: Int, command: [String], ports: AssignedPortNumbers) -> Value {
        var environment = run.environment(of: step.id) + step.environment
        environment.append(NameAndText("CI_WORKSPACE", places.workspace(run.uid, step.id, files)))
        environment.append(NameAndText("CI_SOURCE", places.source(run.uid, files)))
        var variables = hostVariables(step.image, environment.map(\.name))
        variables += environment.map { Self.variable($0.name, $0.text) }
        for name in step.services {
            guard let service = run.file.service(named: name) else { continue }
            for provide in service.provides {
                if ServicePlaceholder.scan(provide.text).known.contains(.password) {
                    variables.append(
                        Self.secretVariable(
                            provide.name, secret: "\(run.cellName)-provides",
                            key: Self.providesKey(service, provide.name, step.id)))
                } else {
                    variables.append(
                        Self.variable(
                            provide.name, Self.expand(provide.text, service, ports, "", for: step.id)))
                }
            }
        }
        for name in step.secrets {
            variables.append(Self.secretVariable(name, secret: run.cellName, key: "secret.\(name)"))
        }
        var container: Object = [
            "name": .string(RunContext.container(step.id, attempt: attempt)),
            "image": .string(step.image.description),
            "command": .array(command.map { .string(Self.escaped($0)) }),
            "workingDir": .string(places.workspace(run.uid, step.id, files)),
            "env": .array(variables),
            "volumeMounts": .array(mounts(for: step)),
        ]
        var security: Object = ["allowPrivilegeEscalation": false]
        for pair in step.user.flatMap({ Self.securityContext($0).objectValue }) ?? [:] {
            security[pair.key] = pair.value
        }
        container["securityContext"] = .object(security)
        return .object(container)
    }

    /// The key of a variable with a password in it, in the cell's second Secret.
    static func providesKey(_ service: PipelineService, _ name: String, _ step: StepID) -> String {
        service.isolatesSteps ? "\(service.name).\(name).\(step)" : "\(service.name).\(name)"
    }

    /// The text of a variable that a service provides to a step.
    static func expand(
        _ text: String, _ service: PipelineService, _ ports: AssignedPortNumbers, _ password: String,
        for step: StepID
    ) -> String {
        ServicePlaceholder.expand(text) { placeholder in
            switch placeholder {
            case .host: "127.0.0.1"
            case .port: "\(ports.number(for: service.port))"
            case .password: password
            case .user: service.databaseUser
            case .database: service.database(of: step)
            }
        }
    }

    // MARK: - Volumes

    private var volumes: [Value] {
        var result: [Value] = [hostPath("source", files.source(run.uid))]
        for step in run.plan.steps {
            result.append(hostPath(Self.volume(step.id), files.work(run.uid, step.id)))
        }
        if run.spec.base != nil { result.append(hostPath("base", files.base(run.uid))) }
        for (index, directory) in toolDirectories.enumerated() {
            result.append(hostPath("tools-\(index)", directory))
        }
        return result
    }

    private func mounts(for step: PipelineStep) -> [Value] {
        var result: [Value] = [
            mount("source", places.source(run.uid, files), isReadOnly: true),
            mount(Self.volume(step.id), places.workspace(run.uid, step.id, files), isReadOnly: false),
        ]
        guard case .use = step.action else { return result }
        if run.spec.base != nil {
            result.append(mount("base", places.base(run.uid, files), isReadOnly: true))
        }
        for (index, directory) in toolDirectories.enumerated() {
            result.append(mount("tools-\(index)", directory, isReadOnly: true))
        }
        return result
    }

    static func volume(_ step: StepID) -> String { "work-\(step.gate.rawValue)-\(step.name)" }

    private func hostPath(_ name: String, _ path: String) -> Value {
        ["name": .string(name), "hostPath": ["path": .string(path), "type": "DirectoryOrCreate"]]
    }

    private func mount(_ name: String, _ path: String, isReadOnly: Bool) -> Value {
        ["name": .string(name), "mountPath": .string(path), "readOnly": .bool(isReadOnly)]
    }

    // MARK: - Small parts

    /// What containers of the machine's own files know of the machine, besides what the file says.
    private func hostVariables(_ image: ImageSource, _ given: [String]) -> [Value] {
        guard image == .host, let hostPath, !given.contains("PATH") else { return [] }
        return [Self.variable("PATH", hostPath)]
    }

    static func variable(_ name: String, _ text: String) -> Value {
        ["name": .string(name), "value": .string(escaped(text))]
    }

    static func secretVariable(_ name: String, secret: String, key: String) -> Value {
        [
            "name": .string(name),
            "valueFrom": ["secretKeyRef": ["name": .string(secret), "key": .string(key)]],
        ]
    }

    static func securityContext(_ user: String) -> Value {
        let numbers = user.split(separator: ":").compactMap { Int64($0) }
        guard numbers.count == 2 else { return [:] }
        return ["runAsUser": .integer(numbers[0]), "runAsGroup": .integer(numbers[1])]
    }

    /// Kubernetes replaces `$(NAME)` in commands and variables; a doubled dollar sign stands for itself.
    static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }

    /// A text as one word of a shell's command line.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Where a cell shows its directories.
///
/// Where containers have a file system of their own the paths are short and alike in every run, so that what is built
/// there does not depend on the run; plain processes see the machine's own paths.
struct CellPlaces: Sendable, Hashable {
    let isolatesFiles: Bool

    func source(_ uid: String, _ files: RunFiles) -> String { isolatesFiles ? "/source" : files.source(uid) }
    func base(_ uid: String, _ files: RunFiles) -> String { isolatesFiles ? "/base" : files.base(uid) }
    func workspace(_ uid: String, _ step: StepID, _ files: RunFiles) -> String {
        isolatesFiles ? "/workspace" : files.work(uid, step)
    }
}

/// The ports under which the services of a pod are reached: those of the file, unless the node has assigned others.
struct AssignedPortNumbers: Sendable, Hashable {
    private var numbers: [Int: Int] = [:]

    /// Reads the annotation `slipway.dev/ports` of a pod on the machine's own network.
    init(_ pod: Value) {
        for pair in (pod.metadata.annotations["slipway.dev/ports"] ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=").compactMap { Int($0) }
            if parts.count == 2 { numbers[parts[0]] = parts[1] }
        }
    }

    func number(for port: Int) -> Int { numbers[port] ?? port }
}
