import KubeModel
import Manifest

/// Where pods go: onto a node that has room for what they ask, or nowhere for a reason that people can act on.
struct SchedulingPlan: Sendable {
    /// What became of a pod.
    enum Verdict: Sendable, Hashable {
        case node(String)
        /// The message of the condition `PodScheduled` and of the event `FailedScheduling`.
        case unschedulable(String)
    }

    /// A node and what is left of it.
    struct Node: Sendable {
        let name: String
        let labels: StringMap
        let isUnschedulable: Bool
        let taints: [Value]
        var free: [String: Quantity]
        var freePods: Int
        var hostPorts: [PodRequests.HostPort] = []

        /// Reads a Node object that has no pods yet.
        init(_ node: Value) {
            let metadata = node.metadata
            name = metadata.name
            labels = metadata.labels
            isUnschedulable = node["spec"]?["unschedulable"]?.boolValue ?? false
            taints = node["spec"]?["taints"]?.arrayValue ?? []
            let allocatable = node["status"]?["allocatable"] ?? node["status"]?["capacity"]
            free = PodRequests.amounts(allocatable)
            // A node that does not say how many pods it takes takes the usual number.
            freePods = free.removeValue(forKey: "pods").map { Int($0.value) } ?? 110
        }

        /// Takes a pod in.
        mutating func place(_ requests: PodRequests) {
            for (name, amount) in requests.amounts { free[name] = (free[name] ?? .zero) - amount }
            freePods -= 1
            hostPorts += requests.hostPorts
        }
    }

    private(set) var nodes: [Node]

    /// - Parameters:
    ///   - nodes: Node objects.
    ///   - assigned: the pods that nodes have, ended ones included.
    init(nodes: [Value], assigned: [Value]) {
        var byName: [String: Node] = [:]
        for node in nodes { byName[node.metadata.name] = Node(node) }
        for pod in assigned {
            let snapshot = PodSnapshot(pod)
            guard !snapshot.isFinished else { continue }
            byName[snapshot.nodeName]?.place(PodRequests(pod))
        }
        self.nodes = byName.values.sorted { $0.name < $1.name }
    }

    /// Finds a place for a pod and takes it.
    mutating func schedule(_ pod: Value) -> Verdict {
        let requests = PodRequests(pod)
        guard !nodes.isEmpty else { return .unschedulable("no nodes available to schedule pods") }
        var reasons: [String: Int] = [:]
        for place in nodes.indices {
            let obstacles = nodes[place].obstacles(to: pod, requests)
            guard !obstacles.isEmpty else {
                nodes[place].place(requests)
                return .node(nodes[place].name)
            }
            for obstacle in obstacles { reasons[obstacle, default: 0] += 1 }
        }
        let list = reasons.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
        return .unschedulable("0/\(nodes.count) nodes are available: \(list).")
    }
}

extension SchedulingPlan.Node {
    /// Why a pod cannot run here, in the words of Kubernetes' scheduler; empty where it can.
    func obstacles(to pod: Value, _ requests: PodRequests) -> [String] {
        let tolerations = pod["spec"]?["tolerations"]?.arrayValue ?? []
        if isUnschedulable,
            !tolerations.contains(where: {
                Self.tolerates($0, ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"])
            })
        {
            return ["node(s) were unschedulable"]
        }
        for taint in taints where ["NoSchedule", "NoExecute"].contains(taint["effect"]?.stringValue) {
            if !tolerations.contains(where: { Self.tolerates($0, taint) }) {
                let (key, value) = (taint["key"]?.stringValue ?? "", taint["value"]?.stringValue ?? "")
                return ["node(s) had untolerated taint {\(key): \(value)}"]
            }
        }
        if !matchesAffinity(pod) { return ["node(s) didn't match Pod's node affinity/selector"] }
        if requests.hostPorts.contains(where: { port in hostPorts.contains { $0.collides(with: port) } }) {
            return ["node(s) didn't have free ports for the requested pod ports"]
        }
        var lacking: [String] = []
        if freePods < 1 { lacking.append("Too many pods") }
        for (name, amount) in requests.amounts.sorted(by: { $0.key < $1.key })
        where !amount.isZero && (free[name] ?? .zero) < amount {
            lacking.append("Insufficient \(name)")
        }
        return lacking
    }

    private static func tolerates(_ toleration: Value, _ taint: Value) -> Bool {
        let effect = toleration["effect"]?.stringValue ?? ""
        guard effect.isEmpty || effect == taint["effect"]?.stringValue else { return false }
        let key = toleration["key"]?.stringValue ?? ""
        let exists = toleration["operator"]?.stringValue == "Exists"
        if key.isEmpty { return exists }
        guard key == taint["key"]?.stringValue else { return false }
        return exists || (toleration["value"]?.stringValue ?? "") == (taint["value"]?.stringValue ?? "")
    }

    private func matchesAffinity(_ pod: Value) -> Bool {
        let wanted = StringMap(pod["spec"]?["nodeSelector"]?.objectValue ?? Object())
        guard wanted.allSatisfy({ labels[$0.name] == $0.text }) else { return false }
        let affinity = pod["spec"]?["affinity"]?["nodeAffinity"]
        guard
            let terms = affinity?["requiredDuringSchedulingIgnoredDuringExecution"]?["nodeSelectorTerms"]?
                .arrayValue
        else { return true }
        return terms.contains { term in
            let expressions = term["matchExpressions"]?.arrayValue ?? []
            let fields = term["matchFields"]?.arrayValue ?? []
            guard !expressions.isEmpty || !fields.isEmpty else { return false }
            return expressions.allSatisfy { Self.holds($0, labels) }
                && fields.allSatisfy { Self.holds($0, ["metadata.name": name]) }
        }
    }

    private static func holds(_ expression: Value, _ labels: StringMap) -> Bool {
        let operators: [String: LabelSelector.Operator] = [
            "In": .isIn, "NotIn": .notIn, "Exists": .exists, "DoesNotExist": .doesNotExist,
            "Gt": .greaterThan, "Lt": .lessThan,
        ]
        guard let key = expression["key"]?.stringValue,
            let operation = operators[expression["operator"]?.stringValue ?? ""]
        else { return false }
        let values = (expression["values"]?.arrayValue ?? []).compactMap(\.stringValue)
        return LabelSelector.Requirement(key, operation, values).matches(labels)
    }
}
