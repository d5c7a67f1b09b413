import KubeModel

/// What the life of a pod depends on, read from its manifest: the input of ``PodMachine``.
struct PodPlan: Sendable, Hashable {
    enum RestartPolicy: String, Sendable {
        case always = "Always"
        case onFailure = "OnFailure"
        case never = "Never"
    }

    var uid: String
    var namespace: String
    var name: String
    var restartPolicy = RestartPolicy.always
    /// The init containers in order, then the containers, then the ephemeral ones.
    var containers: [ContainerPlan] = []
    /// `terminationGracePeriodSeconds`.
    var gracePeriod = Duration.seconds(30)
    /// How long the pod may be active (`activeDeadlineSeconds`), nil for ever.
    var activeDeadline: Duration?
    /// How long its containers are given to end since the pod is being deleted; nil while it is not.
    var deletionGracePeriod: Duration?
    /// Conditions of others that the pod's readiness waits for.
    var readinessGates: [String] = []
    /// What those conditions say, `True` where a gate is open; nothing of one that is not there.
    var gates: [String: String] = [:]

    /// The pod in the words of upstream's messages: `web_shop(1b2c…)`.
    var fullName: String { "\(name)_\(namespace)(\(uid))" }

    func container(_ name: String) -> ContainerPlan? { containers.first { $0.name == name } }

    func containers(_ role: ContainerPlan.Role) -> [ContainerPlan] { containers.filter { $0.role == role } }
}

/// What the life of a container depends on.
struct ContainerPlan: Sendable, Hashable {
    /// Which list of the manifest a container stands in, and what that means.
    enum Role: Sendable {
        /// Runs to its end before the next one starts.
        case initial
        /// An init container with `restartPolicy: Always`: runs beside the others, from before them to after them.
        case sidecar
        case regular
        /// Added while the pod runs; never started again.
        case ephemeral
    }

    enum PullPolicy: String, Sendable {
        case always = "Always"
        case ifNotPresent = "IfNotPresent"
        case never = "Never"
    }

    var name: String
    var role = Role.regular
    var image = ""
    var pullPolicy = PullPolicy.ifNotPresent
    var probes: [ProbeKind: ProbePlan] = [:]
    var hasPostStart = false
    /// What the manifest asks for and no container here can have; such a container is not started.
    var refusal: String?

    /// Where the container stands in the manifest, for events: `spec.containers{web}`.
    var fieldPath: String {
        switch role {
        case .initial, .sidecar: "spec.initContainers{\(name)}"
        case .regular: "spec.containers{\(name)}"
        case .ephemeral: "spec.ephemeralContainers{\(name)}"
        }
    }
}

/// What a probe finds out.
enum ProbeKind: String, Sendable, CaseIterable {
    case startup = "Startup"
    case readiness = "Readiness"
    case liveness = "Liveness"

    /// The probe's field in a container.
    var field: String { rawValue.lowercased() + "Probe" }
}

/// When a probe is made and what its results mean.
struct ProbePlan: Sendable, Hashable {
    var initialDelay = Duration.zero
    var period = Duration.seconds(10)
    var timeout = Duration.seconds(1)
    var successThreshold = 1
    var failureThreshold = 3
    /// How long the container is given to end where the probe says it must; nil for the pod's own.
    var gracePeriod: Duration?
}
