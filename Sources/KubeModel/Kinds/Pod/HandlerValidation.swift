import Manifest

/// The rules for probes and for what runs when a container starts and stops.
struct HandlerValidation {
    /// The pod's time to end; nil where it is missing, which is reported elsewhere.
    let gracePeriod: Int64?

    func probes(of container: ObjectField) -> [FieldError] {
        let (liveness, readiness) = (container["livenessProbe"], container["readinessProbe"])
        var errors = probe(liveness) + succeedingOnce(liveness) + probe(readiness)
        let period = readiness["terminationGracePeriodSeconds"]
        if period.isPresent { errors.append(period.invalid("must not be set for readinessProbes")) }
        return errors + probe(container["startupProbe"]) + succeedingOnce(container["startupProbe"])
    }

    private func succeedingOnce(_ probe: ObjectField) -> [FieldError] {
        let threshold = probe["successThreshold"]
        return probe.isPresent && threshold.number != 1 ? [threshold.invalid("must be 1", absent: 0)] : []
    }

    private func probe(_ probe: ObjectField) -> [FieldError] {
        guard probe.isPresent else { return [] }
        var errors = handler(probe, kinds: ["exec", "httpGet", "tcpSocket", "grpc"])
        let numbers = [
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        ]
        for name in numbers { errors += probe[name].nonnegative() }
        let period = probe["terminationGracePeriodSeconds"]
        if let seconds = period.integer, seconds <= 0 {
            errors.append(period.invalid("must be greater than 0"))
        }
        return errors
    }

    func lifecycle(_ lifecycle: ObjectField) -> [FieldError] {
        ["postStart", "preStop"].filter { lifecycle[$0].isPresent }.flatMap {
            handler(lifecycle[$0], kinds: ["exec", "httpGet", "tcpSocket", "sleep"])
        }
    }

    private func handler(_ handler: ObjectField, kinds: [String]) -> [FieldError] {
        let given = kinds.filter { handler[$0].isPresent }
        guard let first = given.first else { return [handler.required("must specify a handler type")] }
        return action(handler[first], kind: first)
            + given.dropFirst().map { handler[$0].forbidden("may not specify more than 1 handler type") }
    }

    private func action(_ action: ObjectField, kind: String) -> [FieldError] {
        switch kind {
        case "exec": action["command"].isEmpty ? [action["command"].required()] : []
        case "httpGet": httpGet(action)
        case "sleep": sleep(action)
        default: PortReference.faults(of: action["port"])
        }
    }

    private func httpGet(_ action: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        if action["path"].text.isEmpty { errors.append(action["path"].required()) }
        errors += PortReference.faults(of: action["port"])
        if !["HTTP", "HTTPS"].contains(action["scheme"].text) {
            errors.append(action["scheme"].notSupported(["HTTP", "HTTPS"]))
        }
        let headers = action["httpHeaders"]
        return errors
            + headers.items.flatMap { header in
                NameSyntax.httpHeaderName(header["name"].text).map {
                    .invalid(headers.path, .string(header["name"].text), $0)
                }
            }
    }

    private func sleep(_ action: ObjectField) -> [FieldError] {
        guard let gracePeriod else { return [] }
        let seconds = action["seconds"].number
        guard seconds < 0 || seconds > gracePeriod else { return [] }
        return [
            .invalid(
                action.path, .integer(seconds),
                "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))")
        ]
    }
}

/// A port given by its number or its name.
enum PortReference {
    static func faults(of port: ObjectField) -> [FieldError] {
        if case .string(let name)? = port.value { return port.invalid(NameSyntax.portName(name)) }
        return NameSyntax.portNumber(port.number).map { port.invalid($0, absent: 0) }
    }
}
