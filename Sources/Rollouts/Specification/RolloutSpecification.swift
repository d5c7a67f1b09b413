import Judge
import KubeModel
public import Manifest

/// What a Rollout asks for, with Argo Rollouts' defaults (`utils/defaults/defaults.go`).
public struct RolloutSpecification: Sendable, Hashable {
    /// How a new version replaces the old one.
    public enum Strategy: Sendable, Hashable {
        case canary(CanaryStrategy)
        case blueGreen(BlueGreenStrategy)
    }

    /// The pods wanted; 1 by default.
    public var replicas: Int
    /// Which pods are the rollout's; it cannot be changed.
    public var selector: Value
    /// The pods of the version that is wanted.
    public var template: Value
    /// For how long a pod must be ready to count as available.
    public var minReadySeconds: Int
    /// How many old versions are kept without pods; 10 by default.
    public var revisionHistoryLimit: Int
    /// Whether somebody holds the rollout.
    public var isPaused: Bool
    /// After so long without progress the rollout is degraded; 10 minutes by default.
    public var progressDeadline: Duration
    /// Whether lack of progress aborts.
    public var abortsAtDeadline: Bool
    /// Within how many revisions a rollback skips the steps; 0 for none.
    public var rollbackWindow: Int
    /// How many finished analysis runs are kept, of those that succeeded and of the others.
    public var runHistory: (successful: Int, unsuccessful: Int) { (successfulRuns, unsuccessfulRuns) }
    private var successfulRuns: Int
    private var unsuccessfulRuns: Int
    /// How a new version replaces the old one.
    public var strategy: Strategy

    /// Reads a Rollout that validation has let through; a strategy that is missing reads as a canary without steps.
    public init(_ rollout: Value) {
        let spec = rollout["spec"] ?? .emptyObject
        replicas = spec["replicas"]?.integerValue.map { Int($0) } ?? 1
        selector = spec["selector"] ?? .emptyObject
        template = spec["template"] ?? .emptyObject
        minReadySeconds = spec["minReadySeconds"]?.integerValue.map { Int($0) } ?? 0
        revisionHistoryLimit = spec["revisionHistoryLimit"]?.integerValue.map { Int($0) } ?? 10
        isPaused = spec["paused"]?.boolValue ?? false
        progressDeadline = .seconds(spec["progressDeadlineSeconds"]?.integerValue ?? 600)
        abortsAtDeadline = spec["progressDeadlineAbort"]?.boolValue ?? false
        rollbackWindow = spec["rollbackWindow", "revisions"]?.integerValue.map { Int($0) } ?? 0
        successfulRuns = spec["analysis", "successfulRunHistoryLimit"]?.integerValue.map { Int($0) } ?? 5
        unsuccessfulRuns = spec["analysis", "unsuccessfulRunHistoryLimit"]?.integerValue.map { Int($0) } ?? 5
        if let blueGreen = spec["strategy", "blueGreen"] {
            strategy = .blueGreen(BlueGreenStrategy(blueGreen))
        } else {
            let canary = spec["strategy", "canary"] ?? .emptyObject
            strategy = .canary(CanaryStrategy(canary, stepHash: StepHash.hash(canary["steps"])))
        }
    }

    var canary: CanaryStrategy? {
        if case .canary(let canary) = strategy { canary } else { nil }
    }

    var blueGreen: BlueGreenStrategy? {
        if case .blueGreen(let blueGreen) = strategy { blueGreen } else { nil }
    }

    /// The analyses that are asked for, each with the field that does.
    var references: [(path: String, reference: AnalysisReference)] {
        var references: [(path: String, reference: AnalysisReference)] = []
        switch strategy {
        case .canary(let canary):
            if let background = canary.analysis { references.append(("canary.analysis", background)) }
            for (index, step) in canary.steps.enumerated() {
                if case .analysis(let reference) = step {
                    references.append(("canary.steps[\(index)].analysis", reference))
                }
            }
        case .blueGreen(let blueGreen):
            if let analysis = blueGreen.prePromotionAnalysis {
                references.append(("blueGreen.prePromotionAnalysis", analysis))
            }
            if let analysis = blueGreen.postPromotionAnalysis {
                references.append(("blueGreen.postPromotionAnalysis", analysis))
            }
        }
        return references
    }

