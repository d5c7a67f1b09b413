public import Manifest

extension Health {
    /// How well an object does, by what its status says; nil where there is nothing to judge by.
    ///
    /// The rules of built-in kinds are gitops-engine's (`pkg/health`), with the messages kubectl and Argo CD users
    /// know. A kind without a rule of its own is judged by the conventions of kstatus. We differ on purpose in
    /// `Application`, which Argo CD does not judge (a parent must wait for its children), and in jobs that were
    /// suspended and resumed, which Argo CD takes for complete.
    public static func assess(_ object: Value) -> Health? {
        let metadata = object.metadata
        if metadata.isDeleting, !metadata.finalizers.contains(hookFinalizer) {
            return .progressing("Pending deletion")
        }
        guard let kind = GroupVersionKind(object) else { return nil }
        if let rule = rules[GroupKind(group: kind.group, kind: kind.kind)] {
            return rule(object, kind.version)
        }
        if kind.group == "slipway.dev" { return ownKind(object) }
        return conventional(object)
    }

    /// The finalizer that keeps finished hooks until their sync has seen how they ended.
    public static let hookFinalizer = "argocd.argoproj.io/hook-finalizer"

    typealias Rule = @Sendable (_ object: Value, _ version: String) -> Health?

    private static let rules: [GroupKind: Rule] = [
        GroupKind(group: "apps", kind: "Deployment"): { object, _ in deployment(object) },
        GroupKind(group: "apps", kind: "StatefulSet"): { object, _ in statefulSet(object) },
        GroupKind(group: "apps", kind: "DaemonSet"): { object, _ in daemonSet(object) },
        GroupKind(group: "apps", kind: "ReplicaSet"): { object, _ in replicaSet(object) },
        GroupKind(kind: "Pod"): { object, _ in pod(object) },
        GroupKind(group: "batch", kind: "Job"): { object, _ in job(object) },
        GroupKind(kind: "PersistentVolumeClaim"): { object, _ in volumeClaim(object) },
        GroupKind(kind: "Namespace"): { object, _ in namespace(object) },
        GroupKind(kind: "Service"): { object, _ in service(object) },
        GroupKind(group: "networking.k8s.io", kind: "Ingress"): { object, _ in ingress(object) },
        GroupKind(group: "extensions", kind: "Ingress"): { object, _ in ingress(object) },
        GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler"): { autoscaler($0, version: $1) },
        GroupKind(group: "apiregistration.k8s.io", kind: "APIService"): { object, _ in apiService(object) },
        GroupKind(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition"): { object, _ in
            definition(object)
        },
        GroupKind(group: "argoproj.io", kind: "Rollout"): { object, _ in rollout(object) },
        GroupKind(group: "argoproj.io", kind: "AnalysisRun"): { object, _ in analysisRun(object) },
        GroupKind(group: "argoproj.io", kind: "Experiment"): { object, _ in analysisRun(object) },
        GroupKind(group: "argoproj.io", kind: "Application"): { object, _ in application(object) },
    ]
}

/// Reading of a status, where what is missing counts as zero, as in Go.
struct StatusReader {
    let object: Value
    let status: Value
    let spec: Value

    init(_ object: Value) {
        self.object = object
        status = object["status"] ?? .emptyObject
        spec = object["spec"] ?? .emptyObject
    }

    func count(_ field: String) -> Int64 { status[field]?.integerValue ?? 0 }

    /// Whether the controller has not seen the newest spec yet.
    var isOutdated: Bool {
        object.metadata.generation > count("observedGeneration")
    }

    func condition(_ type: String) -> Condition? {
        Conditions(status["conditions"]?.arrayValue ?? [])[type]
    }

    var conditions: [Condition] { (status["conditions"]?.arrayValue ?? []).compactMap(Condition.init) }
}
