/// How promotion works in an installation.
public struct PromotionSettings: Sendable {
    /// The namespace of Slipway's own objects.
    public var namespace = "slipway"
    /// The name of the config repository's Repository object.
    public var repository = "config"
    /// Where Applications read the config repository; nil for what the Repository object says.
    public var repositoryURL: String?
    /// The project of Applications that are made.
    public var project = "default"
    /// Labels of the namespaces of Applications that are made, such as `slipway.dev/signatures: required`.
    public var namespaceLabels: [String: String] = [:]
    /// What tells this process from others that could write the same branch.
    public var identity = "slipway"
    /// How many services are worked on at once.
    public var concurrency = 4
    /// How often the config repository is looked at, besides when it is heard of.
    public var pollInterval = Duration.seconds(5)
    /// After how long something that could not be found out or begun is tried again.
    public var retryInterval = Duration.seconds(15)
    /// How the lane writes.
    public var lane = PromotionLane.Settings()

    /// The settings of one process for the branch `main` of `config`.
    public init() {}
}
