public import KubeClient
import KubeModel
public import Logging
import Manifest
public import Sigstore

/// Writes a `Release` for the image of every commit that has passed its gates and become its branch's.
///
///     let writer = ReleaseWriter(client, ReleaseWriter.Settings(verifiers: [key], sources: sources))
///     try await writer.install()
///     try await writer.run()
///
/// It decides from objects alone, so a process that was killed at any moment goes on where it was. A release is written
/// once and never changed.
public struct ReleaseWriter: Reconciler {
    /// What a writer needs to know.
    public struct Settings: Sendable {
        /// The only namespace whose pull requests count; nil for all.
        public var namespace: String?
        /// Whose verdicts count.
        public var verifiers: [any Verifier]
        /// Where commits are looked up.
        public var sources: any SourceProvider

        /// Believes verdicts of the verifiers.
        public init(namespace: String? = nil, verifiers: [any Verifier], sources: any SourceProvider) {
            self.namespace = namespace
            self.verifiers = verifiers
            self.sources = sources
        }
    }

    private static let index = "pullRequest"
    /// The labels of a release, for selectors.
    static let (serviceLabel, repositoryLabel, commitLabel) = (
        "slipway.dev/service", "slipway.dev/repository", "slipway.dev/commit"
    )

    private let client: KubeClient
    private let settings: Settings
    private let logger: Logger
    private let runs: WatchCache
    private let pulls: WatchCache

    /// A writer at rest.
    public init(
        _ client: KubeClient, _ settings: Settings, logger: Logger = Logger(label: "slipway.releases")
    ) {
        self.client = client
        self.settings = settings
        self.logger = logger
        runs = WatchCache(
            client, .pipelineRuns, namespace: settings.namespace, mode: .full,
            indexes: [
                CacheIndex(Self.index) { run in
                    (run["spec", "pullRequests"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
                }
            ], logger: logger)
        pulls = WatchCache(
            client, .pullRequests, namespace: settings.namespace, mode: .full, logger: logger)
    }

    /// Teaches the API the kinds that are read and written.
    public func install() async throws {
        try await client.install([.pipelineRuns, .pullRequests, .releases])
    }

    /// Writes releases until the task is cancelled.
    public func run() async throws {
        let landed = EventPredicate { event in
            event.object.value?["status", "mergeCommit"]?.stringValue != nil
        }
        let passed = EventPredicate { event in
            event.object.value?["status", "phase"]?.stringValue == RunPhase.passed.rawValue
                && event.object.value?["status", "artifact"] != nil
        }
        let controller = Controller(
            "releases", self,
            sources: [
                .objects(of: pulls, where: landed),
                .events(of: runs, where: passed) { event in
                    let names = event.object.value?["spec", "pullRequests"]?.arrayValue ?? []
                    return names.compactMap { $0["name"]?.stringValue }.map {
                        ObjectKey(namespace: event.key.namespace, name: $0)
                    }
                },
            ], timeline: client.timeline, logger: logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runs.run() }
            group.addTask { await pulls.run() }
            group.addTask { await controller.run() }
        }
    }

    /// Writes what is missing for one pull request.
    public func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pull = pulls[key]?.value, let landed = pull["status", "mergeCommit"]?.stringValue,
            let repository = pull["spec", "repository"]?.stringValue,
            try await isDefault(pull["spec", "target"]?.stringValue, of: repository, in: key.namespace)
        else { return .done }
        let decision = ReleaseDecision(
            pullRequest: key.name, head: Self.mergedHead(of: pull), repository: repository, landed: landed,
            verifiers: settings.verifiers)
        let objects = runs.objects(index: Self.index, value: key.name).filter {
            $0.key.namespace == key.namespace
        }
        let known = objects.compactMap { $0.value.flatMap(Self.run) }
        for run in decision.decisive(among: known) {
            guard
                let tree = try await settings.sources.tree(
                    repository: repository, namespace: key.namespace, commit: landed)
            else { throw TerminalError("\(landed) is no commit of \(repository)") }
            do throws(PipelineError) {
                guard let planned = try decision.release(of: run, tree: tree) else { continue }
                try await write(planned, in: key.namespace)
            } catch {
                guard error.code == .verdictRefused else { throw error }
                throw TerminalError(error.message)
            }
        }
        return .done
    }

    /// Whether a branch is the one that is delivered. What lands on another protected branch is tested and signed, but
    /// promoting it would take environments back to it.
    private func isDefault(
        _ branch: String?, of repository: String, in namespace: String
    ) async throws -> Bool {
        do {
            let object = try await client.get(.repositories, repository, namespace: namespace)
            return branch == object["spec", "defaultBranch"]?.stringValue ?? "main"
        } catch let error as APIError where error.isNotFound {
            // A forge elsewhere keeps its repositories to itself.
            return true
        }
    }

    /// The commit of a pull request that was merged. One that is merged as a whole stands at it.
    private static func mergedHead(of pull: Value) -> String? {
        if let head = pull["status", "mergedHead"]?.stringValue { return head }
        let isWhole = pull["status", "phase"]?.stringValue == PullRequestStatus.Phase.merged.rawValue
        return isWhole ? pull["spec", "head"]?.stringValue : nil
    }

    private static func run(_ value: Value) -> ReleaseDecision.Run? {
        guard let spec = value["spec"], let status = value["status"],
            let asked = try? ValueDecoder().decode(PipelineRunSpec.self, from: spec),
            let told = try? ValueDecoder().decode(PipelineRunStatus.self, from: status)
        else { return nil }
        return ReleaseDecision.Run(
            name: value.metadata.name,
            createdAt: value.metadata.creationTimestamp ?? Timestamp(seconds: 0), spec: asked, status: told)
    }

    private func write(_ planned: ReleaseDecision.Planned, in namespace: String) async throws(PipelineError) {
        do {
            var object: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
                "spec": try ValueEncoder().encode(planned.spec),
            ]
            object.metadata.name = planned.name
            object.metadata.labels = [
                Self.repositoryLabel: planned.spec.repository, Self.commitLabel: planned.spec.commit,
                Self.serviceLabel: planned.spec.service ?? "",
            ]
            let made = try await client.create(.releases, object, namespace: namespace)
            logger.info("released", metadata: ["release": "\(namespace)/\(planned.name)"])
            // Whoever was faster in saying something about the release knows more than this.
            let status: Value = [
                "metadata": ["resourceVersion": .string(made.metadata.resourceVersion)],
                "status": ["phase": .string(ReleaseStatus.Phase.available.rawValue)],
            ]
            _ = try? await client.patch(
                .releases, planned.name, namespace: namespace, .merge(status), subresource: "status")
        } catch let error as APIError where error.isAlreadyExists {
            return
        } catch {
            throw PipelineError(
                .programFailed, "the release \(namespace)/\(planned.name) cannot be written: \(error)")
        }
    }
}
