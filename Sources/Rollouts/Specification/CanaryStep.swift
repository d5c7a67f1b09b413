import KubeModel
import Manifest

/// A step of a canary: what is done, or waited for, before the next.
public enum CanaryStep: Sendable, Hashable {
    /// So much of the traffic to the canary, of the maximum weight.
    case setWeight(Int)
    /// Nothing for a while; until somebody resumes where there is no duration.
    case pause(Duration?)
    /// Pods for the canary whatever its weight.
    case setCanaryScale(CanaryScale)
    /// An analysis, whose success is awaited.
    case analysis(AnalysisReference)

    /// How many pods the canary gets.
    public enum CanaryScale: Sendable, Hashable {
        case replicas(Int)
        /// As many as the weight would take.
        case weight(Int)
        /// As many as the traffic's weight takes, as without the step.
        case matchTrafficWeight
    }

    /// Reads an entry of `steps`; nil where it is of no kind this version knows.
    ///
    /// Where an entry names several, the one is taken that Argo Rollouts would complete it by.
    init?(_ value: Value) {
        if let pause = value["pause"] {
            self = .pause(pause["duration"].flatMap(GoDuration.field))
        } else if let scale = value["setCanaryScale"] {
            if scale["matchTrafficWeight"]?.boolValue == true {
                self = .setCanaryScale(.matchTrafficWeight)
            } else if let replicas = scale["replicas"]?.integerValue {
                self = .setCanaryScale(.replicas(Int(replicas)))
            } else if let weight = scale["weight"]?.integerValue {
                self = .setCanaryScale(.weight(Int(weight)))
            } else {
                return nil
            }
        } else if let weight = value["setWeight"]?.integerValue {
            self = .setWeight(Int(weight))
        } else if let analysis = AnalysisReference(value["analysis"]) {
            self = .analysis(analysis)
        } else {
            return nil
        }
    }

    /// The step as events and the command line name it: `setWeight: 20`.
    public var description: String {
        switch self {
        case .setWeight(let weight): "setWeight: \(weight)"
        case .pause(nil): "pause"
        case .pause(let duration?): "pause: \(duration)"
        case .setCanaryScale(.replicas(let count)): "setCanaryScale{replicas: \(count)}"
        case .setCanaryScale(.weight(let weight)): "setCanaryScale{weight: \(weight)}"
        case .setCanaryScale(.matchTrafficWeight): "setCanaryScale{matchTrafficWeight: true}"
        case .analysis(let reference): "analysis: \(reference.templates.map(\.name).joined(separator: ", "))"
        }
    }

    /// Whether time in the step is not counted as lack of progress.
    var isIndefinite: Bool {
        switch self {
        case .pause, .analysis: true
        case .setWeight, .setCanaryScale: false
        }
    }
}
