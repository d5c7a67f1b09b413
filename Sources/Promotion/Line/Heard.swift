import KubeModel

/// What was said in a review, which a forge forgets when the branch is made anew.
struct Heard: Codable, Sendable, Hashable {
    var environment: String
    var digest: String
    var user: String
    var isApproval: Bool
    var comment: String?
    /// RFC 3339, to the second.
    var at: String
    var source: String

    init(_ opinion: LineFacts.Opinion) {
        environment = opinion.environment
        digest = opinion.digest
        user = opinion.user
        isApproval = opinion.isApproval
        comment = opinion.comment
        at = opinion.at.rfc3339
        source = opinion.source
    }

    /// What only the last word of a person counts for.
    struct Subject: Hashable {
        var environment: String
        var digest: String
        var user: String
    }

    var subject: Subject { Subject(environment: environment, digest: digest, user: user) }

    /// The word as it was heard; nil where its time cannot be read.
    var opinion: LineFacts.Opinion? {
        Timestamp(rfc3339: at).map { moment in
            LineFacts.Opinion(
                environment: environment, digest: digest, user: user, isApproval: isApproval,
                comment: comment, at: moment, source: source, isReview: true)
        }
    }
}

extension LineFacts.Opinion {
    /// Which of two words is the later one; of one moment and object, the one that keeps the release back.
    ///
    /// No two words are equal in it, so that what is written down does not depend on the order of looking.
    struct Order: Comparable {
        private let at: Timestamp
        private let words: [String]

        init(_ opinion: LineFacts.Opinion) {
            at = opinion.at
            words = [
                opinion.source, opinion.isApproval ? "0" : "1", opinion.user, opinion.environment,
                opinion.digest, opinion.comment ?? "",
            ]
        }

        static func < (one: Self, other: Self) -> Bool {
            if one.at != other.at { return one.at < other.at }
            return one.words.lexicographicallyPrecedes(other.words)
        }
    }

    var order: Order { Order(self) }
}
