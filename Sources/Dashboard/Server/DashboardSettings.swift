public import Git
public import KubeClient
public import KubeModel
public import Logging
public import Manifest

/// What a dashboard is connected to.
public struct DashboardSettings: Sendable {
    /// Reaches the API without a credential of its own: requests carry that of the user who looks.
    public var transport: any APITransport
    /// Where Slipway's own objects are.
    public var namespace: String
    /// The logs of pipeline steps; nil where they are elsewhere.
    public var logs: (any StepLogs)?
    /// Does to pull requests what only the forge may do; by default over HTTP, as the Repository's status says where.
    public var forge: any PullRequestActions
    /// The git repository behind an address or the name of a Repository object, where it is on this machine.
    public var repository: @Sendable (String) async -> GitRepository? = { _ in nil }
    /// Whether browsers reach it over TLS, so that cookies are kept to that.
    public var isSecure = false
    /// After so long without a request of a person a session is over.
    public var idleLimit = Duration.seconds(30 * 60)
    /// After so long a session is over whatever happens.
    public var sessionLimit = Duration.seconds(12 * 60 * 60)
    /// The most pages that are kept up to date at the same time; further ones are not live.
    public var maximumStreams = 256
    /// The most of one user, however often they have logged in.
    public var maximumStreamsPerUser = 32
    /// The time by which sessions end and pages tell ages.
    public var timeline: Timeline
    /// Is told of pages that fail.
    public var logger: Logger

    /// Settings for an API.
    public init(
        transport: any APITransport, namespace: String = "slipway", timeline: Timeline = .continuous,
        logger: Logger = Logger(label: "slipway.dashboard")
    ) {
        self.transport = transport
        self.namespace = namespace
        self.timeline = timeline
        self.logger = logger
        forge = ForgeOverHTTP()
    }
}

/// The logs of the steps of pipeline runs.
public protocol StepLogs: Sendable {
    /// What was written of a step's log from an offset on; nil where there is no such log (yet).
    ///
    /// It may be a part of it: who wants all reads on until nothing comes.
    ///
    /// - Parameters:
    ///   - run: the name of the PipelineRun object.
    ///   - step: `gate.step`.
    func read(run: String, step: String, from offset: Int) async throws -> StepLogPart?

    /// The end of a step's log; nil where there is no such log (yet).
    ///
    /// - Parameter count: the most bytes to answer.
    func tail(run: String, step: String, bytes count: Int) async throws -> StepLogTail?
}

extension StepLogs {
    /// The end of a step's log, for those who can only read from the beginning.
    public func tail(run: String, step: String, bytes count: Int) async throws -> StepLogTail? {
        guard var part = try await read(run: run, step: step, from: 0) else { return nil }
        var tail = StepLogTail(bytes: [], length: 0, isComplete: part.isComplete)
        while !part.bytes.isEmpty {
            tail.length += part.bytes.count
            tail.bytes = Array((tail.bytes + part.bytes).suffix(count))
            guard let next = try await read(run: run, step: step, from: tail.length) else { break }
            part = next
        }
        return tail
    }
}

/// A part of a log.
public struct StepLogPart: Sendable, Hashable {
    /// What was read.
    public var bytes: [UInt8]
    /// Whether nothing more will be written.
    public var isComplete: Bool

    /// A part of a log.
    public init(bytes: [UInt8], isComplete: Bool) {
        self.bytes = bytes
        self.isComplete = isComplete
    }
}

/// The end of a log.
public struct StepLogTail: Sendable, Hashable {
    /// The last bytes.
    public var bytes: [UInt8]
    /// The offset at which they end.
    public var length: Int
    /// Whether nothing more will be written.
    public var isComplete: Bool

    /// The end of a log.
    public init(bytes: [UInt8], length: Int, isComplete: Bool) {
        self.bytes = bytes
        self.length = length
        self.isComplete = isComplete
    }
}

/// What people do to pull requests, and only the forge may write down.
public protocol PullRequestActions: Sendable {
    /// Does something and answers a sentence about it.
    ///
    /// - Parameters:
    ///   - action: `review`, `merge` or `close`.
    ///   - repository: the Repository object of the pull request.
    ///   - fields: `state`, `body` and `head` of a review.
    /// - Throws: `APIError` with `forbidden`; any error whose description is for people.
    func act(
        _ action: String, pullRequest: String, repository: Value, fields: [String: String], token: String
    ) async throws -> String
}
