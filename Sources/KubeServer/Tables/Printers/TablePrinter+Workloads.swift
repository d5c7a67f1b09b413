import KubeModel
import Manifest

// Pods and what makes them.

extension TablePrinter {
    static let pods = TablePrinter(
        [
            .name,
            .text("Ready") { pod in
                let summary = PodSummary(pod)
                return "\(summary.readyContainers)/\(summary.totalContainers)"
            },
            .text("Status") { PodSummary($0).reason },
            TableColumn("Restarts") { pod, now in .string(PodSummary(pod).restartText(now: now)) },
            .age,
            .wide("IP") { $0.items("status", "podIPs").first?.text("ip", absent: "<none>") ?? "<none>" },
            .wide("Node") { $0.text("spec", "nodeName", absent: "<none>") },
            .wide("Nominated Node") { $0.text("status", "nominatedNodeName", absent: "<none>") },
            .wide("Readiness Gates") { pod in
                let gates = pod.items("spec", "readinessGates")
                if gates.isEmpty { return "<none>" }
                let met = gates.count { pod.condition($0.text("conditionType")) == "True" }
                return "\(met)/\(gates.count)"
            },
        ],
        conditions: { pod in
            switch pod.text("status", "phase") {
            case "Succeeded": completed(reason: "Succeeded", "The pod has completed successfully.")
            case "Failed": completed(reason: "Failed", "The pod failed.")
            default: []
            }
        })

    private static func completed(reason: String, _ message: String) -> [Value] {
        [
            [
                "type": "Completed", "status": "True", "reason": .string(reason),
                "message": .string(message),
            ]
        ]
    }

    /// Containers and images of a pod template.
    private static func templateColumns(_ template: @escaping @Sendable (Value) -> Value?) -> [TableColumn] {
        [
            .wide("Containers") { CellText.names(of: template($0)?.items("spec", "containers") ?? []) },
            .wide("Images") { CellText.images(of: template($0)?.items("spec", "containers") ?? []) },
        ]
    }

    private static let podTemplateOfSpec: @Sendable (Value) -> Value? = { $0["spec", "template"] }

    private static let selector = TableColumn.wide("Selector") { CellText.selector($0["spec", "selector"]) }

    static let deployments = TablePrinter(
        [
            .name,
            .text("Ready") { "\($0.number("status", "readyReplicas"))/\($0.number("spec", "replicas"))" },
            .count("Up-to-date", type: "string") { $0.number("status", "updatedReplicas") },
            .count("Available", type: "string") { $0.number("status", "availableReplicas") },
            .age,
        ] + templateColumns(podTemplateOfSpec) + [selector])

    static let replicaSets = TablePrinter(
        [
            .name,
            .count("Desired") { $0.number("spec", "replicas") },
            .count("Current") { $0.number("status", "replicas") },
            .count("Ready") { $0.number("status", "readyReplicas") },
            .age,
        ] + templateColumns(podTemplateOfSpec) + [selector])

    static let replicationControllers = TablePrinter(
        [
            .name,
            .count("Desired") { $0.number("spec", "replicas") },
            .count("Current") { $0.number("status", "replicas") },
            .count("Ready") { $0.number("status", "readyReplicas") },
            .age,
        ] + templateColumns(podTemplateOfSpec)
            + [.wide("Selector") { CellText.labels($0["spec", "selector"]) }])

    static let statefulSets = TablePrinter(
        [
            .name,
            .text("Ready") { "\($0.number("status", "readyReplicas"))/\($0.number("spec", "replicas"))" },
            .age,
        ] + templateColumns(podTemplateOfSpec))

    static let daemonSets = TablePrinter(
        [
            .name,
            .count("Desired") { $0.number("status", "desiredNumberScheduled") },
            .count("Current") { $0.number("status", "currentNumberScheduled") },
            .count("Ready") { $0.number("status", "numberReady") },
            .count("Up-to-date") { $0.number("status", "updatedNumberScheduled") },
            .count("Available") { $0.number("status", "numberAvailable") },
            .text("Node Selector") { CellText.labels($0["spec", "template", "spec", "nodeSelector"]) },
            .age,
        ] + templateColumns(podTemplateOfSpec) + [selector])

    static let podTemplates = TablePrinter([
        .name,
        .text("Containers") { CellText.names(of: $0.items("template", "spec", "containers")) },
        .text("Images") { CellText.images(of: $0.items("template", "spec", "containers")) },
        .text("Pod Labels") { CellText.labels($0["template", "metadata", "labels"]) },
    ])

    static let controllerRevisions = TablePrinter([
        .name,
        .text("Controller") { revision in
            guard let owner = revision.metadata.controller else { return "<none>" }
            let group = GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).group
            let kind = owner.kind.lowercased()
            return "\(group.isEmpty ? kind : "\(kind).\(group)")/\(owner.name)"
        },
        .count("Revision") { $0.number("revision") },
        .age,
    ])

    static let jobs = TablePrinter(
        [
            .name,
            .text("Status", jobStatus),
            .text("Completions") { job in
                let succeeded = job.number("status", "succeeded")
                if let wanted = job["spec", "completions"]?.integerValue { return "\(succeeded)/\(wanted)" }
                let parallelism = job.number("spec", "parallelism")
                return parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
            },
            TableColumn("Duration") { job, now in
                guard let start = job.moment("status", "startTime") else { return "" }
                let end = job.moment("status", "completionTime") ?? now
                return .string(Age.text(end.duration(since: start)))
            },
            .age,
        ] + templateColumns(podTemplateOfSpec) + [selector])

    @Sendable private static func jobStatus(_ job: Value) -> String {
        for type in ["Complete", "Failed"] where job.condition(type) == "True" { return type }
        if job.metadata.isDeleting { return "Terminating" }
        for type in ["Suspended", "FailureTarget", "SuccessCriteriaMet"] where job.condition(type) == "True" {
            return type
        }
        return "Running"
    }

    static let cronJobs = TablePrinter(
        [
            .name,
            .text("Schedule") { $0.text("spec", "schedule") },
            .text("Timezone") { $0.text("spec", "timeZone", absent: "<none>") },
            TableColumn("Suspend", type: "boolean") { job, _ in
                .string(CellText.flag(job["spec", "suspend"]))
            },
            .count("Active") { Int64($0.items("status", "active").count) },
            TableColumn("Last Schedule") { job, now in
                guard let last = job.moment("status", "lastScheduleTime") else { return "<none>" }
                return .string(Age.text(since: last, now: now))
            },
            .age,
        ] + templateColumns { $0["spec", "jobTemplate", "spec", "template"] }
            + [.wide("Selector") { CellText.selector($0["spec", "jobTemplate", "spec", "selector"]) }])

    static let horizontalPodAutoscalers = TablePrinter([
        .name,
        .text("Reference") {
            $0.text("spec", "scaleTargetRef", "kind") + "/" + $0.text("spec", "scaleTargetRef", "name")
        },
        .text("Targets", MetricTargets.text),
        .text("MinPods") { $0.scalarText("spec", "minReplicas", absent: "<unset>") },
        .count("MaxPods", type: "string") { $0.number("spec", "maxReplicas") },
        .count("Replicas", type: "string") { $0.number("status", "currentReplicas") },
        .age,
    ])

    static let podDisruptionBudgets = TablePrinter([
        .name,
        .text("Min Available") { $0.scalarText("spec", "minAvailable", absent: "N/A") },
        .text("Max Unavailable") { $0.scalarText("spec", "maxUnavailable", absent: "N/A") },
        .count("Allowed Disruptions") { $0.number("status", "disruptionsAllowed") },
        .age,
    ])
}
