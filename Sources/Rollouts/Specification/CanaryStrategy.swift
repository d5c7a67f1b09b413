public import KubeModel
import Manifest

/// A canary: a new version beside the stable one, given more traffic step by step.
public struct CanaryStrategy: Sendable, Hashable {
    /// The service that is pointed at the version that is wanted.
    public var canaryService: String?
    /// The service that is pointed at the version that users have.
    public var stableService: String?
    /// In order; none moves all traffic once all pods are there.
    public var steps: [CanaryStep]
    /// The hash of the steps as they stand, by which an edit of them is noticed.
    public var stepHash: String
    /// The service that is pointed at a fresh baseline; nil where there is to be none.
    public var baselineService: String?
    /// How requests are split; nil where the number of pods does it.
    public var traffic: TrafficRouting?
    /// Pods beyond the wanted number; 25 % by default.
    public var maxSurge: IntOrString
    /// Pods that may be missing; 25 % by default.
    public var maxUnavailable: IntOrString
    /// The analysis that runs beside all steps.
    public var analysis: AnalysisReference?
    /// Before old pods go after a promotion; nil takes 30 s.
    public var scaleDownDelay: Duration?
    /// How many old versions keep their pods for the delay; nil for all.
    public var scaleDownDelayRevisionLimit: Int?
    /// Before the canary's pods go after an abort; nil takes 30 s, zero keeps them.
    public var abortScaleDownDelay: Duration?
    /// Whether the stable pods make room for the canary's.
    public var dynamicStableScale: Bool
    /// The least number of pods of a version that gets traffic.
    public var minPodsPerReplicaSet: Int?
    /// nil asks for all pods of a step.
    public var progressThreshold: ProgressThreshold?

    /// How many of a step's pods must be available for it to go on.
    public enum ProgressThreshold: Sendable, Hashable {
        case percent(Int)
        case pods(Int)
    }

    /// How requests are split.
    public struct TrafficRouting: Sendable, Hashable {
        /// What stands for all traffic in weights.
        public var maximumWeight: Int
        /// The HTTPRoutes whose weights are set, in the rollout's namespace.
        public var httpRoutes: [String]
    }

    /// Reads `spec.strategy.canary`.
    ///
    /// - Parameter stepHash: of the steps as Argo Rollouts spells them.
    init(_ value: Value, stepHash: String) {
        canaryService = value["canaryService"]?.stringValue
        stableService = value["stableService"]?.stringValue
        steps = (value["steps"]?.arrayValue ?? []).compactMap(CanaryStep.init)
        self.stepHash = stepHash
        maxSurge = value["maxSurge"].flatMap(IntOrString.init) ?? "25%"
        maxUnavailable = value["maxUnavailable"].flatMap(IntOrString.init) ?? "25%"
        analysis = AnalysisReference(value["analysis"])
        scaleDownDelay = value["scaleDownDelaySeconds"]?.integerValue.map { .seconds($0) }
        scaleDownDelayRevisionLimit = value["scaleDownDelayRevisionLimit"]?.integerValue.map { Int($0) }
        abortScaleDownDelay = value["abortScaleDownDelaySeconds"]?.integerValue.map { .seconds($0) }
        dynamicStableScale = value["dynamicStableScale"]?.boolValue ?? false
        minPodsPerReplicaSet = value["minPodsPerReplicaSet"]?.integerValue.map { Int($0) }
        if let threshold = value["replicaProgressThreshold"], let amount = threshold["value"]?.integerValue {
            progressThreshold =
                threshold["type"]?.stringValue == "Percent" ? .percent(Int(amount)) : .pods(Int(amount))
        }
        traffic = value["trafficRouting"].map(TrafficRouting.init)
        baselineService = value["trafficRouting"].flatMap(TrafficRouting.baselineService)
    }
}

extension CanaryStrategy.TrafficRouting {
    /// The key under which Argo Rollouts' Gateway API plugin is configured.
    static let gatewayPlugin = "argoproj-labs/gatewayAPI"

    /// The service for a fresh baseline, which is named beside the routes.
    static func baselineService(_ value: Value) -> String? {
        let gateway = value["gatewayAPI"] ?? value["plugins", gatewayPlugin]
        return gateway?["baselineService"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads `trafficRouting`: its own key `gatewayAPI`, or the plugin's, which Argo users have.
    init(_ value: Value) {
        maximumWeight = value["maxTrafficWeight"]?.integerValue.map { Int($0) } ?? 100
        let gateway = value["gatewayAPI"] ?? value["plugins", Self.gatewayPlugin]
        let one = gateway?["httpRoute"]?.stringValue.map { [$0] } ?? []
        let many = (gateway?["httpRoutes"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        httpRoutes = one + many
    }
}
