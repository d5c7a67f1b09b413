import KubeModel

/// What splits requests between two services.
protocol TrafficRouter: Sendable {
    /// What the router can do beyond weights.
    var capabilities: TrafficCapabilities { get }

    /// How requests are split now.
    ///
    /// - Throws: `missingReference` or `trafficRouting`, which say what is missing on which object.
    func observe() throws(RolloutsError) -> RolloutSnapshot.Traffic

    /// Whether a service is still sent requests, whoever asked for that.
    func sends(to service: String) -> Bool

    /// Sends so much of all requests to the canary, so much to the fresh baseline, and the rest to the stable version.
    ///
    /// - Throws: `APIError`, `KubeClientError`; ``RolloutsError`` as ``observe()``.
    func setWeight(_ weight: Int, baseline: Int) async throws
}

/// What routers differ in.
struct TrafficCapabilities: Sendable, OptionSet {
    let rawValue: Int

    /// Weights of requests.
    static let weights = TrafficCapabilities(rawValue: 1)
    /// The router tells when it has taken up a change.
    static let acknowledges = TrafficCapabilities(rawValue: 2)
    /// Requests with certain headers go to the canary.
    static let headerRoutes = TrafficCapabilities(rawValue: 4)
    /// Copies of requests go to the canary.
    static let mirrorRoutes = TrafficCapabilities(rawValue: 8)
}
