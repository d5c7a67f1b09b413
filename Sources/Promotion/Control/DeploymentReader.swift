import Git
import KubeClient
import KubeModel
import Manifest

/// What the cluster says of an environment: whether it has what git has, and whether that runs.
struct DeploymentReader {
    let caches: PromotionCaches
    let memory: PromotionMemory
    let branch: any ConfigBranch

    func read(
        _ environment: DeliverySpec.Environment, _ conventions: DeliveryConventions, _ state: LineState,
        namespace: String
    ) async throws -> LineFacts.Deployment {
        let name = conventions.application(environment)
        guard let object = caches.applications[.init(namespace: namespace, name: name)]?.value else {
            return .behind("there is no Application \(name) yet")
        }
        let place = state.place(environment.name)
        let revision = object["status", "sync", "revision"]?.stringValue ?? ""
        if let commit = place?.configCommit, try await !contains(commit, revision) {
            let message = "Application \(name) is to take up commit \(commit.prefix(10))"
            return .behind(message + DeployedApplication.trouble(object["status"]))
        }
        return DeployedApplication(
            name: name, status: object["status"], wasSynced: place?.syncedAt != nil,
            rollouts: caches.rollouts(in: conventions.namespace(environment)),
            release: state.release(place?.number), digests: Set(state.releases.map(\.digest))
        ).deployment
    }

    /// Whether what an application has holds a commit.
    private func contains(_ commit: String, _ revision: String) async throws -> Bool {
        if commit == revision { return true }
        guard let wanted = ObjectID(commit), let present = ObjectID(revision) else { return false }
        return try await memory.isAncestor("\(commit) \(revision)") {
            guard try await branch.repository.resolve("\(present)^{commit}") != nil,
                try await branch.repository.resolve("\(wanted)^{commit}") != nil
            else { return false }
            return try await branch.repository.isAncestor(wanted, of: present)
        }
    }
}
