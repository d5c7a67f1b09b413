import Manifest

extension Kubeconfig {
    /// Reads a kubeconfig.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON; empty is an empty kubeconfig.
    ///   - path: the file it is from; relative paths in it start at its directory.
    /// - Throws: ``KubeClientError`` with code `configuration`, naming file and field.
    public init(_ bytes: [UInt8], path: String) throws {
        do {
            let document = try YAML.parse(bytes).first ?? .null
            try self.init(document)
        } catch {
            throw KubeClientError(.configuration, "cannot read the kubeconfig \(path)", cause: error)
        }
        resolvePaths(from: path.lastIndex(of: "/").map { String(path[...$0]) } ?? "")
    }

    private init(_ document: Value) throws(ManifestError) {
        guard !document.isNull else { return }
        if let kind = document["kind"]?.stringValue, kind != "Config" {
            throw ManifestError(.typeMismatch, "it should be of kind Config, but is of kind \(kind)")
        }
        clusters = try Self.entries(document, "clusters", field: "cluster")
        users = try Self.entries(document, "users", field: "user")
        contexts = try Self.entries(document, "contexts", field: "context")
        currentContext = document["current-context"]?.stringValue ?? ""
    }

    /// The entries of a list of `{name: …, <field>: {…}}`; of two of one name the first wins, as kubectl has it.
    private static func entries<Entry: Decodable>(
        _ document: Value, _ list: String, field: String
    ) throws(ManifestError) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        guard let value = document[list], !value.isNull else { return entries }
        guard let items = value.arrayValue else {
            throw ManifestError(.typeMismatch, "\(list) should be a list, but is \(value.kindDescription)")
        }
        for (place, item) in items.enumerated() {
            guard let name = item["name"]?.stringValue else {
                throw ManifestError(.notFound, "\(list)[\(place)] has no name")
            }
            guard entries[name] == nil else { continue }
            var content = item[field] ?? .emptyObject
            if content.isNull { content = .emptyObject }
            do throws(ManifestError) {
                entries[name] = try ValueDecoder().decode(Entry.self, from: content)
            } catch {
                throw ManifestError(error.code, "\(list)[\(place)] (\(name)): \(error.message)")
            }
        }
        return entries
    }

    private mutating func resolvePaths(from directory: String) {
        func resolve(_ path: inout String?) {
            guard let relative = path, !relative.isEmpty, !relative.hasPrefix("/") else { return }
            path = directory + relative
        }
        for name in clusters.keys { resolve(&clusters[name, default: Cluster()].certificateAuthority) }
        for name in users.keys {
            resolve(&users[name, default: User()].clientCertificate)
            resolve(&users[name, default: User()].clientKey)
            resolve(&users[name, default: User()].tokenFile)
        }
    }

    /// Reads the kubeconfigs that the environment names, merged.
    ///
    /// `KUBECONFIG` is a list of files separated by colons, of which some may be missing; without it the file is
    /// `$HOME/.kube/config`.
    /// - Returns: nil where none of the files is there.
    /// - Throws: ``KubeClientError`` with code `configuration` for a file that cannot be read.
    public static func load(
        environment: [String: String], files: FileReader = .system
    ) async throws -> Kubeconfig? {
        var paths: [String] = []
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            for path in list.split(separator: ":") where !paths.contains(String(path)) {
                paths.append(String(path))
            }
        } else if let home = environment["HOME"], !home.isEmpty {
            paths = [home + "/.kube/config"]
        }
        var merged: Kubeconfig?
        for path in paths {
            guard let bytes = try await files.contents(path) else { continue }
            let config = try Kubeconfig(bytes, path: path)
            if merged == nil { merged = config } else { merged?.merge(config) }
        }
        return merged
    }
}
