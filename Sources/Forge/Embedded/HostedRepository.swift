import Git
import KubeClient
import KubeModel
import Manifest

/// A Repository object with the git repository that it describes.
struct HostedRepository: Sendable {
    let key: ObjectKey
    let object: Value
    let spec: RepositorySpec
    let git: GitRepository
    /// The name of the branch that is meant: the one that pull requests land on unless they say otherwise, or another.
    private(set) var target: String

    init(key: ObjectKey, object: Value, spec: RepositorySpec, git: GitRepository) {
        self.key = key
        self.object = object
        self.spec = spec
        self.git = git
        target = spec.branch
    }

    /// The same repository, with another of its branches being meant.
    func on(_ branch: String) -> HostedRepository {
        var copy = self
        copy.target = branch
        return copy
    }

    /// `namespace/name`, as records and verdicts name it.
    var name: String { key.description }

    /// The full name of the branch that is meant.
    var branch: String { "refs/heads/\(target)" }

    var isDefaultBranch: Bool { target == spec.branch }

    /// Eight digits that stand for the branch where its name does not fit.
    var branchDigest: String {
        let hash = target.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let digits = String(hash >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// What records call the branch: nothing where it is the default one, which most are for.
    var recordedBranch: String? { isDefaultBranch ? nil : target }

    /// Whether pull requests can land on a branch: the default one, and others that only the queue moves, once they exist.
    func takesPullRequests(_ name: String) async throws -> Bool {
        if name == spec.branch { return true }
        let reference = "refs/heads/\(name)"
        guard ReferenceName.isValid(reference), isProtected(reference) else { return false }
        return try await git.reference(reference) != nil
    }

    /// What the auditor has found and not yet found in order again, as the object tells it: an alarm outlives the
    /// process that has raised it.
    var alarm: String? {
        guard let attested = object.conditions["Attested"], attested.status == .isFalse else { return nil }
        return attested.message
    }

    var gates: RepositorySpec.Gates { spec.gates ?? .required }

    /// Whether only the merge queue may move a reference.
    func isProtected(_ reference: String) -> Bool {
        guard reference.hasPrefix("refs/heads/") else { return false }
        let name = reference.dropFirst("refs/heads/".count)
        return name == spec.branch
            || (spec.protectedBranches ?? []).contains { Self.matches($0, String(name)) }
    }

    /// Whether a pattern, in which `*` stands for any characters, describes a name.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return pattern == name }
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first),
            name.count >= first.count + last.count, name.hasSuffix(last)
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}

extension EmbeddedForge {
    /// A repository by its key.
    ///
    /// - Throws: ``ForgeError`` with code `notFound`; `ManifestError` where the object cannot be read.
    func hosted(_ key: ObjectKey) throws -> HostedRepository {
        guard let object = repositories[key]?.value else {
            throw ForgeError(
                .notFound, "there is no repository \(key); make it with: slipway repo create \(key.name)")
        }
        return try hosted(key, object)
    }

    func hosted(_ key: ObjectKey, _ object: Value) throws -> HostedRepository {
        let spec = try ValueDecoder().decode(RepositorySpec.self, from: object["spec"] ?? .emptyObject)
        _ = try ReferenceName.branch(spec.branch)
        // Names of objects hold no slashes and do not begin with a dot, so that the path cannot leave the directory.
        let path = "\(configuration.repositories)/\(key.namespace)/\(key.name).git"
        return HostedRepository(
            key: key, object: object, spec: spec, git: GitRepository(path: path, program: program))
    }

    /// The pull requests of a repository, oldest first.
    func hostedPullRequests(of key: ObjectKey) -> [HostedPullRequest] {
        pullRequests.objects(index: Self.byRepository.name, value: key.description)
            .compactMap { try? HostedPullRequest($0.value ?? .null) }
            .sorted { $0.spec.number < $1.spec.number }
    }
}

/// A PullRequest object, read.
struct HostedPullRequest: Sendable {
    let key: ObjectKey
    var object: Value
    var spec: PullRequestSpec
    var status: PullRequestStatus

    init(_ object: Value) throws(ManifestError) {
        key = ObjectKey(object)
        self.object = object
        spec = try ValueDecoder().decode(PullRequestSpec.self, from: object["spec"] ?? .emptyObject)
        status = try ValueDecoder().decode(PullRequestStatus.self, from: object["status"] ?? .emptyObject)
    }

    /// Whether it can still land.
    var isOpen: Bool { spec.state == .open && status.phase != .merged && status.phase != .closed }

    /// The reference that keeps its commit.
    var reference: String { "refs/pull/\(spec.number)/head" }
}
