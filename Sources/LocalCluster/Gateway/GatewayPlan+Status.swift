import KubeClient
import KubeModel
import Manifest

// What the objects' statuses say, by the conditions that the Gateway API defines.

extension GatewayPlan {
    /// A status to be written.
    struct StatusChange: Sendable {
        let resource: GroupVersionResource
        let object: Value
        let status: Value
    }

    /// The statuses that differ from those there are.
    ///
    /// - Parameters:
    ///   - address: where the gateways are reached.
    ///   - failures: the ports that cannot be listened on, with the reasons.
    func statusChanges(address: String, failures: [Int: String], now: Timestamp) -> [StatusChange] {
        var changes: [StatusChange] = []
        func note(_ resource: ResourceDefinition, _ object: Value, _ status: Value) {
            if object["status"] != status {
                changes.append(StatusChange(resource: resource.resource, object: object, status: status))
            }
        }
        let names = view.classNames
        for object in view.classes where names.contains(object.metadata.name) {
            note(GatewayAPI.gatewayClasses, object, classStatus(object, now))
        }
        for gateway in gateways {
            note(GatewayAPI.gateways, gateway.object, status(of: gateway, address, failures, now))
        }
        for object in view.routes where !object.metadata.isDeleting {
            note(GatewayAPI.httpRoutes, object, routeStatus(object, now))
        }
        return changes
    }

    private func classStatus(_ object: Value, _ now: Timestamp) -> Value {
        var status = object["status"] ?? .emptyObject
        var conditions = object.conditions
        conditions.set(
            Condition(
                type: "Accepted", status: .isTrue, reason: "Accepted", message: "served by the local router"),
            generation: object.metadata.generation, now: now)
        status["conditions"] = .array(conditions.items)
        return status
    }

    // MARK: Gateways

    private func status(
        of gateway: GatewayState, _ address: String, _ failures: [Int: String], _ now: Timestamp
    ) -> Value {
        let generation = gateway.object.metadata.generation
        let listeners = gateway.listeners.indices.map { place in
            listenerStatus(place, of: gateway, failures, now)
        }
        let faults = gateway.listeners.indices.compactMap { fault(of: $0, in: gateway) }
        let ports = Set(
            gateway.listeners.indices.filter { fault(of: $0, in: gateway) == nil }.map {
                gateway.listeners[$0].port
            })
        let failed = ports.compactMap { failures[$0] }.sorted()
        var conditions = gateway.object.conditions
        func set(_ type: String, _ flag: Bool, _ reason: String, _ message: String) {
            conditions.set(
                Condition(type: type, status: .init(flag), reason: reason, message: message),
                generation: generation, now: now)
        }
        let isAccepted = faults.count < gateway.listeners.count
        if let fault = faults.first {
            set("Accepted", isAccepted, "ListenersNotValid", fault.message)
        } else {
            set("Accepted", true, "Accepted", "all listeners are served")
        }
        if !isAccepted {
            set("Programmed", false, "Invalid", "no listener can be served")
        } else if let failure = failed.first {
            set(
                "Programmed", failed.count < ports.count,
                failed.count < ports.count ? "Programmed" : "Invalid", failure)
        } else {
            set("Programmed", true, "Programmed", "the router listens on \(address)")
        }
        return [
            "addresses": [["type": "IPAddress", "value": .string(address)]],
            "conditions": .array(conditions.items), "listeners": .array(listeners),
        ]
    }

    private func listenerStatus(
        _ place: Int, of gateway: GatewayState, _ failures: [Int: String], _ now: Timestamp
    ) -> Value {
        let listener = gateway.listeners[place]
        let known = (gateway.object["status"]?["listeners"]?.arrayValue ?? []).first {
            $0["name"]?.stringValue == listener.name
        }
        var conditions = Conditions(known?["conditions"]?.arrayValue ?? [])
        func set(_ type: String, _ flag: Bool, _ reason: String, _ message: String = "") {
            conditions.set(
                Condition(type: type, status: .init(flag), reason: reason, message: message),
                generation: gateway.object.metadata.generation, now: now)
        }
        let fault = fault(of: place, in: gateway)
        let isConflict = fault?.reason == "HostnameConflict"
        if let fault, !isConflict {
            set("Accepted", false, fault.reason, fault.message)
        } else {
            set("Accepted", !isConflict, isConflict ? "HostnameConflict" : "Accepted", fault?.message ?? "")
        }
        set(
            "Conflicted", isConflict, isConflict ? "HostnameConflict" : "NoConflicts",
            isConflict ? fault?.message ?? "" : "")
        let unknown = listener.kinds.filter { $0 != GatewayState.Listener.routeKind }
        if let kind = unknown.first {
            set(
                "ResolvedRefs", false, "InvalidRouteKinds",
                "\(kind) is no kind of route that the router knows")
        } else {
            set("ResolvedRefs", true, "ResolvedRefs")
        }
        if fault != nil {
            set("Programmed", false, "Invalid", fault?.message ?? "")
        } else if let failure = failures[listener.port] {
            set("Programmed", false, "Invalid", failure)
        } else {
            set("Programmed", true, "Programmed")
        }
        let attached = attachments.count {
            $0.refusal == nil && $0.parent.gateway == gateway.key && $0.listeners.contains(place)
        }
        let kinds: [Value] =
            listener.takesRoutes && listener.transport == "HTTP"
            ? [["group": .string(GatewayAPI.group), "kind": "HTTPRoute"]] : []
        return [
            "name": .string(listener.name), "supportedKinds": .array(kinds),
            "attachedRoutes": .integer(Int64(attached)), "conditions": .array(conditions.items),
        ]
    }

    // MARK: Routes

    /// The status of a route, with the entries of other controllers as they are.
    private func routeStatus(_ object: Value, _ now: Timestamp) -> Value {
        let key = ObjectKey(object)
        let known = object["status"]?["parents"]?.arrayValue ?? []
        let foreign = known.filter { $0["controllerName"]?.stringValue != GatewayView.controller }
        let ours = attachments.filter { $0.route.key == key }.map { attachment in
            parentStatus(attachment, known, now)
        }
        if ours.isEmpty, foreign.count == known.count { return object["status"] ?? .emptyObject }
        return ["parents": .array(foreign + ours)]
    }

    private func parentStatus(_ attachment: Attachment, _ known: [Value], _ now: Timestamp) -> Value {
        let entry = known.first {
            $0["controllerName"]?.stringValue == GatewayView.controller
                && $0["parentRef"] == attachment.parent.reference
        }
        var conditions = Conditions(entry?["conditions"]?.arrayValue ?? [])
        let generation = attachment.route.object.metadata.generation
        let refusal = attachment.refusal
        conditions.set(
            Condition(
                type: "Accepted", status: .init(refusal == nil), reason: refusal?.reason ?? "Accepted",
                message: refusal?.message ?? "the route is served"), generation: generation, now: now)
        let unresolved = attachment.rules.unresolved
        conditions.set(
            Condition(
                type: "ResolvedRefs", status: .init(unresolved == nil),
                reason: unresolved?.reason ?? "ResolvedRefs",
                message: unresolved?.message ?? "all backends were found"), generation: generation, now: now)
        return [
            "parentRef": attachment.parent.reference, "controllerName": .string(GatewayView.controller),
            "conditions": .array(conditions.items),
        ]
    }
}
