import KubeModel
import Synchronization

/// Decides by the Role and ClusterRole objects in the store, as they are at the moment of the request.
///
/// The policy is built anew when one of the four kinds has changed; between changes decisions are remembered.
final class RoleAuthorizer: Authorizer {
    private let store: Store
    private let state: Mutex<State>

    private struct State {
        var revisions: [UInt64] = []
        var policy = RolePolicy(clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: [])
        var decisions: [AccessRequest: AccessDecision] = [:]
    }

    /// The number of decisions to remember; one costs about half a kilobyte.
    private static let decisionLimit = 4096

    init(store: Store) {
        self.store = store
        state = Mutex(State())
    }

    func authorize(_ request: AccessRequest) async -> AccessDecision { decide(request) }

    func decide(_ request: AccessRequest) -> AccessDecision {
        if request.user.groups.contains(User.mastersGroup) { return .allowed(reason: "") }
        let policy = policy
        let revisions = revisions
        let known = state.withLock { $0.revisions == revisions ? $0.decisions[request] : nil }
        if let known { return known }
        let decision = policy.decide(request)
        state.withLock { state in
            guard state.revisions == revisions else { return }
            if state.decisions.count >= Self.decisionLimit { state.decisions = [:] }
            state.decisions[request] = decision
        }
        return decision
    }

    /// The roles and bindings as they are now.
    var policy: RolePolicy {
        let revisions = revisions
        if let policy = state.withLock({ $0.revisions == revisions ? $0.policy : nil }) { return policy }
        let policy = RolePolicy(
            clusterRoles: store.values(of: Self.clusterRoles), roles: store.values(of: Self.roles),
            clusterRoleBindings: store.values(of: Self.clusterRoleBindings),
            roleBindings: store.values(of: Self.roleBindings))
        state.withLock { state in
            // Objects that changed meanwhile are in the policy or will change the revisions again.
            state = State(revisions: revisions, policy: policy)
        }
        return policy
    }

    private var revisions: [UInt64] {
        [Self.clusterRoles, Self.roles, Self.clusterRoleBindings, Self.roleBindings].map {
            store.revision(of: $0.description)
        }
    }

    static let group = "rbac.authorization.k8s.io"
    static let clusterRoles = GroupResource(group: group, resource: "clusterroles")
    static let roles = GroupResource(group: group, resource: "roles")
    static let clusterRoleBindings = GroupResource(group: group, resource: "clusterrolebindings")
    static let roleBindings = GroupResource(group: group, resource: "rolebindings")
}
