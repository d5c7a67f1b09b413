public import Manifest

/// An Argo CD `Application`: a place in a repository whose manifests are to be in a cluster.
///
/// A reader over the object's tree. Fields it does not name stay in the tree untouched.
public struct Application: Sendable {
    public let object: Value

    /// Reads an object of the kind.
    public init(_ object: Value) { self.object = object }

    /// The collection that holds the objects.
    public static let resource = GroupVersionResource(
        group: "argoproj.io", version: "v1alpha1", resource: "applications")
    /// The kind of the objects.
    public static let kind = GroupVersionKind(group: "argoproj.io", version: "v1alpha1", kind: "Application")
    /// The finalizer that makes the deletion of an application delete what it has made.
    public static let resourcesFinalizer = "resources-finalizer.argocd.argoproj.io"
    /// The same, with the objects' dependents deleted in the background.
    public static let backgroundFinalizer = "resources-finalizer.argocd.argoproj.io/background"
    /// The annotation that asks for a comparison now: `normal`, or `hard` past every cache.
    public static let refreshAnnotation = "argocd.argoproj.io/refresh"
    /// The annotation that keeps the controller's hands off: `"true"`.
    public static let skipReconcileAnnotation = "argocd.argoproj.io/skip-reconcile"

    /// The annotation that says how the application is compared: `ServerSideDiff=true` asks the server.
    public static let compareOptionsAnnotation = "argocd.argoproj.io/compare-options"

    /// The annotation that says until when, in RFC 3339, changes in the cluster are not undone: a rollback has made them,
    /// and git is about to say the same.
    public static let healingWaitsAnnotation = "slipway.dev/healing-waits-until"

    /// Until when changes in the cluster are not undone; nil where they are.
    public var healingWaitsUntil: Timestamp? {
        object.metadata.annotations[Self.healingWaitsAnnotation].flatMap(Timestamp.init(rfc3339:))
    }

    public var name: String { object.metadata.name }
    public var namespace: String { object.metadata.namespace }
    private var spec: Value { object["spec"] ?? .emptyObject }

    /// The project that says what the application may do.
    public var project: String {
        let name = spec["project"]?.stringValue ?? ""
        return name.isEmpty ? "default" : name
    }

    /// Where the manifests stand; nil where the spec has no single source.
    public var source: ApplicationSource? {
        guard let source = spec["source"], source.objectValue != nil else { return nil }
        return ApplicationSource(source)
    }

    public var destination: ApplicationDestination {
        ApplicationDestination(spec["destination"] ?? .emptyObject)
    }

    public var syncPolicy: ApplicationSyncPolicy { ApplicationSyncPolicy(spec["syncPolicy"] ?? .emptyObject) }

    /// Whether what seems to differ is looked at by the server before it counts.
    public var comparesOnServer: Bool {
        (object.metadata.annotations[Self.compareOptionsAnnotation] ?? "").split(separator: ",")
            .contains { $0.filter { !$0.isWhitespace } == "ServerSideDiff=true" }
    }

    /// Differences that do not count, as entries of `spec.ignoreDifferences`.
    public var ignoreDifferences: [Value] { spec["ignoreDifferences"]?.arrayValue ?? [] }

    /// How many entries of `status.history` are kept.
    public var revisionHistoryLimit: Int {
        Int(clamping: spec["revisionHistoryLimit"]?.integerValue ?? 10)
    }

    /// The request for a sync that waits to be taken up, nil where there is none.
    public var operation: Value? {
        guard let operation = object["operation"], operation.objectValue != nil else { return nil }
        return operation
    }

    public var status: Value { object["status"] ?? .emptyObject }

    /// The fields of the spec that Slipway does not act on yet, as messages for the condition that refuses them.
    public var refusals: [String] {
        var faults: [String] = []
        if let sources = spec["sources"], !(sources.arrayValue ?? []).isEmpty {
            faults.append("spec.sources: several sources are not supported yet; use spec.source")
        }
        if spec["sourceHydrator"] != nil {
            faults.append("spec.sourceHydrator: the source hydrator is not supported; use spec.source")
        }
        if spec["source"] == nil, faults.isEmpty { faults.append("spec.source: required, but missing") }
        if let source { faults += source.refusals }
        for (place, rule) in ignoreDifferences.enumerated() {
            guard !(rule["jqPathExpressions"]?.arrayValue ?? []).isEmpty else { continue }
            faults.append(
                "spec.ignoreDifferences[\(place)].jqPathExpressions: jq is not supported yet; use jsonPointers "
                    + "or managedFieldsManagers")
        }
        return faults
    }
}

