import KubeClient
import KubeModel
import Manifest

/// The rules of one HTTPRoute in the router's terms, with what stands in their way.
struct RouteRules: Sendable {
    /// Why part of a route cannot be done, for its conditions.
    struct Fault: Sendable, Hashable {
        var reason: String
        var message: String
    }

    private(set) var rules: [RoutingTable.Rule] = []
    /// What the router does not do; the route is then not accepted.
    private(set) var unsupported: Fault?
    /// A backend that cannot be resolved; its share of requests is answered with 500.
    private(set) var unresolved: Fault?

    private let route: RouteState
    private let view: GatewayView

    init(_ route: RouteState, _ view: GatewayView) {
        self.route = route
        self.view = view
        for (index, rule) in (route.object["spec"]?["rules"]?.arrayValue ?? []).enumerated() {
            read(rule, at: "spec.rules[\(index)]")
        }
    }

    private mutating func refuse(_ message: String) {
        unsupported = unsupported ?? Fault(reason: "UnsupportedValue", message: message)
    }

    private mutating func read(_ rule: Value, at path: String) {
        var matches: [RoutingTable.Match] = []
        for (index, match) in (rule["matches"]?.arrayValue ?? []).enumerated() {
            if let read = self.match(match, at: "\(path).matches[\(index)]") { matches.append(read) }
        }
        var backends: [RoutingTable.WeightedBackend] = []
        for (index, reference) in (rule["backendRefs"]?.arrayValue ?? []).enumerated() {
            backends.append(backend(reference, at: "\(path).backendRefs[\(index)]"))
        }
        var read = RoutingTable.Rule(matches: matches, backends: backends)
        read.filters = filters(rule["filters"]?.arrayValue ?? [], at: "\(path).filters")
        for name in ["request", "backendRequest"] {
            guard let text = rule["timeouts"]?[name]?.stringValue else { continue }
            guard let limit = Self.duration(text) else {
                refuse("\(path).timeouts.\(name): \"\(text)\" is no duration such as 1h30m or 500ms")
                continue
            }
            // 0 switches the limit off.
            if limit > .zero { read.timeout = min(read.timeout ?? limit, limit) }
        }
        rules.append(read)
    }

    private mutating func match(_ match: Value, at path: String) -> RoutingTable.Match? {
        var read = RoutingTable.Match()
        let value = match["path"]?["value"]?.stringValue ?? "/"
        switch match["path"]?["type"]?.stringValue ?? "PathPrefix" {
        case "Exact": read.path = .exact(value)
        case "PathPrefix": read.path = .prefix(value)
        case let type:
            refuse("\(path).path.type: \(type) is not supported; use Exact or PathPrefix")
            return nil
        }
        read.method = match["method"]?.stringValue
        for (list, keyPath) in [("headers", \RoutingTable.Match.headers), ("queryParams", \.query)] {
            for field in match[list]?.arrayValue ?? [] {
                let type = field["type"]?.stringValue ?? "Exact"
                guard type == "Exact" else {
                    refuse("\(path).\(list): type \(type) is not supported; use Exact")
                    return nil
                }
                let entry = RoutingTable.Match.Field(
                    field["name"]?.stringValue ?? "", field["value"]?.stringValue ?? "")
                // Of equal names the first counts; names of headers do not tell case apart.
                let isKnown = read[keyPath: keyPath].contains {
                    list == "headers"
                        ? $0.name.lowercased() == entry.name.lowercased() : $0.name == entry.name
                }
                if !isKnown { read[keyPath: keyPath].append(entry) }
            }
        }
        return read
    }

    private mutating func backend(_ reference: Value, at path: String) -> RoutingTable.WeightedBackend {
        let key = ObjectKey(
            namespace: reference["namespace"]?.stringValue ?? route.key.namespace,
            name: reference["name"]?.stringValue ?? "")
        let port = Int(reference["port"]?.integerValue ?? 0)
        let weight = Int(reference["weight"]?.integerValue ?? 1)
        if let filters = reference["filters"]?.arrayValue, !filters.isEmpty {
            refuse("\(path).filters is not supported; put filters on the rule")
        }
        var backend = RoutingTable.Backend(
            namespace: key.namespace, service: key.name, port: port, endpoints: [])
        let group = reference["group"]?.stringValue ?? ""
        let kind = reference["kind"]?.stringValue ?? "Service"
        var fault: Fault?
        if !["", "core"].contains(group) || kind != "Service" {
            fault = Fault(
                reason: "InvalidKind",
                message: "\(path): \(GroupKind(group: group, kind: kind)) is no Service")
        } else if !view.grants(route.key, to: key) {
            fault = Fault(
                reason: "RefNotPermitted",
                message: "\(path): Service \(key) is in another namespace, where no ReferenceGrant allows it")
        } else if view.services[key] == nil {
            fault = Fault(reason: "BackendNotFound", message: "\(path): there is no Service \(key)")
        } else if let endpoints = view.endpoints(of: key, port: port) {
            backend.endpoints = endpoints
        } else {
            fault = Fault(
                reason: "BackendNotFound", message: "\(path): Service \(key) has no TCP port \(port)")
        }
        if let fault {
            backend.isInvalid = true
            unresolved = unresolved ?? fault
        }
        return RoutingTable.WeightedBackend(backend, weight: weight)
    }

    private mutating func filters(_ filters: [Value], at path: String) -> RoutingTable.Filters {
        var read = RoutingTable.Filters()
        for (index, filter) in filters.enumerated() {
            switch filter["type"]?.stringValue ?? "" {
            case "RequestHeaderModifier":
                read.request = RoutingTable.HeaderChange(filter["requestHeaderModifier"] ?? .emptyObject)
            case "ResponseHeaderModifier":
                read.response = RoutingTable.HeaderChange(filter["responseHeaderModifier"] ?? .emptyObject)
            case "RequestRedirect":
                let redirect = filter["requestRedirect"] ?? .emptyObject
                if redirect["path"] != nil {
                    refuse(
                        "\(path)[\(index)].requestRedirect.path is not supported; redirect to a host or port")
                }
                read.redirect = RoutingTable.Redirect(redirect)
            case let type:
                refuse(
                    "\(path)[\(index)]: \(type) is not supported; the router does RequestHeaderModifier, "
                        + "ResponseHeaderModifier and RequestRedirect")
            }
        }
        return read
    }

    /// Reads a duration of the Gateway API (GEP-2257): `1h30m`, `500ms`.
    static func duration(_ text: String) -> Duration? {
        var rest = Substring(text)
        var sum = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "h": sum += .seconds(number * 3600)
            case "m": sum += .seconds(number * 60)
            case "s": sum += .seconds(number)
            case "ms": sum += .milliseconds(number)
            default: return nil
            }
        }
        return sum
    }
}

extension RoutingTable.HeaderChange {
    init(_ filter: Value) {
        func fields(_ name: String) -> [RoutingTable.Match.Field] {
            (filter[name]?.arrayValue ?? []).map {
                .init($0["name"]?.stringValue ?? "", $0["value"]?.stringValue ?? "")
            }
        }
        self.init(
            set: fields("set"), add: fields("add"),
            remove: (filter["remove"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
}

extension RoutingTable.Redirect {
    init(_ filter: Value) {
        self.init(
            scheme: filter["scheme"]?.stringValue, hostname: filter["hostname"]?.stringValue,
            port: filter["port"]?.integerValue.flatMap { Int(exactly: $0) },
            status: Int(filter["statusCode"]?.integerValue ?? 302))
    }
}
