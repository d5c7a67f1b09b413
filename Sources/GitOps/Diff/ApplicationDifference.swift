public import Git
public import KubeClient
public import KubeModel
import Manifest

/// What syncing an application to a commit would change, for people to read.
public struct ApplicationDifference: Sendable {
    /// What would change.
    public struct Result: Sendable {
        /// An object that would change: `added`, `changed`, or `removed` by a sync that prunes.
        public struct Change: Sendable {
            /// `added`, `changed` or `removed`.
            public var change: String
            /// The object.
            public var key: ResourceKey
            /// The difference as `diff -u` shows it, secrets masked.
            public var difference: String
        }

        /// What would change, in the order in which the source renders it.
        public var changes: [Change] = []
        /// Objects that whoever asks may not read, so that nothing can be said of them.
        public var hidden: [ResourceKey] = []
        /// The fields that others have set in the application's objects.
        public var foreign: [(key: ResourceKey, fields: [ForeignFields])] = []

        /// The changes for a terminal.
        public var text: String {
            changes.map { "=== \($0.change) \($0.key)\n\($0.difference)" }.joined()
        }

        /// The fields of others for a terminal.
        public var foreignText: String {
            foreign.map { object in
                object.fields.map {
                    "\(object.key): set by \($0.manager): \($0.paths.joined(separator: ", "))\n"
                }
                .joined()
            }.joined()
        }
    }

    private let client: KubeClient
    private let controlNamespace: String
    private let isServerSide: Bool

    /// A comparison against a cluster.
    ///
    /// - Parameter isServerSide: whether the server is asked what it would make of each object, by a dry run.
    public init(_ client: KubeClient, controlNamespace: String, isServerSide: Bool) {
        self.client = client
        self.controlNamespace = controlNamespace
        self.isServerSide = isServerSide
    }

    /// Compares.
    ///
    /// - Throws: `GitError`, ``GitOpsError``, `APIError`, `KubeClientError`.
    public func compute(
        _ application: Application, repository: GitRepository, revision: String,
        renderer: SourceRenderer = SourceRenderer()
    ) async throws -> Result {
        guard let source = application.source else {
            throw GitOpsError(.invalidSpec, "spec.source: required, but missing")
        }
        let commit = try await repository.commit(revision: revision).id
        let objects = try await CommitLoader(repository: repository, cache: GitObjectCache())
            .render(commit, from: source.path) { try renderer.render(source, from: $0) }
        let name = TrackingID.name(of: application, controlNamespace: controlNamespace)
        let mapper = RESTMapper(client)
        let catalog = CatalogStore(client)
        var result = Result()
        var wanted: Set<ResourceKey> = []
        for object in objects where !object.annotations.isHook {
            let mapping = try? await mapper.mapping(for: object.kind)
            if let mapping { try await catalog.learn(mapping) }
            let target = ApplicationTarget(
                object, mapping: mapping, isNamespaced: mapping?.isNamespaced ?? true, application: name,
                namespace: application.destination.namespace)
            wanted.insert(target.key)
            do {
                try await compare(target, application, catalog, &result)
            } catch let error as APIError {
                // The server, or the merge done here, may repeat the value it does not like.
                throw GitOpsError(
                    .refused,
                    "\(target.key) cannot be compared: \(SecretWords(target.value).masked(error.description))"
                )
            }
        }
        for resource in application.status["resources"]?.arrayValue ?? [] {
            let key = ResourceKey(
                group: resource["group"]?.stringValue ?? "", kind: resource["kind"]?.stringValue ?? "",
                namespace: resource["namespace"]?.stringValue ?? "", name: resource["name"]?.stringValue ?? ""
            )
            guard !wanted.contains(key) else { continue }
            try await remove(key, resource["version"]?.stringValue ?? "v1", mapper, &result)
        }
        return result
    }

    private func compare(
        _ target: ApplicationTarget, _ application: Application, _ catalog: CatalogStore,
        _ result: inout Result
    ) async throws {
        var live: Value?
        var answer: Value?
        let options = ApplicationSyncOptions(application.syncPolicy.options)
            .options(for: target.annotations.options)
        if let mapping = target.mapping {
            let namespace = mapping.isNamespaced ? target.key.namespace : nil
            do {
                live = try await client.get(mapping.resource, target.key.name, namespace: namespace)
                if isServerSide, options.serverSideApply != false {
                    var write = WriteOptions()
                    write.isDryRun = true
                    answer = try await client.apply(
                        mapping.resource, target.value, namespace: namespace,
                        fieldManager: KindCatalog.fieldManager, force: true, options: write)
                }
            } catch let error as APIError where error.isNotFound {
                live = nil
            } catch let error as APIError where error.code == 403 {
                result.hidden.append(target.key)
                return
            }
        }
        let differ = ObjectDiffer(
            catalog: catalog.current, ignored: IgnoreRules(application.ignoreDifferences))
        let isClientSide = options.serverSideApply == false
        let comparison = try differ.compare(
            target: target.value, live: live, answer: answer, isClientSide: isClientSide)
        if !comparison.foreignFields.isEmpty { result.foreign.append((target.key, comparison.foreignFields)) }
        guard !comparison.isSynced else { return }
        result.changes.append(
            Self.change(live == nil ? "added" : "changed", target.key, comparison.live, comparison.predicted))
    }

    private func remove(
        _ key: ResourceKey, _ version: String, _ mapper: RESTMapper, _ result: inout Result
    ) async throws {
        let kind = GroupVersionKind(group: key.group, version: version, kind: key.kind)
        guard let mapping = try? await mapper.mapping(for: kind) else { return }
        do {
            let live = try await client.get(
                mapping.resource, key.name, namespace: mapping.isNamespaced ? key.namespace : nil)
            result.changes.append(Self.change("removed", key, ObjectDiffer.comparable(live), nil))
        } catch let error as APIError where error.isNotFound {
            return
        }
    }

    private static func change(
        _ change: String, _ key: ResourceKey, _ old: Value?, _ new: Value?
    ) -> Result.Change {
        let texts = SecretMask.masked(old, new).map { value in
            value.map { YAML.string($0, options: YAML.WriteOptions(keyOrder: .sorted)) } ?? ""
        }
        return Result.Change(change: change, key: key, difference: LineDiff.unified(texts[0], texts[1]))
    }
}
