import KubeModel

/// What a ``PodMachine`` is told.
enum PodEvent: Sendable {
    /// The manifest has changed.
    case changed(PodPlan)
    /// The object is gone although its containers may run: somebody deleted it by force.
    case vanished
    /// The program ends and takes its pods with it.
    case shutdown
    /// Time has passed.
    case clock
    /// Something that containers refer to has changed: worth another try.
    case referencesChanged

    /// The pod has its network and its volumes.
    case prepared(PodSandboxStatus)
    case preparationFailed(PodFailure)
    case disconnected
    case removed
    case removalFailed(String)

    case imageReady(String, ContainerImage)
    case imageFailed(String, ImageFailure)
    case started(String, attempt: Int, at: Timestamp)
    case startFailed(String, attempt: Int, StartFailure)
    case postStartEnded(String, attempt: Int, failure: String?)
    case exited(String, attempt: Int, ContainerEnd)
    case probed(String, attempt: Int, ProbeKind, ProbeOutcome)
}

/// What a ``PodMachine`` wants done.
enum PodAction: Sendable, Hashable {
    /// Give the pod its network and its volumes.
    case prepare
    /// Find the container's image, pulling it where its policy says so.
    case fetchImage(String)
    case start(String, attempt: Int)
    case runPostStart(String, attempt: Int)
    case probe(String, attempt: Int, ProbeKind)
    /// Run the container's preStop hook and end it. A repetition has a shorter grace period.
    case stop(String, attempt: Int, grace: Duration, drains: Bool)
    /// Remove a run that nobody can ask for any more.
    case forget(String, attempt: Int)
    /// Take the network and volumes away and keep the logs.
    case disconnect
    /// Remove all there is of the pod on the machine.
    case remove
    /// Let the object go from the API.
    case release
    /// Tell people; about a container or, without one, the pod.
    case note(isWarning: Bool, reason: String, message: String, container: String?)
}

/// Why a pod got no network or volumes.
struct PodFailure: Error, Sendable, Hashable {
    /// The reason of the event.
    var reason: String
    var message: String
}

/// An image that a container can be started from, as its status names it.
struct ContainerImage: Sendable, Hashable {
    /// The reference, as the manifest has it.
    var name: String
    /// What identifies its content (`imageID`).
    var id: String
    /// What the event says: that it was pulled, or was there.
    var message: String
}

/// Why there is no image.
struct ImageFailure: Error, Sendable, Hashable {
    /// `ErrImagePull`, `ErrImageNeverPull`, `InvalidImageName` or ``unusable``.
    var reason: String
    var message: String

    /// The image may be had, but no container can be made of it here.
    static let unusable = "CreateContainerError"
}

/// Why a container was not started.
struct StartFailure: Error, Sendable, Hashable {
    enum Kind: Sendable {
        /// The manifest asks for something that is not there or cannot be: `CreateContainerConfigError`.
        case configuration
        /// The machine cannot make it: `CreateContainerError`.
        case creation
        /// The program cannot be executed: the container has ended with 128, `StartError`.
        case execution
    }

    var kind: Kind
    var message: String
}

/// How a container ended.
struct ContainerEnd: Sendable, Hashable {
    var code: Int32
    /// `Completed`, `Error`, `StartError`, `ContainerStatusUnknown`.
    var reason: String
    /// What it left in its termination message file.
    var message: String = ""
    var startedAt: Timestamp?
    var finishedAt: Timestamp

    var isSuccess: Bool { code == 0 }
}

/// What a probe has found.
struct ProbeOutcome: Sendable, Hashable {
    var isSuccess: Bool
    var message: String = ""

    static let success = ProbeOutcome(isSuccess: true)
}
