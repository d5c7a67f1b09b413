import Crypto
public import Git
public import KubeModel
import Manifest

/// Renders both ends of a range of commits and tells what it changes, without a cluster.
///
/// Applications are found in the repository itself: every manifest of the kind, and those that other applications
/// render (app of apps), and those that follow from deliveries. Those that only a cluster knows can be given. Only applications are rendered whose inputs or definitions the range touches.
public struct Planner: Sendable {
    private let repository: GitRepository
    private let renderer: SourceRenderer
    private let cache = GitObjectCache()
    /// The address that applications name this repository by; nil takes every application whose path exists here.
    private let url: String?
    private let blastRadius: BlastRadius
    private let given: [Application]

    /// A planner over a repository.
    ///
    /// - Parameter applications: applications that stand nowhere in the repository, as a cluster has them; of those that
    ///   do, the repository's word counts.
    public init(
        _ repository: GitRepository, url: String? = nil, applications: [Application] = [],
        renderer: SourceRenderer = SourceRenderer(), blastRadius: BlastRadius = BlastRadius()
    ) {
        given = applications
        self.repository = repository
        self.url = url.map(RepositoryURL.normalized)
        self.renderer = renderer
        self.blastRadius = blastRadius
    }

    /// An application at one end of the range.
    private struct Rendered {
        let application: Application
        var objects: [ResourceKey: Value] = [:]
        var order: [ResourceKey] = []
        var trace = FileTrace()
        var fault = ""
    }

    /// Tells what a range of commits changes.
    ///
    /// - Parameters:
    ///   - base: where the range begins, as git names it; a branch is meant before a tag of its name.
    ///   - head: where it ends.
    /// - Throws: `GitError`; ``GitOpsError``.
    public func plan(from base: String, to head: String) async throws -> PlanReport {
        let old = try await repository.commit(revision: base).id
        let new = try await repository.commit(revision: head).id
        let changes = try await repository.changes(from: old, to: new)
        let before = try await applications(at: old)
        let after = try await applications(at: new)
        var report = PlanReport(base: old.hex, head: new.hex, total: after.count, applications: [])
        var known: Set<String> = []
        var pending = Set(before.keys).union(after.keys).sorted()
        var olds = before
        var news = after
        while let name = pending.first {
            pending.removeFirst()
            guard known.insert(name).inserted else { continue }
            let left = try await render(olds[name], at: old)
            let isUnchanged =
                left != nil && olds[name]?.object["spec"] == news[name]?.object["spec"]
                && !changes.contains {
                    left?.trace.isTouched(by: $0.path, contentsOnly: $0.status == .modified) ?? true
                }
            let right = isUnchanged ? left : try await render(news[name], at: new)
            // Applications that this one renders.
            for (key, object) in left?.objects ?? [:] where key.kind == "Application" {
                if olds[key.name] == nil { olds[key.name] = Application(object) }
                if !known.contains(key.name) { pending.append(key.name) }
            }
            for (key, object) in right?.objects ?? [:] where key.kind == "Application" {
                if news[key.name] == nil {
                    news[key.name] = Application(object)
                    report.total += 1
                }
                if !known.contains(key.name) { pending.append(key.name) }
            }
            if isUnchanged { continue }
            if let plan = plan(name, left, right) { report.applications.append(plan) }
        }
        report.applications.sort { $0.name < $1.name }
        return report
    }

    private func plan(_ name: String, _ left: Rendered?, _ right: Rendered?) -> PlanReport.ApplicationPlan? {
        var changes: [PlanReport.Change] = []
        let fault = right?.fault ?? ""
        if fault.isEmpty {
            for key in right?.order ?? [] {
                let new = right?.objects[key]
                let old = left?.objects[key]
                guard old != new else { continue }
                changes.append(Self.change(old == nil ? .added : .changed, key, old, new))
            }
            for key in left?.order ?? [] where right?.objects[key] == nil {
                changes.append(Self.change(.removed, key, left?.objects[key], nil))
            }
        }
        let wasFaulty = !(left?.fault.isEmpty ?? true)
        guard !changes.isEmpty || (!fault.isEmpty && !wasFaulty) || left?.fault != right?.fault else {
            return nil
        }
        let removed = changes.count { $0.kind == .removed }
        let existing = left?.objects.count ?? 0
        let approval = blastRadius.approvalReason(
            deletions: removed, existing: existing, rendersNothing: right?.objects.isEmpty ?? false)
        return PlanReport.ApplicationPlan(
            name: name, path: (right ?? left)?.application.source?.path ?? "", changes: changes, fault: fault,
            approval: right == nil ? "" : approval ?? "", digest: right.map(Self.digest) ?? "")
    }