/// `spec.source` of an application.
public struct ApplicationSource: Sendable, Hashable {
    /// The source as it stands in the spec.
    public let value: Value

    /// Reads a source.
    public init(_ value: Value) { self.value = value }

    private func text(_ field: String) -> String { value[field]?.stringValue ?? "" }

    public var repoURL: String { text("repoURL") }
    /// The directory in the repository, without `./` and slashes at the ends.
    public var path: String {
        text("path").split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
            .joined(separator: "/")
    }
    /// A branch, tag or commit; `HEAD` where none is given.
    public var targetRevision: String {
        let revision = text("targetRevision")
        return revision.isEmpty ? "HEAD" : revision
    }
    /// The overrides of a kustomization.
    public var kustomize: Value? { value["kustomize"].flatMap { $0.objectValue == nil ? nil : $0 } }
    /// The settings of a plain directory.
    public var directory: Value? { value["directory"].flatMap { $0.objectValue == nil ? nil : $0 } }

    var refusals: [String] {
        var faults: [String] = []
        if repoURL.isEmpty { faults.append("spec.source.repoURL: required, but missing") }
        if !text("chart").isEmpty {
            faults.append(
                "spec.source.chart: Helm charts are not supported yet; commit the rendered manifests")
        }
        if value["helm"]?.objectValue?.isEmpty == false {
            faults.append("spec.source.helm: Helm is not supported yet; commit the rendered manifests")
        }
        if value["plugin"]?.objectValue != nil {
            faults.append("spec.source.plugin: config management plugins are not supported")
        }
        if !text("ref").isEmpty {
            faults.append("spec.source.ref: references between sources are not supported yet")
        }
        if directory?["jsonnet"]?.objectValue?.isEmpty == false {
            faults.append(
                "spec.source.directory.jsonnet: Jsonnet is not supported; commit the rendered manifests")
        }
        return faults
    }
}

/// `spec.destination` of an application.
public struct ApplicationDestination: Sendable, Hashable {
    public let value: Value

    /// Reads a destination.
    public init(_ value: Value) { self.value = value }

    /// The address of the cluster that Slipway itself runs on.
    public static let inCluster = "https://kubernetes.default.svc"

    /// The address of the cluster; that of `in-cluster` where neither address nor name is given.
    public var server: String {
        let server = value["server"]?.stringValue ?? ""
        return server.isEmpty && (name.isEmpty || name == "in-cluster") ? Self.inCluster : server
    }
    /// The name of the cluster, empty where its address is given.
    public var name: String { value["name"]?.stringValue ?? "" }
    /// The namespace of objects that name none.
    public var namespace: String { value["namespace"]?.stringValue ?? "" }
}

/// `spec.syncPolicy` of an application.
public struct ApplicationSyncPolicy: Sendable, Hashable {
    public let value: Value

    /// Reads a policy.
    public init(_ value: Value) { self.value = value }

    private var automated: Value? {
        guard let automated = value["automated"], !automated.isNull else { return nil }
        return automated["enabled"]?.boolValue == false ? nil : automated
    }

    /// Whether a difference is synced without being asked for.
    public var isAutomated: Bool { automated != nil }
    /// Whether automated syncs delete what is no longer wanted.
    public var prunes: Bool { automated?["prune"]?.boolValue ?? false }
    /// Whether changes in the cluster are undone.
    public var selfHeals: Bool { automated?["selfHeal"]?.boolValue ?? false }
    /// Whether an automated sync may leave nothing.
    public var allowsEmpty: Bool { automated?["allowEmpty"]?.boolValue ?? false }
    /// The entries of `syncOptions` as they are written.
    public var options: [String] { (value["syncOptions"]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// `retry` as it is written, nil where it is not.
    public var retry: Value? { value["retry"].flatMap { $0.objectValue == nil ? nil : $0 } }
    /// Labels and annotations of the namespace that `CreateNamespace=true` makes.
    public var managedNamespaceMetadata: Value? { value["managedNamespaceMetadata"] }
}
