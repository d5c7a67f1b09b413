import Git

/// One try to put promotions on top of a head: commits that are made but not yet the branch's.
struct LaneAttempt {
    /// What became of an intent.
    enum Outcome: Sendable {
        /// The commit of the series that writes it.
        case commit(ObjectID)
        /// Git has it already, since this commit.
        case present(ObjectID)
        case refused(PromotionError)
    }

    /// Who writes, and when.
    struct Author: Sendable {
        var name: String
        var email: String
        var seconds: Int64

        var signature: Signature { Signature(name: name, email: email, seconds: seconds) }
    }

    private let branch: any ConfigBranch
    private let head: ObjectID
    private let author: Author
    private let screen: @Sendable (PromotionIntent) -> PromotionError?
    private(set) var series: CommitSeries
    private var drafts: [String: FileDraft] = [:]
    /// The promotion that wrote a value in this very series.
    private var writers: [FieldTarget: (intent: PromotionIntent, commit: ObjectID)] = [:]

    init(
        _ branch: any ConfigBranch, head: ObjectID, author: Author,
        screen: @escaping @Sendable (PromotionIntent) -> PromotionError? = { _ in nil }
    ) {
        self.branch = branch
        self.head = head
        self.author = author
        self.screen = screen
        series = CommitSeries(on: head, in: branch.repository)
    }

    /// Adds a commit for an intent, or says why there is none.
    ///
    /// - Throws: `GitError` where the repository cannot be read.
    mutating func apply(_ intent: PromotionIntent) async throws -> Outcome {
        do throws(PromotionError) {
            try await open(intent.target.file)
        } catch {
            return .refused(error)
        }
        guard var draft = drafts[intent.target.file] else {
            return .refused(
                PromotionError(
                    .notFound,
                    "\(branch.name) has no \(intent.target.file) at \(head.short); \(intent.environment) of "
                        + "\(intent.service) needs that file, or a path in its delivery.yaml"))
        }
        do {
            let present = try draft.text(at: intent.target.place)
            if present == intent.value { return .present(try await origin(of: intent, present).id) }
            if let error = screen(intent) { return .refused(error) }
            if present != intent.expected { try await mayReplace(present, intent) }
            try draft.set(intent.target.place, to: intent.value, newName: newName(of: intent))
        } catch let error as PromotionError {
            return .refused(error)
        }
        drafts[intent.target.file] = draft
        let commit = try await series.append(
            [.write(intent.target.file, draft.bytes)], author: author.signature,
            message: PromotionMessage.text(intent))
        writers[intent.target] = (intent, commit.id)
        return .commit(commit.id)
    }

    /// Reads back what was written.
    ///
    /// - Throws: `ManifestError` where a file does not read as wanted.
    mutating func check() throws {
        for name in drafts.keys { try drafts[name]?.settle() }
    }

    private mutating func open(_ file: String) async throws(PromotionError) {
        guard drafts[file] == nil else { return }
        let bytes: [UInt8]?
        do {
            bytes = try await branch.repository.blob(file, at: head)
        } catch {
            throw PromotionError(.unavailable, "\(branch.name) cannot be read: \(error)")
        }
        if let bytes { drafts[file] = try FileDraft(bytes, file: file) }
    }

    /// An entry that is made names the image's repository, where that is not its own name.
    private func newName(of intent: PromotionIntent) -> String? {
        switch intent.target.place {
        case .imageDigest(let name), .imageTag(let name): intent.image == name ? nil : intent.image
        case .path: nil
        }
    }

    // MARK: Values that are not what they should be

    /// Whether a value that was not expected may give way nevertheless: to a later promotion of the same lane.
    ///
    /// - Throws: ``PromotionError`` where it may not.
    private func mayReplace(_ present: String?, _ intent: PromotionIntent) async throws {
        let origin = try await origin(of: intent, present)
        let told = present.map { "\"\($0)\"" } ?? "nothing"
        let expected = intent.expected.map { "\"\($0)\"" } ?? "nothing"
        guard let entry = origin.entry, entry.service == intent.service,
            entry.environment == intent.environment
        else {
            throw PromotionError(
                .changed,
                "\(intent.target) is \(told), set by \(origin.words); \(expected) was expected, so it was "
                    + "left as it is. Revert that commit, or approve the release again to replace it")
        }
        guard intent.kind == .promotion, !entry.isRollback, entry.sequence < intent.reason.sequence else {
            throw PromotionError(
                .superseded,
                "\(intent.environment) of \(intent.service) has \(entry.release) by \(entry.promotion) "
                    + "(commit \(origin.id.short)) meanwhile; \(intent.reason.release) does not replace it")
        }
    }

    /// Where a value comes from.
    private struct Origin {
        var id: ObjectID
        var entry: PromotionEntry?
        /// The commit, for people.
        var words: String
    }

    private func origin(of intent: PromotionIntent, _ present: String?) async throws -> Origin {
        if let writer = writers[intent.target],
            let commit = series.commits.last(where: { $0.id == writer.commit })
        {
            return Origin(id: commit.id, entry: PromotionEntry(commit), words: "this batch")
        }
        let commit = try await FieldHistory(branch.repository).lastChange(of: intent.target, at: head)
        guard let commit else { return Origin(id: head, entry: nil, words: "a commit before \(head.short)") }
        return Origin(id: commit.id, entry: PromotionEntry(commit), words: FieldHistory.words(commit))
    }
}
