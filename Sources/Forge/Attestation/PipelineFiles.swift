/// Which services a repository has, and which of them a change concerns.
///
/// A service is a folder with a pipeline file; a pipeline file at the root is the whole repository's. A path belongs
/// to the service that is nearest above it.
public struct PipelineFiles: Sendable, Hashable {
    /// Where a pipeline file stands in its service's folder.
    public static let path = ".slipway/pipeline.yaml"

    /// The folders of the services, sorted; empty text for the root.
    public let services: [String]

    /// The services of a tree, told from the paths of its files.
    public init(paths: some Sequence<String>) {
        services = paths.compactMap { path in
            if path == Self.path { return "" }
            return path.hasSuffix("/\(Self.path)") ? String(path.dropLast(Self.path.count + 1)) : nil
        }.sorted()
    }

    /// The service that a path belongs to; empty where that is the whole repository.
    public func service(of path: String) -> String {
        var best = ""
        for service in services where service.count > best.count && path.hasPrefix(service + "/") {
            best = service
        }
        return best
    }

    /// The pipeline file of a service.
    public static func file(of service: String) -> String { service.isEmpty ? path : "\(service)/\(path)" }

    /// What a change concerns.
    public struct Scope: Sendable, Hashable {
        /// The one service that it concerns; empty for more than one, and for the whole repository.
        public var lane: String
        /// The services whose pipelines must pass.
        public var services: [String]
    }

    /// What a change of some paths concerns.
    ///
    /// What lies outside of every service can matter to each of them: then the root's pipeline must pass and, where
    /// there is none, those of all services.
    public func scope(of paths: some Sequence<String>) -> Scope {
        let touched = Set(paths.map { service(of: $0) })
        if touched.count == 1, let only = touched.first, !only.isEmpty {
            return Scope(lane: only, services: [only])
        }
        var needed = touched.subtracting([""])
        if touched.contains("") || touched.isEmpty {
            if services.contains("") { needed.insert("") } else { needed.formUnion(services) }
        }
        return Scope(lane: "", services: needed.sorted())
    }

    /// Whether changes elsewhere leave a service alone: each of them belongs to another service.
    public func isUnaffected(_ service: String, by paths: some Sequence<String>) -> Bool {
        guard !service.isEmpty else { return false }
        return paths.allSatisfy { path in
            let owner = self.service(of: path)
            return !owner.isEmpty && owner != service && !owner.hasPrefix(service + "/")
        }
    }
}
