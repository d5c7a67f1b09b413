import GitOps
import KubeClient
import KubeModel
import Manifest

/// One application as a tree: its objects, what they own in turn, and how each does.
struct ApplicationPage: Page {
    let namespace: String
    let name: String
    /// The namespaces its objects are in, as they were when the page was loaded.
    let places: [String]

    var title: String { name }
    var section: Section { .apps }
    var trail: [Link] { [Link("Applications", "/apps")] }
    var collections: [ObjectCollection] {
        [ObjectCollection(Application.resource, in: namespace)]
            + places.flatMap { place in Self.dependents.map { ObjectCollection($0, in: place) } }
    }

    func subject(of ability: Viewer.Ability) -> Viewer.Subject? {
        ability == .sync ? Viewer.Subject(namespace: namespace, name: name) : nil
    }

    /// The kinds whose objects are owned by others and that people look for.
    private static let dependents: [GroupVersionResource] = [.replicaSets, .pods, .jobs]
    /// So many namespaces are looked into.
    static let maximumPlaces = 4

    /// The namespaces of an application's objects.
    static func places(of application: Value) -> [String] {
        let all = application.list("status", "resources").map { $0.word("namespace") }
        return Array(Set(all.filter { !$0.isEmpty }).sorted().prefix(maximumPlaces))
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let application = context.objects.object(Application.resource, name) else {
            throw DashboardError(.notFound, "there is no application \(name)")
        }
        var fields = ApplicationsPage.row(application, context)
        fields["roots"] = .list(roots(of: application, context))
        fields["history"] = .list(
            application.list("status", "history").suffix(8).reversed().map { entry in
                [
                    "short": .text(Short.commit(entry.word("revision"))),
                    "revision": .text(entry.word("revision")),
                    "deployed": .group(
                        Moments.fields(entry["deployedAt"]?.stringValue, now: context.now)),
                    "by": .text(
                        entry["initiatedBy", "automated"]?.boolValue == true
                            ? "by itself" : entry.word("initiatedBy", "username")),
                ]
            })
        let spoken = ApplicationsPage.spoken(application).map { [$0] } ?? []
        return [Region(name: "application", template: "application", fields: fields, spoken: spoken)]
    }

    // MARK: The tree

    private func roots(of application: Value, _ context: PageContext) -> [Fields] {
        let dependents = Self.dependents.flatMap { resource in context.objects[resource] }
        let owned = Dictionary(grouping: dependents) { $0.metadata.controller?.uid ?? "" }
        return application.list("status", "resources").map { resource in
            let name = resource.word("name")
            let kind = resource.word("kind")
            var fields: Fields = [
                "kind": .text(kind), "name": .text(name), "namespace": .text(resource.word("namespace")),
                "sync": Tone.badge(phase: resource["status"]?.stringValue),
                "health": Tone.badge(phase: resource["health", "status"]?.stringValue),
                "message": .text(resource.word("health", "message")),
                "isPruned": .flag(resource["requiresPruning"]?.boolValue == true),
                "wave": .text(resource["syncWave"]?.integerValue.map { "wave \($0)" } ?? ""),
            ]
            if kind == "Rollout", resource.word("group") == "argoproj.io" {
                fields["path"] = .text("/rollouts/\(resource.word("namespace"))/\(name)")
            }
            // What an object owns names it by kind and name; a live object's uid is in the owner's reference alone.
            let uids = Set(
                dependents.compactMap { object -> String? in
                    guard let owner = object.metadata.controller, owner.name == name, owner.kind == kind,
                        object.metadata.namespace == resource.word("namespace")
                    else { return nil }
                    return owner.uid
                })
            fields["branch"] = Self.branch(uids.sorted().flatMap { children(of: $0, owned) })
            return fields
        }
    }

    private func children(of uid: String, _ owned: [String: [Value]]) -> [Fields] {
        (owned[uid] ?? []).filter(Self.isShown).sorted { $0.metadata.name < $1.metadata.name }.map { object in
            let health = Health.assess(object)
            return [
                "kind": .text(object.kind), "name": .text(object.metadata.name),
                "health": Tone.badge(phase: health?.status.rawValue),
                "message": .text(health?.message ?? ""),
                "branch": Self.branch(children(of: object.metadata.uid, owned)),
            ]
        }
    }

    private static func branch(_ nodes: [Fields]) -> Fields.Field {
        nodes.isEmpty ? .text("") : .group(["nodes": .list(nodes)])
    }

    /// Replica sets of the past have no pods and say nothing.
    private static func isShown(_ object: Value) -> Bool {
        object.kind != "ReplicaSet" || (object["spec", "replicas"]?.integerValue ?? 0) > 0
            || (object["status", "replicas"]?.integerValue ?? 0) > 0
    }
}

/// What a sync of an application would change, computed when it is asked for.
struct ApplicationDifferencePage: Page {
    let namespace: String
    let name: String

    var title: String { "Difference" }
    var section: Section { .apps }
    var trail: [Link] { [Link("Applications", "/apps"), Link(name, "/apps/\(name)")] }
    var collections: [ObjectCollection] { [ObjectCollection(Application.resource, in: namespace)] }

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let object = context.objects.object(Application.resource, name) else {
            throw DashboardError(.notFound, "there is no application \(name)")
        }
        let application = Application(object)
        if let url = application.source?.repoURL {
            let permission = Self.permission(toRead: url, otherwiseIn: namespace)
            guard try await permission.isHeld(by: context.client) else {
                let fault: Fields.Field = "Your role does not let you read the repository \(url)."
                return [
                    Region(
                        name: "difference", template: "diff",
                        fields: ["title": "Difference", "fault": fault])
                ]
            }
        }
        return [
            Region(name: "difference", template: "diff", fields: await difference(application, context))
        ]
    }

    /// What the forge asks for before it serves a repository: its address ends in `NAMESPACE/NAME.git`.
    private static func permission(toRead url: String, otherwiseIn namespace: String) -> Permission {
        let path = url.split(separator: "://", maxSplits: 1).last ?? ""
        let parts = path.split(separator: "/")
        var name = parts.last.map(String.init) ?? url
        if name.hasSuffix(".git") { name.removeLast(4) }
        return .readRepository(name, in: parts.count > 2 ? String(parts[parts.count - 2]) : namespace)
    }

    private func difference(_ application: Application, _ context: PageContext) async -> Fields {
        let revision = application.status.word("sync", "revision")
        guard let source = application.source,
            let repository = await context.settings.repository(source.repoURL)
        else {
            return [
                "title": "Difference",
                "fault": "The repository of this application is not on this machine; use slipway app diff.",
            ]
        }
        do {
            let result = try await ApplicationDifference(
                context.client, controlNamespace: namespace, isServerSide: false
            ).compute(
                application, repository: repository,
                revision: revision.isEmpty ? source.targetRevision : revision)
            let files = result.changes.map { change in
                var file = FileDifference(name: "\(change.key)")
                file.notes = [change.change]
                file.lines = FileDifference.lines(change.difference)
                return file
            }
            var fields = DiffView.fields(title: "What a sync would change", files: files)
            fields["isInSync"] = .flag(result.changes.isEmpty && result.hidden.isEmpty)
            fields["hidden"] = .list(result.hidden.map { ["text": .text($0.description)] })
            return fields
        } catch {
            return ["title": "Difference", "fault": .text("The difference cannot be computed: \(error)")]
        }
    }
}
