import KubeClient
import KubeModel
import Manifest

/// The router's tables, and what there is to say about gateways and routes, from one view of the API.
struct GatewayPlan: Sendable {
    /// A route at one of its parents.
    struct Attachment: Sendable {
        let route: RouteState
        let parent: RouteState.Parent
        let rules: RouteRules
        /// The listeners it attached to, as places among the gateway's.
        var listeners: Set<Int> = []
        /// Why it attached to none.
        var refusal: RouteRules.Fault?
    }

    let view: GatewayView
    let gateways: [GatewayState]
    private(set) var attachments: [Attachment] = []
    /// A table for every port that is listened on.
    private(set) var tables: [Int: RoutingTable] = [:]

    init(_ view: GatewayView) {
        self.view = view
        let classes = view.classNames
        gateways = view.gateways
            .filter {
                classes.contains($0["spec"]?["gatewayClassName"]?.stringValue ?? "")
                    && !$0.metadata.isDeleting
            }
            .map(GatewayState.init).sorted { $0.key < $1.key }
        for gateway in gateways {
            for place in gateway.listeners.indices where fault(of: place, in: gateway) == nil {
                tables[gateway.listeners[place].port] = RoutingTable()
            }
        }
        for route in view.routes.map(RouteState.init).sorted(by: { $0.key < $1.key })
        where !route.object.metadata.isDeleting {
            attach(route)
        }
    }

    /// Why a listener is not served.
    func fault(of place: Int, in gateway: GatewayState) -> RouteRules.Fault? {
        let listener = gateway.listeners[place]
        guard listener.transport == "HTTP" else {
            return .init(
                reason: "UnsupportedProtocol",
                message:
                    "the router speaks HTTP, not \(listener.transport); set the listener's protocol to HTTP")
        }
        let twin = gateway.listeners[..<place].first {
            $0.port == listener.port && $0.transport == "HTTP" && $0.hostname == listener.hostname
        }
        return twin.map {
            .init(
                reason: "HostnameConflict",
                message: "listener \($0.name) has the same port and host name; give one of them another")
        }
    }

    private mutating func attach(_ route: RouteState) {
        var rules: RouteRules?
        // A route that attaches to several listeners of a port is in the port's table once, with all its hosts.
        var hosts: [Int: [String]] = [:]
        for parent in route.parents {
            guard let gateway = gateways.first(where: { $0.key == parent.gateway }) else { continue }
            let read = rules ?? RouteRules(route, view)
            rules = read
            var attachment = Attachment(route: route, parent: parent, rules: read)
            if let unsupported = read.unsupported {
                attachment.refusal = unsupported
            } else {
                place(&attachment, on: gateway, &hosts)
            }
            attachments.append(attachment)
        }
        guard let rules else { return }
        let created = route.object["metadata"]?["creationTimestamp"]?.stringValue ?? ""
        for (port, names) in hosts {
            tables[port]?.routes.append(
                RoutingTable.Route(
                    namespace: route.key.namespace, name: route.key.name, created: created,
                    hostnames: names.contains("") ? [] : Set(names).sorted(), rules: rules.rules))
        }
    }

    /// Finds the listeners that a route attaches to, or why there is none.
    private func place(
        _ attachment: inout Attachment, on gateway: GatewayState, _ hosts: inout [Int: [String]]
    ) {
        let parent = attachment.parent
        let named = gateway.listeners.indices.filter { place in
            let listener = gateway.listeners[place]
            return (parent.section.map { $0 == listener.name } ?? true)
                && (parent.port.map { $0 == listener.port } ?? true)
        }
        guard !named.isEmpty else {
            attachment.refusal = .init(
                reason: "NoMatchingParent",
                message: "Gateway \(gateway.key) has no such listener; it has "
                    + gateway.listeners.map { "\($0.name) on port \($0.port)" }.joined(separator: ", "))
            return
        }
        let allowed = named.filter { place in
            let listener = gateway.listeners[place]
            return listener.takesRoutes
                && view.allows(listener.source, attachment.route.key.namespace, gateway: gateway.key)
        }
        guard !allowed.isEmpty else {
            attachment.refusal = .init(
                reason: "NotAllowedByListeners",
                message: "no listener of Gateway \(gateway.key) allows HTTPRoutes of namespace "
                    + attachment.route.key.namespace)
            return
        }
        for place in allowed {
            let listener = gateway.listeners[place]
            guard let names = attachment.route.hosts(on: listener) else { continue }
            attachment.listeners.insert(place)
            if fault(of: place, in: gateway) == nil {
                hosts[listener.port, default: []] += names.isEmpty ? [""] : names
            }
        }
        if attachment.listeners.isEmpty {
            attachment.refusal = .init(
                reason: "NoMatchingListenerHostname",
                message: "no listener of Gateway \(gateway.key) has a host name in common with the route")
        }
    }
}
