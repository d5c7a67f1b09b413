import KubeModel
import Manifest

extension PodPlan {
    /// Reads a pod as the server stores it, with all defaults.
    init(_ pod: Value) {
        let spec = pod["spec"] ?? .emptyObject
        self.init(uid: pod.metadata.uid, namespace: pod.metadata.namespace, name: pod.metadata.name)
        restartPolicy = spec["restartPolicy"]?.stringValue.flatMap(RestartPolicy.init) ?? .always
        gracePeriod = .seconds(spec["terminationGracePeriodSeconds"]?.integerValue ?? 30)
        activeDeadline = spec["activeDeadlineSeconds"]?.integerValue.map { .seconds($0) }
        if pod.metadata.isDeleting {
            deletionGracePeriod = .seconds(max(0, pod.metadata.deletionGracePeriodSeconds ?? 0))
        }
        readinessGates = spec.list("readinessGates").compactMap { $0["conditionType"]?.stringValue }
        let conditions = (pod["status"] ?? .emptyObject).list("conditions")
        for condition in conditions where readinessGates.contains(condition.text("type")) {
            gates[condition.text("type")] = condition.text("status")
        }
        containers =
            spec.list("initContainers").map { container in
                let isSidecar = container["restartPolicy"]?.stringValue == "Always"
                return ContainerPlan(container, role: isSidecar ? .sidecar : .initial)
            } + spec.list("containers").map { ContainerPlan($0, role: .regular) }
            + spec.list("ephemeralContainers").map { ContainerPlan($0, role: .ephemeral) }
    }
}

extension ContainerPlan {
    init(_ container: Value, role: Role) {
        self.init(name: container["name"]?.stringValue ?? "", role: role)
        image = container["image"]?.stringValue ?? ""
        pullPolicy = container["imagePullPolicy"]?.stringValue.flatMap(PullPolicy.init) ?? .ifNotPresent
        hasPostStart = container["lifecycle", "postStart"]?.objectValue?.isEmpty == false
        for kind in ProbeKind.allCases {
            guard let probe = container[kind.field], probe.objectValue != nil else { continue }
            probes[kind] = ProbePlan(probe)
        }
        refusal = ManifestRefusals.refusal(of: container)
    }
}

extension ProbePlan {
    init(_ probe: Value) {
        func seconds(_ field: String, _ fallback: Int64) -> Duration {
            .seconds(probe[field]?.integerValue ?? fallback)
        }
        initialDelay = seconds("initialDelaySeconds", 0)
        period = max(.milliseconds(1), seconds("periodSeconds", 10))
        timeout = max(.milliseconds(1), seconds("timeoutSeconds", 1))
        successThreshold = max(1, Int(probe["successThreshold"]?.integerValue ?? 1))
        failureThreshold = max(1, Int(probe["failureThreshold"]?.integerValue ?? 3))
        gracePeriod = probe["terminationGracePeriodSeconds"]?.integerValue.map { .seconds($0) }
    }
}

extension Value {
    /// The items of a list field, none where it is absent.
    func list(_ field: String) -> [Value] { self[field]?.arrayValue ?? [] }

    /// A text field, empty where it is absent.
    func text(_ field: String) -> String { self[field]?.stringValue ?? "" }

    /// A field that is there and no `null`.
    func present(_ field: String) -> Value? {
        guard let value = self[field], !value.isNull else { return nil }
        return value
    }
}