    private static func change(
        _ kind: PlanReport.Change.Kind, _ key: ResourceKey, _ old: Value?, _ new: Value?
    ) -> PlanReport.Change {
        let masked = SecretMask.masked(old, new)
        let texts = masked.map { value in
            value.map { YAML.string($0, options: YAML.WriteOptions(keyOrder: .sorted)) } ?? ""
        }
        return PlanReport.Change(kind: kind, key: key, difference: LineDiff.unified(texts[0], texts[1]))
    }

    /// The digest of what an application renders to; the same as of what the controller applies, marks left out.
    private static func digest(of rendered: Rendered) -> String {
        var hash = SHA256()
        for key in rendered.order.sorted() {
            hash.update(data: JSON.write(rendered.objects[key] ?? .null, options: .init(sortsKeys: true)))
        }
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    private func render(_ application: Application?, at commit: ObjectID) async throws -> Rendered? {
        guard let application, let source = application.source else { return nil }
        var rendered = Rendered(application: application)
        if let refusal = application.refusals.first {
            rendered.fault = refusal
            return rendered
        }
        let loader = CommitLoader(repository: repository, cache: cache)
        let renderer = renderer
        let outcome = try await loader.render(commit, from: source.path) { tree in
            let recorder = RecordingFileTree(tree)
            do {
                let objects = try renderer.render(source, from: recorder)
                return (recorder.trace, objects, "")
            } catch let error as GitOpsError {
                return (recorder.trace, [], error.description)
            }
        }
        rendered.trace = outcome.0
        rendered.fault = outcome.2
        for object in outcome.1 {
            var value = object.value
            var key = object.key
            let isNamespaced = BuiltinKinds.strategy(for: object.kind)?.descriptor.isNamespaced ?? true
            if isNamespaced, key.namespace.isEmpty {
                key.namespace = application.destination.namespace
                value.metadata.namespace = key.namespace
            }
            if rendered.objects.updateValue(value, forKey: key) == nil { rendered.order.append(key) }
        }
        return rendered
    }

    /// The applications that stand as manifests in the files of a commit.
    private func applications(at commit: ObjectID) async throws -> [String: Application] {
        var applications: [String: Application] = [:]
        var delivered: [Application] = []
        for file in try await repository.files(at: commit)
        where [".yaml", ".yml", ".json"].contains(where: { file.path.hasSuffix($0) }) {
            guard file.mode == .file || file.mode == .executable,
                let bytes = try? await repository.blob(file.id, limit: 4 << 20),
                Self.mayHold(bytes, DeliveryApplications.kind) || Self.mayHold(bytes, "Application"),
                let objects = try? ManifestReader.objects(in: bytes, file: file.path)
            else { continue }
            for object in objects.flatMap(ManifestReader.flattened) {
                guard object.kind == "Application", object.apiVersion == "argoproj.io/v1alpha1" else {
                    delivered += DeliveryApplications.applications(
                        of: object, file: file.path, url: url ?? ".")
                    continue
                }
                let application = Application(object)
                guard await isOurs(application, at: commit) else { continue }
                applications[application.name] = application
            }
        }
        for application in given where await isOurs(application, at: commit) {
            applications[application.name] = applications[application.name] ?? application
        }
        for application in delivered where await isOurs(application, at: commit) {
            applications[application.name] = applications[application.name] ?? application
        }
        return applications
    }

    private static func mayHold(_ bytes: [UInt8], _ kind: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(kind)
    }

    private func isOurs(_ application: Application, at commit: ObjectID) async -> Bool {
        guard let source = application.source else { return false }
        if let url { return RepositoryURL.normalized(source.repoURL) == url }
        return (try? await repository.entry(source.path, at: commit)) != nil
    }
}
