public import KubeModel

/// Which part of a container's output is wanted, as `PodLogOptions` says it.
public struct ContainerLogOptions: Sendable, Hashable {
    /// Goes on with what the container writes until it ends.
    public var follow: Bool = false
    /// Only so many of the last lines.
    public var tailLines: Int?
    /// Only what was written from this moment on.
    public var since: Timestamp?
    /// Puts the time of its writing before every line.
    public var timestamps: Bool = false
    /// Ends after so many bytes.
    public var limitBytes: Int?

    /// The whole log up to now, without timestamps.
    public init() {}
}
