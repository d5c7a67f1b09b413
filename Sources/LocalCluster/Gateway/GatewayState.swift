import KubeClient
import KubeModel
import Manifest

/// A Gateway as the router's controller sees it.
struct GatewayState: Sendable {
    struct Listener: Sendable {
        /// Whose routes may attach.
        enum Source: Sendable {
            case same, all
            case selected(LabelSelector)
        }

        var name: String
        var hostname: String
        var port: Int
        var transport: String
        var source: Source
        /// The kinds of routes it takes; empty for all that its protocol has.
        var kinds: [GroupKind]
    }

    let object: Value
    let key: ObjectKey
    let listeners: [Listener]

    init(_ gateway: Value) {
        object = gateway
        key = ObjectKey(gateway)
        listeners = (gateway["spec"]?["listeners"]?.arrayValue ?? []).map(Listener.init)
    }
}

extension GatewayState.Listener {
    init(_ listener: Value) {
        name = listener["name"]?.stringValue ?? ""
        hostname = (listener["hostname"]?.stringValue ?? "").lowercased()
        port = Int(listener["port"]?.integerValue ?? 0)
        transport = listener["protocol"]?.stringValue ?? ""
        let namespaces = listener["allowedRoutes"]?["namespaces"]
        switch namespaces?["from"]?.stringValue {
        case "All": source = .all
        case "Selector":
            source = .selected((try? LabelSelector(field: namespaces?["selector"])) ?? .nothing)
        default: source = .same
        }
        kinds = (listener["allowedRoutes"]?["kinds"]?.arrayValue ?? []).map { kind in
            GroupKind(
                group: kind["group"]?.stringValue ?? GatewayAPI.group, kind: kind["kind"]?.stringValue ?? "")
        }
    }

    static let routeKind = GroupKind(group: GatewayAPI.group, kind: "HTTPRoute")

    /// Whether HTTPRoutes may attach at all.
    var takesRoutes: Bool { kinds.isEmpty || kinds.contains(Self.routeKind) }
}

/// An HTTPRoute as the router's controller sees it.
struct RouteState: Sendable {
    struct Parent: Sendable {
        /// The reference as it stands in the route; the status repeats it.
        let reference: Value
        let gateway: ObjectKey
        let section: String?
        let port: Int?
    }

    let object: Value
    let key: ObjectKey
    let hostnames: [String]
    let parents: [Parent]

    init(_ route: Value) {
        object = route
        key = ObjectKey(route)
        let namespace = key.namespace
        hostnames = (route["spec"]?["hostnames"]?.arrayValue ?? []).compactMap {
            $0.stringValue?.lowercased()
        }
        parents = (route["spec"]?["parentRefs"]?.arrayValue ?? []).compactMap { reference in
            guard reference["kind"]?.stringValue ?? "Gateway" == "Gateway",
                reference["group"]?.stringValue ?? GatewayAPI.group == GatewayAPI.group
            else { return nil }
            return Parent(
                reference: reference,
                gateway: ObjectKey(
                    namespace: reference["namespace"]?.stringValue ?? namespace,
                    name: reference["name"]?.stringValue ?? ""),
                section: reference["sectionName"]?.stringValue,
                port: reference["port"]?.integerValue.flatMap { Int(exactly: $0) })
        }
    }

    /// The hosts that a listener and the route have in common; nil where there are none, empty for every host.
    func hosts(on listener: GatewayState.Listener) -> [String]? {
        if listener.hostname.isEmpty { return hostnames }
        if hostnames.isEmpty { return [listener.hostname] }
        let common = hostnames.compactMap { Self.intersection($0, listener.hostname) }
        return common.isEmpty ? nil : common
    }

    /// The narrower of two host names where one covers the other.
    private static func intersection(_ left: String, _ right: String) -> String? {
        if left == right { return left }
        func covers(_ pattern: String, _ name: String) -> Bool {
            pattern.hasPrefix("*.") && name.hasSuffix(pattern.dropFirst()) && name != pattern.dropFirst()
        }
        if covers(right, left) { return left }
        if covers(left, right) { return right }
        return nil
    }
}
