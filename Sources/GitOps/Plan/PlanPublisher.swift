/// A pull request whose plan is shown.
public struct PlanSubject: Sendable, Hashable {
    /// `<namespace>/<name>` of the Repository object.
    public var repository: String
    /// The address of the repository.
    public var url: String
    /// The number of the pull request there.
    public var number: Int

    /// A pull request.
    public init(repository: String, url: String, number: Int) {
        self.repository = repository
        self.url = url
        self.number = number
    }
}

/// Shows plans where reviewers look: as a comment on a pull request, on a page.
public protocol PlanPublisher: Sendable {
    /// Shows a plan in place of the one that was shown before.
    func publish(_ report: PlanReport, on subject: PlanSubject) async throws
}

/// Shows plans in several places.
public struct PlanPublishers: PlanPublisher {
    private let publishers: [any PlanPublisher]

    /// All of these, one after the other.
    public init(_ publishers: [any PlanPublisher]) { self.publishers = publishers }

    /// Shows the plan everywhere; the first failure ends it.
    public func publish(_ report: PlanReport, on subject: PlanSubject) async throws {
        for publisher in publishers { try await publisher.publish(report, on: subject) }
    }
}
