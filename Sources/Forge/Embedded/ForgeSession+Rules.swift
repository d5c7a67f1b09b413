import KubeClient
import KubeModel
import Manifest

extension ForgeSession {
    /// The rules as the Repository object has them.
    public func protection(of branch: String, in repository: String) async throws -> BranchProtection {
        let hosted = try await hosted(repository)
        return BranchProtection(
            isProtected: hosted.isProtected("refs/heads/\(branch)"),
            requiredApprovals: hosted.spec.requiredApprovals ?? 0,
            dismissesStaleApprovals: hosted.spec.keepsStaleApprovals != true)
    }

    /// The default branch is always protected; what is asked of pull requests is the same for all branches.
    public func protect(_ branch: String, _ protection: BranchProtection, in repository: String) async throws
    {
        try await changeSpec(repository) { spec throws(ForgeError) in
            if branch == spec.branch {
                guard protection.isProtected else {
                    throw ForgeError(
                        .unsupported, "\(branch) is where pull requests land and stays protected")
                }
                spec.requiredApprovals = protection.requiredApprovals
                spec.keepsStaleApprovals = protection.dismissesStaleApprovals ? nil : true
                return
            }
            var patterns = (spec.protectedBranches ?? []).filter { $0 != branch }
            if protection.isProtected { patterns.append(branch) }
            spec.protectedBranches = patterns
        }
    }

    /// Those of the Repository object.
    public func webhooks(of repository: String) async throws -> [ForgeWebhook] {
        (try await hosted(repository).spec.webhooks ?? []).map {
            ForgeWebhook(url: $0.url, events: $0.events ?? [], secret: $0.secret)
        }
    }

    /// Adds one, or replaces the one of the same address.
    public func addWebhook(_ webhook: ForgeWebhook, to repository: String) async throws {
        try await changeSpec(repository) { spec throws(ForgeError) in
            var webhooks = (spec.webhooks ?? []).filter { $0.url != webhook.url }
            webhooks.append(
                .init(
                    url: webhook.url, events: webhook.events.isEmpty ? nil : webhook.events,
                    secret: webhook.secret))
            spec.webhooks = webhooks
        }
    }

    /// Removes the one of an address; none is fine, too.
    public func removeWebhook(url: String, from repository: String) async throws {
        try await changeSpec(repository) { spec throws(ForgeError) in
            spec.webhooks?.removeAll { $0.url == url }
        }
    }

    private func changeSpec(
        _ name: String, _ body: (inout RepositorySpec) throws(ForgeError) -> Void
    ) async throws {
        for attempt in 1...12 {
            let hosted = try await hosted(name)
            var spec = hosted.spec
            try body(&spec)
            guard spec != hosted.spec else { return }
            var object = hosted.object
            object["spec"] = try ValueEncoder().encode(spec)
            do {
                try await forge.client.update(.repositories, object, namespace: hosted.key.namespace)
                return
            } catch let error as APIError where error.isConflict && attempt < 12 {
                continue
            }
        }
    }
}
