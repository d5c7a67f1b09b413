public import KubeModel

/// What a project allows: from which repositories, to which destinations, and which kinds.
///
/// The rules are Argo CD's: patterns that begin with `!` deny and win over those that allow; a destination has to be
/// allowed by one entry as a whole; cluster-wide kinds are denied unless they are listed, namespaced ones allowed unless
/// a list says otherwise.
public struct ProjectPolicy: Sendable {
    let project: AppProject

    /// The policy of a project.
    public init(_ project: AppProject) { self.project = project }

    /// Why an application may not be synced, each a sentence; none where it may.
    ///
    /// - Parameter controlNamespace: the namespace whose applications may belong to any project.
    public func faults(of application: Application, controlNamespace: String) -> [String] {
        var faults = project.refusals.map { "project \(project.name): \($0)" }
        if application.namespace != controlNamespace,
            !project.sourceNamespaces.contains(where: { Glob($0).matches(application.namespace) })
        {
            faults.append(
                "applications in namespace \(application.namespace) are not allowed to use project \(project.name); "
                    + "add the namespace to its sourceNamespaces")
        }
        if let source = application.source, !allows(repository: source.repoURL) {
            faults.append(
                "application repo \(source.repoURL) is not permitted in project '\(project.name)'; "
                    + "add it to its sourceRepos")
        }
        let destination = application.destination
        if !allows(destination, namespace: destination.namespace) {
            faults.append(
                "application destination server '\(destination.server.isEmpty ? destination.name : destination.server)' "
                    + "and namespace '\(destination.namespace)' do not match any of the allowed destinations in "
                    + "project '\(project.name)'")
        }
        return faults
    }

    /// Whether the project may read from a repository.
    public func allows(repository url: String) -> Bool {
        let address = RepositoryURL.normalized(url)
        var isAllowed = false
        for pattern in project.sourceRepos {
            if pattern.hasPrefix("!") {
                if matches(String(pattern.dropFirst()), address) { return false }
            } else if pattern == "*" || matches(pattern, address) {
                isAllowed = true
            }
        }
        return isAllowed
    }

    private func matches(_ pattern: String, _ address: String) -> Bool {
        // A pattern that is an address may be spelled otherwise than the application spells it.
        Glob(RepositoryURL.normalized(pattern), separator: "/").matches(address)
    }

    /// Whether the project may deploy to a namespace of a cluster.
    public func allows(_ destination: ApplicationDestination, namespace: String) -> Bool {
        var isAllowed = false
        for entry in project.destinations {
            let cluster =
                destination.server.isEmpty
                ? Self.match(entry.name, destination.name) : Self.matchCluster(entry, destination)
            let space = Self.match(entry.namespace, namespace)
            // One part that denies is enough where the other does not say that it is about something else.
            if cluster == .denied, space == .allowed { return false }
            if space == .denied, cluster == .allowed { return false }
            if cluster == .allowed, space == .allowed { isAllowed = true }
        }
        return isAllowed
    }

    private enum Match { case allowed, denied, unrelated }

    private static func match(_ pattern: String, _ text: String) -> Match {
        if pattern.hasPrefix("!") {
            return Glob(String(pattern.dropFirst())).matches(text) ? .denied : .allowed
        }
        return Glob(pattern).matches(text) ? .allowed : .unrelated
    }

    private static func matchCluster(
        _ entry: AppProject.Destination, _ destination: ApplicationDestination
    ) -> Match {
        if entry.server.isEmpty {
            let name =
                destination.server == ApplicationDestination.inCluster ? "in-cluster" : destination.name
            return match(entry.name, name)
        }
        return match(entry.server, destination.server)
    }

    /// Whether the project may deploy objects of a kind.
    ///
    /// - Parameter name: the object's name, which entries for cluster-wide kinds may narrow.
    public func allows(_ kind: GroupKind, name: String, isNamespaced: Bool) -> Bool {
        func contains(_ rules: [AppProject.KindRule]) -> Bool {
            rules.contains { rule in
                Glob(rule.group).matches(kind.group) && Glob(rule.kind).matches(kind.kind)
                    && (rule.name.isEmpty || Glob(rule.name).matches(name))
            }
        }
        if isNamespaced {
            if contains(project.namespaceResourceBlacklist) { return false }
            return project.namespaceResourceWhitelist.map(contains) ?? true
        }
        if contains(project.clusterResourceBlacklist) { return false }
        return contains(project.clusterResourceWhitelist)
    }

    /// Whether the project may deploy an object.
    func allows(_ key: ResourceKey, to destination: ApplicationDestination) -> Bool {
        let isNamespaced = !key.namespace.isEmpty
        guard allows(key.groupKind, name: key.name, isNamespaced: isNamespaced) else { return false }
        return !isNamespaced || allows(destination, namespace: key.namespace)
    }
}
