import Git
import KubeClient
import KubeModel
import Manifest

extension QueueRunner {
    private static let maximumFilesTold = 5

    /// The reference that keeps a candidate's commit.
    func reference(_ number: Int) -> String {
        let folder = repository.isDefaultBranch ? "" : "heads/\(repository.target)/"
        return "refs/slipway/candidates/\(folder)\(number)"
    }

    /// The name of a candidate's run. Each branch counts its candidates itself, and has runs of its own name.
    private func runName(_ number: Int, _ place: Int) -> String {
        let branch = repository.isDefaultBranch ? "" : "\(repository.branchDigest)-"
        return "\(repository.key.name)-\(branch)c\(number)-\(place)"
    }

    /// Makes the commit that the branch would become.
    func build(_ candidate: QueueState.Candidate) async throws -> QueueEvent {
        let git = repository.git
        func refuse(_ reason: String, _ message: String) -> QueueEvent {
            .unbuildable(candidate.number, reason: reason, message: message)
        }
        guard let head = ObjectID(candidate.change.head), let base = ObjectID(candidate.base) else {
            return refuse("Invalid", "its commit is no full name")
        }
        let preview = try await previews.preview(of: head, into: base.isZero ? nil : base)
        let commit: ObjectID
        switch preview.outcome {
        case .conflicts(let files, let messages):
            let text = files.isEmpty ? messages : Self.conflict(files, repository.target)
            return refuse("Conflict", text)
        case .clean where base.isZero: commit = head
        case .clean(let tree):
            if preview.changes.isEmpty, try await git.isAncestor(head, of: base) {
                return refuse("NothingToMerge", "\(repository.target) holds \(head.short) already")
            }
            commit = try await write(tree: tree, base: base, head: head, for: candidate)
        }
        try await git.update([.set(reference(candidate.number), commit)], reason: "candidate")
        let scope = preview.pipelines.scope(of: preview.paths)
        if scope.lane != candidate.lane { return .misplaced(candidate.number, lane: scope.lane) }
        guard repository.gates == .required else {
            return .built(candidate.number, commit: commit.hex, runs: [])
        }
        if let gone = try await removedPipeline(preview, commit: commit) {
            return refuse("PipelineRemoved", "removes the pipeline file \(gone), but not what it tests")
        }
        guard !scope.services.isEmpty else {
            return refuse(
                "NoPipeline",
                "no pipeline file tests it; add \(PipelineFiles.path), or ask for none where there is only "
                    + "configuration: kubectl patch repository \(repository.key.name) --type=merge -p '{\"spec\":{\"gates\":\"None\"}}'"
            )
        }
        let runs = scope.services.enumerated().map { place, service in
            QueueState.Run(name: runName(candidate.number, place), service: service)
        }
        return .built(candidate.number, commit: commit.hex, runs: runs)
    }

    private static func conflict(_ files: [String], _ branch: String) -> String {
        let told = files.prefix(maximumFilesTold).joined(separator: ", ")
        let rest = files.count > maximumFilesTold ? " and \(files.count - maximumFilesTold) more" : ""
        return "conflicts with \(branch) in \(told)\(rest); rebase it and push again"
    }

    /// A pipeline file that a change takes away while something that it tested stays.
    private func removedPipeline(_ preview: MergePreview, commit: ObjectID) async throws -> String? {
        for service in preview.withoutPipeline {
            let left = try await repository.git.entry(service, at: commit)
            if service.isEmpty || left != nil { return PipelineFiles.file(of: service) }
        }
        return nil
    }

    private func write(
        tree: ObjectID, base: ObjectID, head: ObjectID, for candidate: QueueState.Candidate
    ) async throws -> ObjectID {
        let pull = try await forge.freshPullRequest(
            ObjectKey(namespace: repository.key.namespace, name: candidate.change.name))
        let author = try await repository.git.commit(head).author
        let seconds = forge.timeline.date.seconds
        let isSquash = repository.spec.mergeMethod == .squash
        let commit = Commit(
            tree: tree, parents: isSquash ? [base] : [base, head],
            author: isSquash ? author : Signature(name: author.name, email: author.email, seconds: seconds),
            committer: Signature(name: "Slipway", email: "slipway@localhost", seconds: seconds),
            message: message(
                pull, head: head, isSquash: isSquash,
                others: isSquash ? try await authors(of: head, since: base, but: author) : []))
        return try await repository.git.write(commit)
    }

