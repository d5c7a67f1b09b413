import KubeModel
import Manifest

/// Turns a container of a manifest into what the machine can start, deciding all that the manifest leaves open.
struct ContainerAssembly: Sendable {
    let pod: Value
    let volumes: PodVolumes
    let environment: ContainerEnvironment
    let network: PodSandboxStatus
    let messages: TerminationMessages
    let queue: BlockingQueue

    /// - Throws: ``StartFailure`` of kind `configuration` or `creation`.
    func specification(
        of name: String, attempt: Int, image: PodImage
    ) async throws -> ContainerSpec {
        do {
            return try await build(name, attempt: attempt, image: image)
        } catch let fault as ConfigurationFault {
            throw StartFailure(kind: .configuration, message: fault.description)
        } catch let error as SandboxError where error.code == .invalid {
            throw StartFailure(kind: .configuration, message: error.description)
        } catch let error as APIError {
            throw StartFailure(kind: .configuration, message: error.message)
        } catch let error as SystemCallFailure {
            throw StartFailure(kind: .creation, message: "\(error)")
        }
    }

    private func build(_ name: String, attempt: Int, image: PodImage) async throws -> ContainerSpec {
        let container = try Self.container(name, of: pod)
        let settings = image.defaults
        let declared = try await environment.variables(of: container)
        let known = Dictionary(declared.map { ($0.name, $0.value) }) { _, last in last }
        let arguments = Self.arguments(container, settings, known)
        let id = ContainerID(pod: pod.metadata.uid, name: name, attempt: attempt)
        var spec = ContainerSpec(id: id, root: image.root, arguments: arguments)
        // The ports that were assigned are what the pod is reached by: its own wishes do not count.
        spec.environment =
            settings.environment.compactMap(EnvironmentVariable.init(assignment:)) + declared
            + network.portVariables
        let directory = container.text("workingDir")
        spec.workingDirectory =
            !directory.isEmpty
            ? directory : settings.workingDirectory.isEmpty ? "/" : settings.workingDirectory
        spec.network = try Self.limitedNetwork(of: name, in: pod)
        let identity = try await queue.run { [pod] in
            try ContainerIdentity(container, in: pod, image: image)
        }
        spec.user = identity.user
        spec.capabilities = identity.capabilities
        spec.isRootReadOnly = identity.isRootReadOnly
        spec.allowsNewPrivileges = identity.allowsNewPrivileges
        spec.mounts = try await volumes.mounts(of: container, variables: known)
        if let mount = try await messages.mount(for: container, attempt: attempt) {
            spec.mounts.append(mount)
        }
        return spec
    }

    /// A container of a pod's manifest, whichever list it stands in.
    static func container(_ name: String, of pod: Value) throws(ConfigurationFault) -> Value {
        let spec = pod["spec"] ?? .emptyObject
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            if let found = spec.list(list).first(where: { $0.text("name") == name }) { return found }
        }
        throw ConfigurationFault("the pod has no container \(name) any more")
    }

    /// The network that the pod's annotation gives to a container alone.
    static func limitedNetwork(of name: String, in pod: Value) throws(ConfigurationFault) -> LimitedNetwork? {
        let key = AllowedHost.annotation(of: name)
        guard let text = pod.metadata.annotations[key] else { return nil }
        // A pod lists the ports of sidecars too; what the container itself listens on is its own.
        let own = try container(name, of: pod).list("ports").compactMap { $0["containerPort"]?.integerValue }
        let ports = PodSandboxSpec(pod).ports.map { Int($0.containerPort) }
        var seen = Set(own.map { Int($0) })
        if let hosts = AllowedHost.read(text) {
            return LimitedNetwork(hosts: hosts, podPorts: ports.filter { seen.insert($0).inserted })
        }
        throw ConfigurationFault(
            "the annotation \(key) is \"\(text)\": write hosts with their ports, as in pypi.org:443+80,example.com:443"
        )
    }

    /// The manifest's command replaces the image's with its arguments; arguments alone replace only those.
    private static func arguments(
        _ container: Value, _ image: ImageDefaults, _ variables: [String: String]
    ) -> [String] {
        func texts(_ field: String) -> [String] {
            container.list(field).compactMap(\.stringValue).map { VariableExpansion.expand($0, variables) }
        }
        let (command, arguments) = (texts("command"), texts("args"))
        if !command.isEmpty { return command + arguments }
        return image.entrypoint + (arguments.isEmpty ? image.command : arguments)
    }
}

extension EnvironmentVariable {
    /// Reads `NAME=value`, nil for anything else.
    init?(assignment: String) {
        guard let sign = assignment.firstIndex(of: "=") else { return nil }
        self.init(String(assignment[..<sign]), String(assignment[assignment.index(after: sign)...]))
    }
}
