import Manifest

/// The kinds AnalysisTemplate, ClusterAnalysisTemplate and AnalysisRun of Argo Rollouts (`argoproj.io/v1alpha1`).
public enum Analysis {
    private static func resource(_ name: String) -> GroupVersionResource {
        GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: name)
    }

    /// Where templates of a namespace are served.
    public static let templates = resource("analysistemplates")
    /// Where templates of the whole cluster are served.
    public static let clusterTemplates = resource("clusteranalysistemplates")
    /// Where runs are served.
    public static let runs = resource("analysisruns")
    /// The kind of runs as owner references name it.
    public static let runKind = GroupVersionKind(
        group: "argoproj.io", version: "v1alpha1", kind: "AnalysisRun")

    private static let age = ResourceDefinition.Column(
        "Age", type: "date", path: ".metadata.creationTimestamp")

    /// How a server learns the three kinds.
    public static let definitions = [
        ResourceDefinition(
            templates, kind: "AnalysisTemplate", shortNames: ["at"], spec: ResourceDefinition.anyObject,
            columns: [age]),
        ResourceDefinition(
            clusterTemplates, kind: "ClusterAnalysisTemplate", shortNames: ["cat"], scope: .cluster,
            spec: ResourceDefinition.anyObject, columns: [age]),
        ResourceDefinition(
            runs, kind: "AnalysisRun", shortNames: ["ar"], spec: ResourceDefinition.anyObject,
            status: ResourceDefinition.anyObject,
            columns: [.init("Status", path: ".status.phase"), age]),
    ]
}
