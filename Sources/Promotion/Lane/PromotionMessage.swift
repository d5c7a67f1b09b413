public import Git

/// The messages of the lane's commits, from which everything can be told again without the server.
public enum PromotionMessage {
    /// The message of the commit for an intent.
    public static func text(_ intent: PromotionIntent) -> String {
        let reason = intent.reason
        let short = reason.commit.prefix(12)
        let subject: String
        let body: String
        switch intent.kind {
        case .promotion:
            subject = "Promote \(intent.service) \(short) to \(intent.environment)"
            body = "\(intent.environment) of \(intent.service) runs \(intent.value)\(replacing(intent))."
        case .rollback:
            subject = "Roll \(intent.service) back to \(short) in \(intent.environment)"
            body =
                "\(intent.environment) of \(intent.service) runs \(intent.value) again\(replacing(intent))."
        }
        var text = "\(line(subject))\n\n\(line(body))\n"
        if let cause = reason.cause { text += "\n\(line(cause))\n" }
        return text + "\n"
            + trailers(intent).map { "\($0.name): \($0.value)\n" }.joined()
    }

    private static func replacing(_ intent: PromotionIntent) -> String {
        intent.expected.map { ", in place of \($0)" } ?? ""
    }

    static func trailers(_ intent: PromotionIntent) -> [Commit.Trailer] {
        let reason = intent.reason
        var trailers: [Commit.Trailer] = []
        func add(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            trailers.append(.init(name, line(value)))
        }
        add("Promotion", reason.promotion)
        add("Sequence", String(reason.sequence))
        add("Service", intent.service)
        add("Environment", intent.environment)
        add("Release", reason.release)
        add("Digest", reason.digest)
        add("Image", intent.image)
        add("Replaces", intent.expected ?? "nothing")
        add("Commit", reason.commit)
        add("Repository", reason.repository)
        add("Gates", reason.gates.joined(separator: ", "))
        add("Verdict", reason.verdict)
        add("Signer", reason.signer)
        for approval in reason.approvals { add("Approved-by", approval) }
        add("Requested-by", reason.requestedBy)
        add("Rule", reason.rule)
        add("Rollback-of", reason.rollbackOf)
        return trailers
    }

    /// Without line breaks, which would end a trailer and let its text pass for others.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}

/// A promotion, told again from its commit alone.
public struct PromotionEntry: Sendable, Hashable {
    /// The name of the Promotion object.
    public var promotion: String
    /// The place among the service's promotions.
    public var sequence: Int
    /// The service's name.
    public var service: String
    /// The environment's name.
    public var environment: String
    /// The name of the Release object.
    public var release: String
    /// `sha256:…` of the image.
    public var digest: String
    /// Whether it takes an environment back.
    public var isRollback: Bool
    /// Who approved it, with the objects that say so and when.
    public var approvals: [String]
    /// The rule that let it go.
    public var rule: String

    /// - Returns: nil for a commit that is no promotion.
    public init?(_ commit: Commit) {
        let trailers = commit.trailers
        func value(_ name: String) -> String? { trailers.last { $0.name == name }?.value }
        guard let promotion = value("Promotion"), let sequence = value("Sequence").flatMap({ Int($0) }),
            let service = value("Service"), let environment = value("Environment"),
            let release = value("Release"), let digest = value("Digest")
        else { return nil }
        self.promotion = promotion
        self.sequence = sequence
        self.service = service
        self.environment = environment
        self.release = release
        self.digest = digest
        isRollback = commit.subject.hasPrefix("Roll ")
        approvals = trailers.filter { $0.name == "Approved-by" }.map(\.value)
        rule = value("Rule") ?? ""
    }
}
