import KubeModel

/// What a request asks for, read from its method and path as upstream's `RequestInfoFactory` reads them.
struct RequestInfo: Sendable, Hashable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for what is no
    /// resource the method in lower case.
    var verb: String
    /// The path with its percent escapes resolved.
    let path: String
    /// The resource part, nil for paths such as `/version` and `/apis/apps`.
    var resource: Resource?

    /// The parts of a path below a group and version.
    struct Resource: Sendable, Hashable {
        let group: String
        let version: String
        let plural: String
        /// Empty for cluster-scoped resources and for all namespaces.
        var namespace = ""
        /// Empty for collections.
        var name = ""
        var subresource = ""
        /// Path elements behind the subresource, as proxies take them.
        var rest: [String] = []
    }

    /// Reads a request; nil where the path's percent escapes are malformed.
    init?(_ request: APIRequest) {
        guard let path = request.path.percentDecoded else { return nil }
        self.path = path
        verb = request.method.rawValue.lowercased()
        var parts = request.path.split(separator: "/").compactMap { String($0).percentDecoded }[...]
        guard let prefix = parts.popFirst() else { return }
        var group = ""
        switch prefix {
        case "api" where parts.count >= 2: break
        case "apis" where parts.count >= 3: group = parts.popFirst() ?? ""
        default: return
        }
        guard let version = parts.popFirst() else { return }
        var isWatch = request.parameter("watch").map(QueryDecoder.boolean) ?? false
        if parts.first == "watch", parts.count > 1 {
            parts.removeFirst()
            isWatch = true
        }
        resource = Resource(group: group, version: version, parts: parts)
        verb = Self.verb(request.method, hasName: resource?.name.isEmpty == false, isWatch: isWatch)
    }

    private static func verb(_ method: APIRequest.Method, hasName: Bool, isWatch: Bool) -> String {
        switch method {
        case .get, .head: hasName ? "get" : isWatch ? "watch" : "list"
        case .post: "create"
        case .put: "update"
        case .patch: "patch"
        case .delete: hasName ? "delete" : "deletecollection"
        case .options: "options"
        }
    }
}

extension RequestInfo.Resource {
    /// Parts of a namespace that are no resources in it.
    private static let namespaceSubresources = ["status", "finalize"]

    init(group: String, version: String, parts: ArraySlice<String>) {
        self.group = group
        self.version = version
        var parts = parts
        if parts.first == "namespaces", parts.count > 1 {
            namespace = parts[parts.startIndex + 1]
            let isNamespaceItself =
                parts.count == 2 || Self.namespaceSubresources.contains(parts[parts.startIndex + 2])
            if !isNamespaceItself { parts = parts.dropFirst(2) }
        }
        plural = parts.popFirst() ?? ""
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
        rest = Array(parts)
    }
}

extension String {
    /// The text with its percent escapes resolved; nil where one is malformed or the result is no UTF-8.
    var percentDecoded: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        var rest = utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(Self.hexadecimalValue),
                let low = rest.next().flatMap(Self.hexadecimalValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