    /// The weight that stands for all traffic.
    var maximumWeight: Int { canary?.traffic?.maximumWeight ?? 100 }

    /// Pods beyond the wanted number, and pods of it that may be missing (`ResolveFenceposts`).
    ///
    /// A percentage of pods too many is rounded up, one of pods too few down, and both are never nothing. A text
    /// counts as a percentage even without its sign, as in the parser that Argo Rollouts inherited.
    var fenceposts: (surge: Int, unavailable: Int) {
        let maxSurge: IntOrString
        let maxUnavailable: IntOrString
        switch strategy {
        case .canary(let canary): (maxSurge, maxUnavailable) = (canary.maxSurge, canary.maxUnavailable)
        case .blueGreen(let blueGreen): (maxSurge, maxUnavailable) = (0, blueGreen.maxUnavailable)
        }
        let surge = Self.resolve(maxSurge, of: replicas, .up)
        let unavailable = Self.resolve(maxUnavailable, of: replicas, .down)
        if surge == 0, unavailable == 0 { return (0, min(1, replicas)) }
        return (surge, min(unavailable, replicas))
    }

    private static func resolve(_ amount: IntOrString, of total: Int, _ rounding: IntOrString.Rounding) -> Int
    {
        var amount = amount
        if case .string(let text) = amount, !text.hasSuffix("%") { amount = .string(text + "%") }
        return max(0, (try? amount.scaled(of: total, rounding: rounding)) ?? 0)
    }

    /// How long pods of the previous version stay after a promotion.
    var scaleDownDelay: Duration {
        switch strategy {
        case .canary(let canary): canary.traffic == nil ? .zero : canary.scaleDownDelay ?? .seconds(30)
        case .blueGreen(let blueGreen): blueGreen.scaleDownDelay ?? .seconds(30)
        }
    }

    var scaleDownDelayRevisionLimit: Int {
        switch strategy {
        case .canary(let canary): canary.scaleDownDelayRevisionLimit ?? .max
        case .blueGreen(let blueGreen): blueGreen.scaleDownDelayRevisionLimit ?? .max
        }
    }

    /// How long pods of an aborted version stay; nil for always.
    var abortScaleDownDelay: Duration? {
        let delay: Duration
        switch strategy {
        case .canary(let canary): delay = canary.abortScaleDownDelay ?? .seconds(30)
        case .blueGreen(let blueGreen): delay = blueGreen.abortScaleDownDelay ?? .seconds(30)
        }
        return delay == .zero ? nil : delay
    }

    var hasExplicitAbortDelay: Bool {
        switch strategy {
        case .canary(let canary): canary.abortScaleDownDelay != nil
        case .blueGreen(let blueGreen): blueGreen.abortScaleDownDelay != nil
        }
    }
}

/// The hash of a canary's steps (`conditions.ComputeStepHash`), by which an edit of them is noticed.
enum StepHash {
    /// Keys of a step and of what stands in it, in the order of Argo Rollouts' structs, which Go writes them in.
    private static let order = [
        "setWeight", "pause", "experiment", "analysis", "setCanaryScale", "setHeaderRoute", "setMirrorRoute",
        "plugin",
        "duration", "templates", "templateName", "clusterScope", "args", "name", "value", "valueFrom",
        "dryRun",
        "measurementRetention", "analysisRunMetadata", "weight", "replicas", "matchTrafficWeight",
    ]

    static func hash(_ steps: Value?) -> String {
        guard let items = steps?.arrayValue, !items.isEmpty else {
            return TemplateHash.hash(Array("null".utf8))
        }
        return TemplateHash.hash(JSON.write(.array(items.map(ordered))))
    }

    /// A step in Go's key order; keys this does not know follow as they stand.
    private static func ordered(_ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map(ordered))
        case .object(let object):
            let pairs = object.enumerated().sorted { left, right in
                let places = (rank(left.element.key), rank(right.element.key))
                return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
            }
            return .object(
                Object(pairs.map { Object.Pair(key: $0.element.key, value: ordered($0.element.value)) }))
        default: return value
        }
    }

    private static func rank(_ key: String) -> Int { order.firstIndex(of: key) ?? order.count }
}
