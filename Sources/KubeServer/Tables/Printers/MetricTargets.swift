import Manifest

/// What an autoscaler has measured against what it aims at, as `cpu: 30%/80%`.
enum MetricTargets {
    /// At most two metrics of the autoscaler, in the order of its spec.
    @Sendable static func text(_ autoscaler: Value) -> String {
        let current = autoscaler.items("status", "currentMetrics")
        let metrics = autoscaler.items("spec", "metrics").enumerated().map { place, metric in
            text(metric, current: place < current.count ? current[place] : nil)
        }
        if metrics.isEmpty { return "<none>" }
        let shown = metrics.prefix(2).joined(separator: ", ")
        return metrics.count > 2 ? "\(shown) + \(metrics.count - 2) more..." : shown
    }

    /// The key of a metric's details is its type with a small first letter.
    private static let details = [
        "Resource": "resource", "ContainerResource": "containerResource", "Pods": "pods", "Object": "object",
        "External": "external",
    ]

    private static func text(_ metric: Value, current status: Value?) -> String {
        guard let key = details[metric.text("type")], let detail = metric[key] else {
            return "<unknown type>"
        }
        let current = status?[key]?["current"]
        var name = ""
        if key == "resource" || key == "containerResource" { name = detail.text("name") + ": " }
        guard let target = detail["target"] else { return name + "<unknown>" }
        if let utilization = target["averageUtilization"]?.integerValue {
            let measured = current?["averageUtilization"]?.integerValue.map { "\($0)%" } ?? "<unknown>"
            return "\(name)\(measured)/\(utilization)%"
        }
        if target["averageValue"] != nil {
            let measured = current?.scalarText("averageValue", absent: "<unknown>") ?? "<unknown>"
            let suffix = key == "external" || key == "object" ? " (avg)" : ""
            return "\(name)\(measured)/\(target.scalarText("averageValue"))\(suffix)"
        }
        let measured = current?.scalarText("value", absent: "<unknown>") ?? "<unknown>"
        return "\(name)\(measured)/\(target.scalarText("value", absent: "<auto>"))"
    }
}
