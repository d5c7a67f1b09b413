/// What a request's path means: distribution specification 1.1, "Endpoints".
enum RegistryRoute: Sendable, Hashable {
    case base
    case catalog
    case blob(repository: String, digest: String)
    case uploads(repository: String)
    case upload(repository: String, identifier: String)
    case manifest(repository: String, reference: String)
    case tags(repository: String)
    case referrers(repository: String, digest: String)

    /// Reads a path, which is taken apart from its end, since the words may be parts of a repository's name too.
    ///
    /// - Throws: ``RegistryRefusal``.
    init(path: String) throws(RegistryRefusal) {
        guard path == "/v2" || path.hasPrefix("/v2/") else {
            throw RegistryRefusal(404, .unsupported, "this is an image registry; its paths begin with /v2/")
        }
        let parts = path.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.isEmpty || parts == [""] {
            self = .base
            return
        }
        if parts == ["_catalog"] {
            self = .catalog
            return
        }
        func repository(_ count: Int) throws(RegistryRefusal) -> String {
            let name = parts.dropLast(count).joined(separator: "/")
            guard ReferenceGrammar.isRepository(name),
                name.utf8.count <= ReferenceGrammar.longestRepository
            else {
                throw RegistryRefusal(400, .nameInvalid, "'\(name.onOneLine)' is no repository's name")
            }
            return name
        }
        let count = parts.count
        let last = parts[count - 1]
        if count > 3, parts[count - 3] == "blobs", parts[count - 2] == "uploads" {
            let name = try repository(3)
            self = last.isEmpty ? .uploads(repository: name) : .upload(repository: name, identifier: last)
            return
        }
        switch count > 2 ? parts[count - 2] : "" {
        case "blobs" where last == "uploads": self = .uploads(repository: try repository(2))
        case "blobs": self = .blob(repository: try repository(2), digest: last)
        case "manifests": self = .manifest(repository: try repository(2), reference: last)
        case "referrers": self = .referrers(repository: try repository(2), digest: last)
        case "tags" where last == "list": self = .tags(repository: try repository(2))
        default: throw RegistryRefusal(404, .unsupported, "there is no endpoint '\(path.onOneLine)'")
        }
    }

    /// What a method on the endpoint does; nil for one that is not allowed.
    func access(_ method: String) -> RegistryAccess? {
        switch (self, method) {
        case (.base, "GET"), (.base, "HEAD"): RegistryAccess(.ping)
        case (.catalog, "GET"): RegistryAccess(.catalog)
        case (.blob(let name, _), "GET"), (.blob(let name, _), "HEAD"),
            (.manifest(let name, _), "GET"), (.manifest(let name, _), "HEAD"),
            (.tags(let name), "GET"), (.referrers(let name, _), "GET"):
            RegistryAccess(.pull, repository: name)
        case (.manifest(let name, _), "PUT"), (.uploads(let name), "POST"),
            (.upload(let name, _), "PATCH"), (.upload(let name, _), "PUT"),
            (.upload(let name, _), "GET"), (.upload(let name, _), "DELETE"):
            RegistryAccess(.push, repository: name)
        case (.blob(let name, _), "DELETE"), (.manifest(let name, _), "DELETE"):
            RegistryAccess(.delete, repository: name)
        default: nil
        }
    }

    /// The methods the endpoint has, for an `Allow` header.
    var methods: [String] {
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter { access($0) != nil }
    }
}
