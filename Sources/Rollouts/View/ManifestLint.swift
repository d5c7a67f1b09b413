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

    /// Arguments without a value stand for what a rollout will give.
    private static func templateFaults(_ template: Value) -> [String] {
        var values: [String: String] = [:]
        for argument in template["spec", "args"]?.arrayValue ?? [] {
            guard let name = argument["name"]?.stringValue else { continue }
            values[name] = argument["value"]?.stringValue ?? "1"
        }
        let arguments = ArgumentValues(values: values)
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
