import Synchronization

/// A routing table made ready for lookups: by host, then in the Gateway API's order of precedence.
final class CompiledRoutes: Sendable {
    /// One match of one rule.
    struct Candidate: Sendable {
        let match: RoutingTable.Match
        let rule: CompiledRule
    }

    private let exactHosts: [String: [Candidate]]
    /// Suffixes such as `.example.com`, longest first.
    private let wildcardHosts: [(suffix: String, candidates: [Candidate])]
    private let anyHost: [Candidate]

    /// - Parameter seed: where the ticket sequences start; random, so that a table that is replaced all the time
    ///   does not always begin with the same backend.
    init(_ table: RoutingTable, seed: UInt64) {
        var byHost: [String: [(order: Order, candidate: Candidate)]] = [:]
        for route in table.routes {
            for (index, rule) in route.rules.enumerated() {
                let compiled = CompiledRule(rule, seed: seed)
                let matches = rule.matches.isEmpty ? [RoutingTable.Match()] : rule.matches
                let hosts = route.hostnames.isEmpty ? [""] : route.hostnames.map { $0.lowercased() }
                for match in matches {
                    let entry = (
                        Order(match: match, route: route, ruleIndex: index),
                        Candidate(match: match, rule: compiled)
                    )
                    for host in hosts { byHost[host, default: []].append(entry) }
                }
            }
        }
        var sorted = byHost.mapValues { entries in
            entries.sorted { $0.order < $1.order }.map(\.candidate)
        }
        anyHost = sorted.removeValue(forKey: "") ?? []
        wildcardHosts = sorted.filter { $0.key.hasPrefix("*.") }
            .map { (String($0.key.dropFirst()), $0.value) }
            .sorted { $0.suffix.utf8.count > $1.suffix.utf8.count }
        exactHosts = sorted.filter { !$0.key.hasPrefix("*.") }
    }

    /// The rule for a request, nil where no route matches.
    ///
    /// - Parameters:
    ///   - host: the Host header, with or without a port.
    ///   - target: path and query as on the request line.
    ///   - header: looks a header's first value up.
    func rule(
        host: String, method: String, target: String, header: (String) -> String?
    ) -> CompiledRule? {
        let request = Request(method: method, target: target)
        let name = Self.hostName(host)
        if let candidates = exactHosts[name], let rule = first(candidates, request, header) { return rule }
        for wildcard in wildcardHosts where name.hasSuffix(wildcard.suffix) && name != wildcard.suffix {
            if let rule = first(wildcard.candidates, request, header) { return rule }
        }
        return first(anyHost, request, header)
    }

    private func first(
        _ candidates: [Candidate], _ request: Request, _ header: (String) -> String?
    ) -> CompiledRule? {
        candidates.first { $0.match.accepts(request, header: header) }?.rule
    }

    /// The name in a Host header: without port, in lower case. IPv6 literals keep their brackets.
    private static func hostName(_ host: String) -> String {
        let name: Substring
        if host.hasPrefix("[") {
            name = host.prefix { $0 != "]" } + "]"
        } else {
            name = host.prefix { $0 != ":" }
        }
        return name.lowercased()
    }

    /// A request line, taken apart once a lookup.
    struct Request {
        let method: String
        let path: Substring
        let query: Substring

        init(method: String, target: String) {
            self.method = method
            let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            path = parts.first ?? "/"
            query = parts.count > 1 ? parts[1] : ""
        }

        func hasParameter(_ field: RoutingTable.Match.Field) -> Bool {
            query.split(separator: "&").contains { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.first ?? "" == field.name && (parts.count > 1 ? parts[1] : "") == field.value
            }
        }
    }

    /// The precedence of Gateway API v1, HTTPRouteRule.matches: exact path, longest prefix, method, number of headers,
    /// number of parameters; then the oldest route, then its name, then the order of its rules.
    private struct Order: Comparable {
        let isPrefix: Int
        let pathLength: Int
        let hasNoMethod: Int
        let headers: Int
        let parameters: Int
        let created: String
        let name: String
        let ruleIndex: Int

        init(match: RoutingTable.Match, route: RoutingTable.Route, ruleIndex: Int) {
            switch match.path {
            case .exact(let path): (isPrefix, pathLength) = (0, -path.utf8.count)
            case .prefix(let path): (isPrefix, pathLength) = (1, -path.utf8.count)
            }
            hasNoMethod = match.method == nil ? 1 : 0
            headers = -match.headers.count
            parameters = -match.query.count
            created = route.created
            name = "\(route.namespace)/\(route.name)"
            self.ruleIndex = ruleIndex
        }

        static func < (left: Order, right: Order) -> Bool {
            (left.isPrefix, left.pathLength, left.hasNoMethod, left.headers, left.parameters)
                != (right.isPrefix, right.pathLength, right.hasNoMethod, right.headers, right.parameters)
                ? (left.isPrefix, left.pathLength, left.hasNoMethod, left.headers, left.parameters)
                    < (right.isPrefix, right.pathLength, right.hasNoMethod, right.headers, right.parameters)
                : (left.created, left.name, left.ruleIndex) < (right.created, right.name, right.ruleIndex)
        }
    }
}

extension RoutingTable.Match {
    func accepts(_ request: CompiledRoutes.Request, header: (String) -> String?) -> Bool {
        switch path {
        case .exact(let path): guard request.path == path else { return false }
        case .prefix(let prefix): guard Self.path(request.path, isBelow: prefix) else { return false }
        }
        if let method, method != request.method { return false }
        return headers.allSatisfy { header($0.name) == $0.value } && query.allSatisfy(request.hasParameter)
    }

    private static func path(_ path: Substring, isBelow prefix: String) -> Bool {
        let prefix = prefix.hasSuffix("/") ? prefix.dropLast() : prefix[...]
        guard path.utf8.starts(with: prefix.utf8) else { return false }
        let rest = path.utf8.dropFirst(prefix.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}
