import Glibc

/// Runs pods' containers: what a kubelet needs of the machine, and what its tests put in the machine's place.
///
/// Calls for one pod are made one after another; calls for different pods may overlap. Everything is kept on disk,
/// so that each call may be repeated after a crash.
///
/// All throw ``SandboxError``, or `CancellationError` where the task was cancelled while waiting.
public protocol ContainerEngine: Sendable {
    /// Gives a pod its network and files. A pod that has them keeps them; after a restart of the machine it gets
    /// new ones and keeps its logs.
    func createPod(_ spec: PodSandboxSpec) async throws -> PodSandboxStatus

    /// Ends the pod's containers and removes all there is of it; does nothing for one that is not there.
    func removePod(_ uid: String) async throws

    /// Takes a pod's network and volumes in memory back, once its containers have ended, and keeps their logs.
    func disconnectPod(_ uid: String) async throws

    /// Says further names in a pod's `/etc/hosts`, such as those of services, in place of those said before.
    ///
    /// - Throws: ``SandboxError`` with code `notFound` for a pod that is not there.
    func setHosts(_ names: [HostAlias], ofPod uid: String) async throws

    /// The directory of a pod on the machine, in which whoever runs it may keep files that go with it.
    func directory(ofPod uid: String) -> String

    /// Where a volume in memory of a pod lies on the machine, to be mounted in its containers.
    ///
    /// - Throws: ``SandboxError`` with code `notFound`.
    func memoryVolume(_ name: String, ofPod uid: String) throws -> String

    /// Starts a container and returns once its program runs.
    ///
    /// - Throws: ``SandboxError`` with code `startFailed` where the program cannot be executed; then nothing is
    ///   left of the attempt.
    func start(_ spec: ContainerSpec) async throws -> ContainerRun

    /// Returns when the container has ended and all its output is in its log.
    func wait(_ id: ContainerID) async throws -> ContainerExit

    /// Asks a container to end, and ends it with all its processes where it has not after the grace period.
    ///
    /// - Parameter signal: the number of the image's stop signal, SIGTERM unless it names another.
    func stop(_ id: ContainerID, grace: Duration, signal: Int32) async throws -> ContainerExit

    /// Removes a container and its log, ending it first; does nothing for one that is not there.
    func removeContainer(_ id: ContainerID) async throws

    /// How far a container is, nil for one that is not there.
    func state(of id: ContainerID) async -> ContainerState?

    /// Runs a command in a running container, with the container's environment and identity.
    ///
    /// - Throws: ``SandboxError`` with code `timeout` after killing what took too long, `startFailed` where the
    ///   command cannot be executed, `notFound` where the container does not run.
    func exec(_ id: ContainerID, _ command: [String], timeout: Duration) async throws -> ExecResult

    /// A container's output, also that of one that has ended.
    func logs(_ id: ContainerID, options: ContainerLogOptions) async throws -> AsyncThrowingStream<
        [UInt8], any Error
    >
}

extension ContainerEngine {
    /// Stops a container with SIGTERM.
    public func stop(_ id: ContainerID, grace: Duration) async throws -> ContainerExit {
        try await stop(id, grace: grace, signal: SIGTERM)
    }
}
