public import KubeModel
import Manifest

/// Finds the resource of a kind by asking the server what it serves.
///
/// Answers are kept. A kind that is missing is asked for anew, so that the kinds of a definition that has just
/// been created are found, but not more often than every ``recheckInterval``.
public actor RESTMapper {
    private let client: KubeClient
    /// What each `apiVersion` serves, by kind.
    private var served: [String: (kinds: [String: RESTMapping], askedAt: Duration)] = [:]
    /// The versions of each group, the preferred one first.
    private var groups: (versions: [String: [String]], askedAt: Duration)?

    /// How long a kind that was not there is believed to be missing.
    public let recheckInterval: Duration

    /// A mapper that knows nothing yet.
    public init(_ client: KubeClient, recheckInterval: Duration = .seconds(1)) {
        self.client = client
        self.recheckInterval = recheckInterval
    }

    /// Where objects of a kind live.
    ///
    /// - Throws: ``KubeClientError`` with code `noMatch` where the server does not serve the kind; `APIError`.
    public func mapping(for kind: GroupVersionKind) async throws -> RESTMapping {
        if let mapping = served[kind.apiVersion]?.kinds[kind.kind] { return mapping }
        if let mapping = try await kinds(of: kind.apiVersion)[kind.kind] { return mapping }
        throw KubeClientError(
            .noMatch, "no matches for kind \"\(kind.kind)\" in version \"\(kind.apiVersion)\"")
    }

    /// Where objects of a kind live in the version of the group that the server prefers among those that have it.
    ///
    /// - Throws: ``KubeClientError`` with code `noMatch` where the server does not serve the kind; `APIError`.
    public func mapping(for kind: GroupKind) async throws -> RESTMapping {
        for version in try await versions(of: kind.group) {
            let apiVersion = kind.group.isEmpty ? version : "\(kind.group)/\(version)"
            if let mapping = served[apiVersion]?.kinds[kind.kind] { return mapping }
            if let mapping = try await kinds(of: apiVersion)[kind.kind] { return mapping }
        }
        throw KubeClientError(.noMatch, "no matches for kind \"\(kind.kind)\" in group \"\(kind.group)\"")
    }

    /// Forgets everything, after which the server is asked again.
    public func invalidate() {
        served = [:]
        groups = nil
    }

    private func versions(of group: String) async throws -> [String] {
        if group.isEmpty { return ["v1"] }
        if let known = groups {
            if let versions = known.versions[group] { return versions }
            if client.timeline.now - known.askedAt < recheckInterval { return [] }
        }
        let askedAt = client.timeline.now
        let answer = try await client.get(path: "/apis")
        var versions: [String: [String]] = [:]
        for item in answer["groups"]?.arrayValue ?? [] {
            guard let name = item["name"]?.stringValue else { continue }
            let preferred = item["preferredVersion", "version"]?.stringValue
            let all = (item["versions"]?.arrayValue ?? []).compactMap { $0["version"]?.stringValue }
            versions[name] = all.filter { $0 == preferred } + all.filter { $0 != preferred }
        }
        groups = (versions, askedAt)
        return versions[group] ?? []
    }

    private func kinds(of apiVersion: String) async throws -> [String: RESTMapping] {
        if let known = served[apiVersion], client.timeline.now - known.askedAt < recheckInterval {
            return known.kinds
        }
        let askedAt = client.timeline.now
        var kinds: [String: RESTMapping] = [:]
        do {
            let path = GroupVersionResource(apiVersion: apiVersion, resource: "").pathPrefix
            kinds = Self.mappings(try await client.get(path: path), apiVersion: apiVersion)
        } catch let error as APIError where error.isNotFound {
            // The server does not serve the group or version, which is an answer too.
        }
        served[apiVersion] = (kinds, askedAt)
        return kinds
    }

    /// Reads an `APIResourceList`.
    private static func mappings(_ list: Value, apiVersion: String) -> [String: RESTMapping] {
        let items = list["resources"]?.arrayValue ?? []
        var subresources: [String: Set<String>] = [:]
        for item in items {
            guard let name = item["name"]?.stringValue, let slash = name.firstIndex(of: "/") else { continue }
            subresources[String(name[..<slash]), default: []].insert(
                String(name[name.index(after: slash)...]))
        }
        var mappings: [String: RESTMapping] = [:]
        for item in items {
            guard let name = item["name"]?.stringValue, !name.contains("/"),
                let kind = item["kind"]?.stringValue, mappings[kind] == nil
            else { continue }
            mappings[kind] = RESTMapping(
                kind: GroupVersionKind(apiVersion: apiVersion, kind: kind),
                resource: GroupVersionResource(apiVersion: apiVersion, resource: name),
                isNamespaced: item["namespaced"]?.boolValue ?? false,
                verbs: Set((item["verbs"]?.arrayValue ?? []).compactMap(\.stringValue)),
                subresources: subresources[name] ?? [])
        }
        return mappings
    }
}
