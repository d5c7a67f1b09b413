public import KubeModel
import Manifest

/// Blue-green: the new version runs whole beside the old one before it gets all traffic at once.
public struct BlueGreenStrategy: Sendable, Hashable {
    /// The service that all users reach.
    public var activeService: String
    /// The service that reaches the new version before its promotion.
    public var previewService: String?
    /// The pods of a preview before its switch; nil for all.
    public var previewReplicaCount: Int?
    /// Whether nobody has to promote.
    public var isAutoPromoted: Bool
    /// How long a fully available preview waits before it is promoted by itself.
    public var autoPromotionDelay: Duration
    /// Pods that may be missing in a restart.
    public var maxUnavailable: IntOrString
    /// Before old pods go after a promotion; nil takes 30 s.
    public var scaleDownDelay: Duration?
    /// How many old versions keep their pods for the delay; nil for all.
    public var scaleDownDelayRevisionLimit: Int?
    /// Before an aborted preview's pods go; nil takes 30 s, zero keeps them.
    public var abortScaleDownDelay: Duration?
    /// What has to pass before the switch.
    public var prePromotionAnalysis: AnalysisReference?
    /// What has to pass after it, or the switch is undone.
    public var postPromotionAnalysis: AnalysisReference?

    /// Whether the controller pauses before the switch.
    var pauses: Bool { !isAutoPromoted || autoPromotionDelay > .zero }

    /// Reads `spec.strategy.blueGreen`.
    init(_ value: Value) {
        activeService = value["activeService"]?.stringValue ?? ""
        previewService = value["previewService"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        previewReplicaCount = value["previewReplicaCount"]?.integerValue.map { Int($0) }
        isAutoPromoted = value["autoPromotionEnabled"]?.boolValue ?? true
        autoPromotionDelay = .seconds(value["autoPromotionSeconds"]?.integerValue ?? 0)
        maxUnavailable = value["maxUnavailable"].flatMap(IntOrString.init) ?? "25%"
        scaleDownDelay = value["scaleDownDelaySeconds"]?.integerValue.map { .seconds($0) }
        scaleDownDelayRevisionLimit = value["scaleDownDelayRevisionLimit"]?.integerValue.map { Int($0) }
        abortScaleDownDelay = value["abortScaleDownDelaySeconds"]?.integerValue.map { .seconds($0) }
        prePromotionAnalysis = AnalysisReference(value["prePromotionAnalysis"])
        postPromotionAnalysis = AnalysisReference(value["postPromotionAnalysis"])
    }
}
