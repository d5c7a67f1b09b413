import KubeClient
import KubeModel
import Manifest

/// Who looks at a page, and what the API lets them do.
///
/// It only decides which buttons can be pressed. Whether something is done the API decides when it is asked.
struct Viewer: Sendable, Hashable {
    /// Something that pages have a button for.
    enum Ability: String, Sendable, CaseIterable {
        /// To let a release into an environment.
        case approve
        /// To take an environment back.
        case rollBack
        /// To comment on pull requests.
        case comment
        /// To approve pull requests.
        case review
        /// To ask for a merge, and to close.
        case merge
        /// To promote and abort rollouts.
        case steer
        /// To cancel runs.
        case cancel
        /// To have applications compared and synced.
        case sync
        /// To end the quarantine of releases.
        case lift

        /// The verbs on resources that give the ability, one of them.
        fileprivate var questions: [(verb: String, group: String, resource: String, subresource: String)] {
            switch self {
            case .approve: [("create", "slipway.dev", "approvals", "")]
            case .rollBack: [("create", "slipway.dev", "rollbacks", "")]
            case .comment:
                [
                    ("comment", "slipway.dev", "repositories", ""),
                    ("review", "slipway.dev", "repositories", ""),
                ]
            case .review: [("review", "slipway.dev", "repositories", "")]
            case .merge: [("merge", "slipway.dev", "repositories", "")]
            case .steer:
                [
                    ("steer", "argoproj.io", "rollouts", "status"),
                    ("patch", "argoproj.io", "rollouts", "status"),
                ]
            case .cancel:
                [("steer", "slipway.dev", "pipelineruns", ""), ("patch", "slipway.dev", "pipelineruns", "")]
            case .sync:
                [("steer", "argoproj.io", "applications", ""), ("patch", "argoproj.io", "applications", "")]
            case .lift:
                [
                    ("steer", "slipway.dev", "releases", "status"),
                    ("patch", "slipway.dev", "releases", "status"),
                ]
            }
        }
    }

    /// What an ability is asked about.
    struct Subject: Sendable, Hashable {
        var namespace: String
        /// Nil where the page is about several objects, or where one is to be made.
        var name: String?
    }

    var user: String
    var groups: [String]
    var formToken: String
    var abilities: Set<Ability> = []

    /// The highest role that the groups name.
    var role: String {
        for (group, role) in [
            ("system:masters", "admin"), ("slipway:approvers", "approver"),
            ("slipway:developers", "developer"), ("slipway:viewers", "viewer"),
        ] where groups.contains(group) {
            return role
        }
        return ""
    }

    /// Asks the API what the user may do to what a page is about: a role may be bound in one namespace alone, or be one
    /// for some objects.
    static func abilities(
        _ client: KubeClient, on page: any Page, namespace: String
    ) async throws -> Set<Ability> {
        try await withThrowingTaskGroup(of: Ability?.self) { group in
            for ability in Ability.allCases {
                let subject = page.subject(of: ability) ?? Subject(namespace: namespace)
                group.addTask { try await holds(ability, client, subject) ? ability : nil }
            }
            var held: Set<Ability> = []
            for try await ability in group {
                if let ability { held.insert(ability) }
            }
            return held
        }
    }

    private static func holds(
        _ ability: Ability, _ client: KubeClient, _ subject: Subject
    ) async throws -> Bool {
        for question in ability.questions {
            let permission = Permission(
                verb: question.verb, group: question.group, resource: question.resource,
                subresource: question.subresource, namespace: subject.namespace, name: subject.name)
            if try await permission.isHeld(by: client) { return true }
        }
        return false
    }

    /// What every template sees as `page`.
    var fields: Fields {
        var fields: Fields = [
            "csrf": .text(formToken), "user": .text(user), "role": .text(role),
        ]
        for ability in Ability.allCases {
            let name = ability.rawValue.prefix(1).uppercased() + ability.rawValue.dropFirst()
            fields["may\(name)"] = .flag(abilities.contains(ability))
        }
        return fields
    }
}
