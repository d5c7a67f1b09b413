import Judge
import KubeModel
public import Manifest

/// Checks manifests of rollouts and analyses without a cluster.
public enum ManifestLint {
    /// What is wrong with a manifest, each with its field; nil for kinds that are not looked at.
    public static func faults(of document: Value) -> [String]? {
        guard document["apiVersion"]?.stringValue == "argoproj.io/v1alpha1" else { return nil }
        switch document["kind"]?.stringValue {
        case "Rollout": return RolloutValidation.faults(of: document).map { "\($0.field): \($0.message)" }
        case "AnalysisTemplate", "ClusterAnalysisTemplate": return templateFaults(document)
        default: return nil
        }
    }

    /// What will not work as it is meant, though each manifest is right in itself.
    ///
    /// - Parameter documents: those of all files; a rollout is held against the templates among them.
    public static func warnings(of documents: [Value]) -> [String] {
        var warnings: [String] = []
        for rollout in documents where rollout["kind"]?.stringValue == "Rollout" && faults(of: rollout) == []
        {
            let specification = RolloutSpecification(rollout)
            guard let canary = specification.canary else { continue }
            for (path, reference) in specification.references {
                let pods = pods(judgedBy: reference, canary, specification)
                for template in reference.templates {
                    let found = documents.first {
                        $0["kind"]?.stringValue
                            == (template.isClusterWide ? "ClusterAnalysisTemplate" : "AnalysisTemplate")
                            && $0.metadata.name == template.name
                    }
                    guard let found else { continue }
                    warnings += judges(of: found).flatMap { judge in
                        Self.warnings(of: judge, pods: pods, canary).map {
                            "Rollout \(rollout.metadata.name): spec.strategy.\(path): template "
                                + "'\(template.name)': \($0)"
                        }
                    }
                }
            }
        }
        return warnings
    }

    private static func warnings(
        of judge: JudgeSettings, pods: Int, _ canary: CanaryStrategy
    ) -> [String] {
        var warnings: [String] = []
        if pods < judge.policy.minimumCanaryPods {
            warnings.append(
                "the canary has \(pods) pod\(pods == 1 ? "" : "s") there, and the judge waits for "
                    + "\(judge.policy.minimumCanaryPods); give it more by setCanaryScale or "
                    + "minPodsPerReplicaSet, or write minCanaryPods: \(max(pods, 1))")
        }
        if judge.baseline == .fresh, canary.baselineService == nil {
            warnings.append(
                "compares with a fresh baseline, for which trafficRouting.gatewayAPI.baselineService is missing"
            )
        }
        return warnings
    }

    /// The most pods a canary has while an analysis looks at it.
    private static func pods(
        judgedBy reference: AnalysisReference, _ canary: CanaryStrategy, _ specification: RolloutSpecification
    ) -> Int {
        var steps = Array(canary.steps.indices)
        if canary.analysis == reference {
            steps.removeAll { $0 < reference.startingStep ?? 0 }
        } else {
            steps.removeAll { canary.steps[$0] != .analysis(reference) }
        }
        var status = RolloutStatus()
        (status.currentHash, status.stableHash) = ("canary", "stable")
        return steps.map { step in
            status.currentStepIndex = step
            return CanaryReplicas(specification: specification, canary: canary, status: status).canaryPods
        }.max() ?? specification.replicas
    }

    /// The judges that a template asks.
    private static func judges(of template: Value) -> [JudgeSettings] {
        let arguments = arguments(of: template)
        return (template["spec", "metrics"]?.arrayValue ?? []).compactMap { metric in
            guard metric["provider", "slipway"] != nil, let resolved = try? arguments.resolve(metric),
                let read = try? AnalysisMetric(resolved)
            else { return nil }
            return try? JudgeSettings(read)
        }
    }

    /// Arguments without a value stand for what a rollout will give.
    private static func arguments(of template: Value) -> ArgumentValues {
        var values: [String: String] = [:]
        for argument in template["spec", "args"]?.arrayValue ?? [] {
            guard let name = argument["name"]?.stringValue else { continue }
            values[name] = argument["value"]?.stringValue ?? "1"
        }
        return ArgumentValues(values: values)
    }

    private static func templateFaults(_ template: Value) -> [String] {
        let arguments = arguments(of: template)
        let metrics = template["spec", "metrics"]?.arrayValue ?? []
        if metrics.isEmpty, template["spec", "templates"] == nil { return ["spec.metrics: there is none"] }
        return metrics.enumerated().compactMap { place, metric in
            do throws(RolloutsError) {
                let read = try AnalysisMetric(try arguments.resolve(metric))
                if read.provider == "slipway" { _ = try JudgeSettings(read) }
                return nil
            } catch {
                return "spec.metrics[\(place)]: \(error.message)"
            }
        }
    }
}
