import ArgumentParser
import KubeClient
import KubeModel
import Manifest

/// `slipway app tree`: an application's objects and what they own in turn.
struct AppTree: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Show an application's objects with the ones they own.",
        discussion: "Shows replica sets, pods, jobs and endpoint slices below the objects that own them.")

    @Argument var name: String
    @OptionGroup var options: AppOptions

    /// The kinds whose objects are owned by others.
    private static let dependents: [GroupVersionResource] = [
        .replicaSets, .pods, .jobs,
        GroupVersionResource(group: "discovery.k8s.io", version: "v1", resource: "endpointslices"),
        GroupVersionResource(group: "apps", version: "v1", resource: "controllerrevisions"),
    ]

    func run() async throws {
        try await reporting {
            let tree = try await options.withClient { client in
                let object = try await options.application(name, client)
                return try await self.lines(of: object, client)
            }
            try StandardStreams.writeOutput(Array((tree.joined(separator: "\n") + "\n").utf8))
        }
    }

    private func lines(of object: Value, _ client: KubeClient) async throws -> [String] {
        let resources = object["status", "resources"]?.arrayValue ?? []
        let namespaces = Set(resources.compactMap { $0["namespace"]?.stringValue })
        var owned: [String: [Value]] = [:]
        for namespace in namespaces.sorted() {
            for resource in Self.dependents {
                guard let items = try? await client.listAll(resource, namespace: namespace) else { continue }
                for item in items {
                    guard let owner = item.metadata.controller else { continue }
                    owned[owner.uid, default: []].append(item)
                }
            }
        }
        let mapper = RESTMapper(client)
        var lines = ["Application/\(name)"]
        for (place, resource) in resources.enumerated() {
            let isLast = place == resources.count - 1
            let kind = GroupVersionKind(
                group: resource["group"]?.stringValue ?? "",
                version: resource["version"]?.stringValue ?? "v1",
                kind: resource["kind"]?.stringValue ?? "")
            let name = resource["name"]?.stringValue ?? ""
            let state = [resource["status"]?.stringValue, resource["health", "status"]?.stringValue]
                .compactMap(\.self).joined(separator: ", ")
            lines.append("\(isLast ? "└──" : "├──") \(kind.kind)/\(name)  \(state)")
            let mapping = try? await mapper.mapping(for: kind)
            let namespace = mapping?.isNamespaced == true ? resource["namespace"]?.stringValue : nil
            guard let mapping,
                let live = try? await client.get(mapping.resource, name, namespace: namespace)
            else { continue }
            append(owned, below: live.metadata.uid, indent: isLast ? "    " : "│   ", to: &lines)
        }
        return lines
    }

    private func append(
        _ owned: [String: [Value]], below uid: String, indent: String, to lines: inout [String]
    ) {
        let children = (owned[uid] ?? []).sorted { $0.metadata.name < $1.metadata.name }
        for (place, child) in children.enumerated() {
            let isLast = place == children.count - 1
            let health = Health.assess(child)?.status.rawValue ?? ""
            lines.append("\(indent)\(isLast ? "└──" : "├──") \(child.kind)/\(child.metadata.name)  \(health)")
            append(owned, below: child.metadata.uid, indent: indent + (isLast ? "    " : "│   "), to: &lines)
        }
    }
}
