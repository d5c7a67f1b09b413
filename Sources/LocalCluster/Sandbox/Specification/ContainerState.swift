public import KubeModel

/// How far a container is, as the machine says at this moment.
public enum ContainerState: Sendable, Hashable {
    /// Prepared on disk, never seen running.
    case created
    case running(ContainerRun)
    case exited(ContainerExit)
}

/// A running container.
public struct ContainerRun: Sendable, Hashable {
    /// The container's first process, by its number on the machine; nil for one that is being started or ended.
    public let processID: Int32?
    /// When the program began to run.
    public let startedAt: Timestamp
}

/// How a container ended.
public struct ContainerExit: Sendable, Hashable {
    /// The exit code: 128 + n where signal n ended the process; 255 where the machine went down under it.
    public let code: Int32
    /// Nil where the container never ran.
    public let startedAt: Timestamp?
    /// When it ended.
    public let finishedAt: Timestamp
}

/// A pod found on disk.
public struct RecoveredPod: Sendable {
    /// What the pod was made of.
    public let spec: PodSandboxSpec
    /// Nil where the machine has restarted since: the pod's network and processes are gone, its logs are not.
    public let status: PodSandboxStatus?
    /// Every run that is on disk.
    public let containers: [ContainerID: ContainerState]
}

/// What a command that ran in a container said.
public struct ExecResult: Sendable, Hashable {
    /// 128 + n where signal n ended the command.
    public let exitCode: Int32
    /// Standard output and error together, the first 10 KiB of them.
    public let output: [UInt8]
}
