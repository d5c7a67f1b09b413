import NIOHTTP1

extension HTTPHeaders {
    /// Sets, adds and removes headers as a route's filter says.
    mutating func apply(_ change: RoutingTable.HeaderChange) {
        for field in change.set { replaceOrAdd(name: field.name, value: field.value) }
        for field in change.add { add(name: field.name, value: field.value) }
        for name in change.remove { remove(name: name) }
    }
}

extension RoutingTable.Redirect {
    /// The `Location` for a request: the parts that are given, and the rest as the request has them.
    func location(host: String, target: String) -> String {
        let scheme = self.scheme ?? "http"
        let parts = host.split(separator: ":", maxSplits: 1)
        let name = hostname ?? parts.first.map(String.init) ?? ""
        let standard = scheme == "https" ? 443 : 80
        // A new scheme brings its own port, unless one is given.
        let present = self.scheme == nil && parts.count > 1 ? Int(parts[1]) : nil
        let number = port ?? present ?? standard
        return "\(scheme)://\(name)\(number == standard ? "" : ":\(number)")\(target)"
    }
}
