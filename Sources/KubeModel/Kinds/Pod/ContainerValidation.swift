import Manifest

/// The rules for the containers of a pod spec.
struct ContainerValidation {
    /// What containers may refer to and what depends on the whole pod.
    struct Surroundings {
        /// The pod's well-formed volumes by name.
        let volumes: [String: ObjectField]
        let resourceClaims: Set<String>
        /// Nil where the pod's own value is missing.
        let gracePeriod: Int64?
        let restartPolicy: String
        /// Whether the pod shares the node's user namespace.
        let usesHostUsers: Bool
    }

    let pod: Surroundings
    private var handlers: HandlerValidation { HandlerValidation(gracePeriod: pod.gracePeriod) }

    init(in pod: Surroundings) { self.pod = pod }

    /// The faults of the regular containers, of which there must be one.
    func containers(_ containers: ObjectField) -> [FieldError] {
        guard !containers.items.isEmpty else { return [containers.required()] }
        var errors: [FieldError] = []
        var names: Set<String> = []
        for container in containers.items {
            errors += common(container)
            if !names.insert(container["name"].text).inserted { errors.append(container["name"].duplicate()) }
            errors += handlers.lifecycle(container["lifecycle"]) + handlers.probes(of: container)
            if container["restartPolicy"].isPresent {
                errors += restartPolicy(container)
            }
        }
        return errors + hostPortConflicts(containers.items)
    }

    /// The faults of the init containers, whose names differ from those of the regular ones.
    func initContainers(_ containers: ObjectField, besides regular: ObjectField) -> [FieldError] {
        var names = Set(regular.items.map { $0["name"].text })
        return containers.items.flatMap { container -> [FieldError] in
            var errors = common(container)
            let isSidecar = container["restartPolicy"].text == "Always"
            if container["restartPolicy"].isPresent { errors += restartPolicy(container) }
            let name = container["name"]
            if names.contains(name.text) {
                errors.append(name.duplicate())
            } else if !name.text.isEmpty {
                names.insert(name.text)
            }
            errors += hostPortConflicts([container])
            if isSidecar {
                return errors + handlers.lifecycle(container["lifecycle"]) + handlers.probes(of: container)
            }
            for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]
            where container[field].isPresent {
                errors.append(
                    container[field].forbidden(
                        "may not be set for init containers without restartPolicy=Always"))
            }
            return errors
        }
    }

    /// The faults of the ephemeral containers, which may do little more than run.
    func ephemeralContainers(_ containers: ObjectField, besides others: [ObjectField]) -> [FieldError] {
        let known = Set(others.flatMap(\.items).map { $0["name"].text })
        var names = known
        return containers.items.flatMap { container -> [FieldError] in
            var errors = common(container) + image(container)
            if !names.insert(container["name"].text).inserted { errors.append(container["name"].duplicate()) }
            let target = container["targetContainerName"]
            if !target.text.isEmpty, !known.contains(target.text) { errors.append(target.notFound()) }
            let forbidden = [
                "ports", "resources", "resizePolicy", "restartPolicy", "livenessProbe", "readinessProbe",
                "startupProbe", "lifecycle",
            ]
            for field in forbidden where !container[field].isEmpty {
                errors.append(container[field].forbidden("cannot be set for an Ephemeral Container"))
            }
            for mount in container["volumeMounts"].items {
                for field in ["subPath", "subPathExpr"] where !mount[field].text.isEmpty {
                    errors.append(mount[field].forbidden("cannot be set for an Ephemeral Container"))
                }
            }
            return errors
        }
    }

    /// The fault of an image that only pods are checked for, so that templates stored long ago stay valid.
    func image(_ container: ObjectField) -> [FieldError] {
        let image = container["image"]
        let isPadded = image.text.first?.isWhitespace == true || image.text.last?.isWhitespace == true
        return isPadded ? [image.invalid("must not have leading or trailing whitespace")] : []
    }

    private func common(_ container: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        let name = container["name"]
        errors += name.text.isEmpty ? [name.required()] : name.invalid(NameSyntax.dns1123Label(name.text))
        if container["image"].text.isEmpty { errors.append(container["image"].required()) }
        errors += container["terminationMessagePolicy"].enumeration(["File", "FallbackToLogsOnError"])
        errors += ports(container["ports"])
        errors += EnvironmentValidation.variables(container["env"])
        errors += EnvironmentValidation.sources(container["envFrom"])
        errors += mounts(of: container)
        errors += devices(of: container)
        errors += container["imagePullPolicy"].enumeration(["Always", "IfNotPresent", "Never"])
        errors += ResourceValidation.container(container["resources"], claims: pod.resourceClaims)
        errors += resizePolicy(container["resizePolicy"])
        return errors
            + SecurityContextValidation.container(
                container["securityContext"], usesHostUsers: pod.usesHostUsers)
    }

    private func restartPolicy(_ container: ObjectField) -> [FieldError] {
        container["restartPolicy"].optionalEnumeration(["Always", "Never", "OnFailure"])
    }

    private func ports(_ ports: ObjectField) -> [FieldError] {
        var names: Set<String> = []
        return ports.items.flatMap { port -> [FieldError] in
            var errors: [FieldError] = []
            let name = port["name"]
            if !name.text.isEmpty {
                let faults = NameSyntax.portName(name.text)
                errors += name.invalid(faults)
                if faults.isEmpty, !names.insert(name.text).inserted { errors.append(name.duplicate()) }
            }
            let number = port["containerPort"]
            if number.number == 0 {
                errors.append(number.required())
            } else {
                errors += number.invalid(NameSyntax.portNumber(number.number))
            }
            let hostPort = port["hostPort"]
            if hostPort.number != 0 { errors += hostPort.invalid(NameSyntax.portNumber(hostPort.number)) }
            return errors + port["protocol"].enumeration(["SCTP", "TCP", "UDP"])
        }
    }

    /// Two containers of one pod cannot have the same port of the node.
    private func hostPortConflicts(_ containers: [ObjectField]) -> [FieldError] {
        var taken: Set<String> = []
        return containers.flatMap { $0["ports"].items }.compactMap { port in
            let hostPort = port["hostPort"]
            guard hostPort.number != 0 else { return nil }
            let key = "\(port["protocol"].text)/\(port["hostIP"].text)/\(hostPort.number)"
            return taken.insert(key).inserted ? nil : .duplicate(hostPort.path, .string(key))
        }
    }

    private func resizePolicy(_ policies: ObjectField) -> [FieldError] {
        var seen: Set<String> = []
        return policies.items.flatMap { policy -> [FieldError] in
            var errors: [FieldError] = []
            let (name, restart) = (policy["resourceName"].text, policy["restartPolicy"].text)
            if !seen.insert(name).inserted { errors.append(.duplicate(policy.path, .string(name))) }
            for (text, supported) in [
                (name, ["cpu", "memory"]), (restart, ["NotRequired", "RestartContainer"]),
            ] {
                if text.isEmpty {
                    errors.append(policies.required())
                } else if !supported.contains(text) {
                    errors.append(.notSupported(policies.path, .string(text), supported: supported))
                }
            }
            if pod.restartPolicy == "Never", restart != "NotRequired" {
                errors.append(
                    .invalid(
                        policies.path, .string(restart),
                        "must be 'NotRequired' when `restartPolicy` is 'Never'"))
            }
            return errors
        }
    }
}
