/// The address of a repository in one spelling, so that applications that write it differently share a mirror.
public enum RepositoryURL {
    /// The address without user, password, port of its scheme, trailing slash and `.git`, host in lower case;
    /// `git@host:path` reads as `ssh://host/path`.
    public static func normalized(_ url: String) -> String {
        var text = url.trimmed
        if !text.contains("://"), !text.hasPrefix("/"), let colon = text.firstIndex(of: ":") {
            text = "ssh://\(text[..<colon])/\(text[text.index(after: colon)...])"
        }
        guard let separator = text.firstRange(of: "://") else { return trimmedPath(text) }
        let scheme = text[..<separator.lowerBound].lowercased()
        var rest = text[separator.upperBound...]
        let path: Substring
        if let slash = rest.firstIndex(of: "/") {
            path = rest[slash...]
            rest = rest[..<slash]
        } else {
            path = ""
        }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        var host = rest.lowercased()
        let ports = ["https": ":443", "http": ":80", "ssh": ":22"]
        if let port = ports[scheme], host.hasSuffix(port) { host.removeLast(port.count) }
        let trimmed = trimmedPath(String(path))
        return "\(scheme)://\(host)\(trimmed.hasPrefix("/") || trimmed.isEmpty ? "" : "/")\(trimmed)"
    }

    private static func trimmedPath(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix(".git") { path.removeLast(4) }
        return path
    }
}
