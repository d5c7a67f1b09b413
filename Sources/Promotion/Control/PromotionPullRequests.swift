public import Git

/// The pull request in which a promotion waits for what people say.
public struct PromotionProposal: Sendable, Hashable {
    /// The branch it is shown from, one for each service and environment: `promote/orders/production`.
    public var branch: String
    /// The commit that the config branch would get, on top of its newest one.
    public var head: ObjectID
    /// The title of the pull request.
    public var title: String
    /// What it says, in Markdown.
    public var body: String

    /// A proposal for a branch that is made already.
    public init(branch: String, head: ObjectID, title: String, body: String) {
        self.branch = branch
        self.head = head
        self.title = title
        self.body = body
    }

    /// What people have to do for it, and that nobody merges it.
    public var waitsFor: String? {
        Self.place(of: branch).map { service, environment in
            "lands by itself once \(environment) has its approvals: approve it here, or with "
                + "slipway approve \(service) \(environment)"
        }
    }

    /// The branch for a service's environment.
    public static func branch(service: String, environment: String) -> String {
        "promote/\(service)/\(environment)"
    }

    /// The service that a branch is for; nil for other branches.
    public static func service(of branch: String) -> String? { place(of: branch)?.service }

    /// The service and the environment that a branch is for; nil for other branches.
    static func place(of branch: String) -> (service: String, environment: String)? {
        let parts = branch.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 3 && parts[0] == "promote" ? (parts[1], parts[2]) : nil
    }
}

/// Opens and closes promotions' pull requests on whatever forge the config repository has.
///
/// They are shown as drafts: a promotion is written by the lane once it is approved, never by the merge queue.
public protocol PromotionPullRequests: Sendable {
    /// Opens the pull request of a branch, or brings the one that is open to the commit.
    func show(_ proposal: PromotionProposal) async throws
    /// Closes the pull request of a branch, if one is open.
    ///
    /// - Parameter reason: what people are told.
    func close(branch: String, reason: String) async throws
}
