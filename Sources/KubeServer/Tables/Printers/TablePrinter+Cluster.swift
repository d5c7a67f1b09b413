import KubeModel
import Manifest

// Nodes, namespaces, configuration, events and storage.

extension TablePrinter {
    static let nodes = TablePrinter([
        .name,
        .text("Status") { node in
            var words: [String]
            switch node.condition("Ready") {
            case "True": words = ["Ready"]
            case nil: words = ["Unknown"]
            default: words = ["NotReady"]
            }
            if node.flag("spec", "unschedulable") { words.append("SchedulingDisabled") }
            return words.joined(separator: ",")
        },
        .text("Roles") { node in
            let prefix = "node-role.kubernetes.io/"
            var roles: Set<String> = []
            for pair in node.metadata.fields["labels"]?.objectValue ?? Object() {
                if pair.key.hasPrefix(prefix) {
                    let role = String(pair.key.dropFirst(prefix.count))
                    if !role.isEmpty { roles.insert(role) }
                } else if pair.key == "kubernetes.io/role", let role = pair.value.stringValue, !role.isEmpty {
                    roles.insert(role)
                }
            }
            return roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
        },
        .age,
        .text("Version") { $0.text("status", "nodeInfo", "kubeletVersion") },
        .wide("Internal-IP") { address(of: $0, type: "InternalIP") },
        .wide("External-IP") { address(of: $0, type: "ExternalIP") },
        .wide("OS-Image") { $0.text("status", "nodeInfo", "osImage", absent: "<unknown>") },
        .wide("Kernel-Version") { $0.text("status", "nodeInfo", "kernelVersion", absent: "<unknown>") },
        .wide("Container-Runtime") {
            $0.text("status", "nodeInfo", "containerRuntimeVersion", absent: "<unknown>")
        },
    ])

    private static func address(of node: Value, type: String) -> String {
        node.items("status", "addresses").first { $0.text("type") == type }?.text("address") ?? "<none>"
    }

    static let namespaces = TablePrinter([.name, .text("Status") { $0.text("status", "phase") }, .age])

    static let configMaps = TablePrinter([
        .name,
        .count("Data", type: "string") { map in
            Int64((map["data"]?.objectValue?.count ?? 0) + (map["binaryData"]?.objectValue?.count ?? 0))
        },
        .age,
    ])

    static let secrets = TablePrinter([
        .name,
        .text("Type") { $0.text("type") },
        .count("Data", type: "string") { Int64($0["data"]?.objectValue?.count ?? 0) },
        .age,
    ])

    static let serviceAccounts = TablePrinter([
        .name, .count("Secrets", type: "string") { Int64($0.items("secrets").count) }, .age,
    ])

    static let leases = TablePrinter([
        .name, .text("Holder") { $0.text("spec", "holderIdentity") }, .age,
    ])

    static let resourceQuotas = TablePrinter([
        .name,
        .text("Request") { quota in usage(of: quota) { !$0.hasPrefix("limits.") } },
        .text("Limit") { quota in usage(of: quota) { $0.hasPrefix("limits.") } },
        .age,
    ])

    private static func usage(of quota: Value, where isShown: (String) -> Bool) -> String {
        let hard = quota["status", "hard"]?.objectValue ?? Object()
        let used = quota["status", "used"]
        return hard.keys.filter(isShown).sorted().map { name in
            "\(name): \(used?.scalarText(name, absent: "0") ?? "0")/\(hard[name]?.stringValue ?? "0")"
        }.joined(separator: ", ")
    }

    static let priorityClasses = TablePrinter([
        .name,
        .count("Value") { $0.number("value") },
        TableColumn("Global-Default", type: "boolean") { object, _ in .bool(object.flag("globalDefault")) },
        .age,
        .text("PreemptionPolicy") { $0.text("preemptionPolicy") },
    ])

    static let runtimeClasses = TablePrinter([.name, .text("Handler") { $0.text("handler") }, .age])

    static let componentStatuses = TablePrinter([
        .name,
        .text("Status") { status in
            switch status.items("conditions").first(where: { $0.text("type") == "Healthy" })?.text("status") {
            case "True": "Healthy"
            case "False": "Unhealthy"
            default: "Unknown"
            }
        },
        .text("Message") { $0.items("conditions").first?.text("message") ?? "" },
        .text("Error") { $0.items("conditions").first?.text("error") ?? "" },
    ])
}