    /// Those who have written commits of a series besides the author of its last one, as `Name <address>`, the first one
    /// first. Squashed commits are gone from the branch; who wrote them must stay known, as they may not approve it later.
    private func authors(
        of head: ObjectID, since base: ObjectID, but author: Signature
    ) async throws -> [String] {
        var known: Set = [author.email.lowercased()]
        var others: [String] = []
        func add(_ name: String, _ email: String) {
            if known.insert(email.lowercased()).inserted { others.append("\(name) <\(email)>") }
        }
        let series = try await repository.git.commits(
            of: head, excluding: [base], limit: EmbeddedForge.maximumCommits + 1)
        for id in series.reversed() {
            let commit = try await repository.git.commit(id)
            add(commit.author.name, commit.author.email)
            for trailer in commit.trailers where trailer.name.lowercased() == "co-authored-by" {
                let parts = trailer.value.split(separator: "<", maxSplits: 1)
                guard parts.count == 2, let end = parts[1].firstIndex(of: ">") else { continue }
                let name = parts[0].split(whereSeparator: \.isWhitespace).joined(separator: " ")
                add(name, String(parts[1][..<end]))
            }
        }
        return others
    }

    private func message(
        _ pull: HostedPullRequest, head: ObjectID, isSquash: Bool, others: [String]
    ) -> String {
        let spec = pull.spec
        let title = spec.title.split(whereSeparator: \.isNewline).first.map(String.init) ?? "Untitled"
        var text = isSquash ? "\(title) (#\(spec.number))\n" : "Merge #\(spec.number): \(title)\n"
        // The trailers of the body become the commit's, and stay in one paragraph with those below.
        let body = Commit(
            tree: .emptyTree, parents: [], author: Signature(name: "", email: "", seconds: 0),
            message: "\(title)\n\n\(spec.body ?? "")")
        var trailers = body.trailers
        let prose = Self.prose(of: spec.body ?? "", hasTrailers: !trailers.isEmpty)
        if !prose.isEmpty { text += "\n\(prose)\n" }
        let named = Set(trailers.filter { $0.name.lowercased() == "co-authored-by" }.map(\.value))
        for author in others where !named.contains(author) {
            trailers.append(.init("Co-authored-by", author))
        }
        trailers.append(.init("Pull-Request", "\(repository.key)#\(spec.number)"))
        if isSquash { trailers.append(.init("Pull-Request-Head", head.hex)) }
        for approver in MergeEligibility.approvals(spec, pull.status, repository.spec).sorted() {
            trailers.append(.init("Reviewed-by", approver))
        }
        return text + "\n" + trailers.map { "\($0.name): \($0.value)\n" }.joined()
    }

    /// A text without its last paragraph, where that is trailers, and without empty lines at its ends.
    private static func prose(of text: String, hasTrailers: Bool) -> String {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        func isEmpty(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
        func trimEnd() { while lines.last.map(isEmpty) == true { lines.removeLast() } }
        trimEnd()
        if hasTrailers {
            while let last = lines.last, !isEmpty(last) { lines.removeLast() }
            trimEnd()
        }
        return lines.drop(while: isEmpty).joined(separator: "\n")
    }

    /// Puts a tested change on the newer head of the branch, where what was merged meanwhile cannot matter to it.
    func rebase(_ candidate: QueueState.Candidate, onto: String) async throws -> QueueEvent {
        let git = repository.git
        let present = try await head()
        guard present == onto else { return .head(present) }
        guard repository.gates == .required, let base = ObjectID(onto), !base.isZero,
            let head = ObjectID(candidate.change.head),
            let tested = (candidate.testedCommit ?? candidate.commit).flatMap({ ObjectID($0) }),
            let testedBase = ObjectID(candidate.testedBase ?? candidate.base), !testedBase.isZero
        else { return .outdated(candidate.number) }
        let rebase = Rebase(git: git, testedBase: testedBase, testedCommit: tested)
        guard try await rebase.fault(base: base) == nil,
            case .clean(let tree) = try await git.merge(base, head)
        else { return .outdated(candidate.number) }
        let commit = try await write(tree: tree, base: base, head: head, for: candidate)
        guard try await rebase.fault(commit: commit, base: base) == nil else {
            return .outdated(candidate.number)
        }
        try await git.update(
            [.set(reference(candidate.number), commit), .set("refs/slipway/tested/\(tested)", tested)],
            reason: "candidate rebased")
        return .rebased(candidate.number, commit: commit.hex, base: onto)
    }
}
