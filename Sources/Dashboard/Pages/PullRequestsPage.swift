import KubeClient
import KubeModel
import Manifest

/// The pull requests: the open ones, and those that were merged or closed last.
struct PullRequestsPage: Page {
    let namespace: String

    var title: String { "Pull requests" }
    var section: Section { .pulls }
    var collections: [ObjectCollection] { [ObjectCollection(.pullRequests, in: namespace, kept: .rows)] }

    /// So many that are over are shown.
    private static let maximumPast = 30

    func regions(_ context: PageContext) async throws -> [Region] {
        let all = context.objects[.pullRequests].newestFirst
        let open = all.filter(Self.isOpen)
        let past = all.filter { !Self.isOpen($0) }
        return [
            Region(
                name: "pulls", template: "pulls",
                fields: [
                    "open": .list(open.map { Self.row($0, context) }),
                    "past": .list(past.prefix(Self.maximumPast).map { Self.row($0, context) }),
                    "hasPast": .flag(!past.isEmpty), "isEmpty": .flag(open.isEmpty),
                    "count": .number(open.count),
                ], spoken: (open + past.prefix(Self.maximumPast)).map(Self.spoken))
        ]
    }

    static func isOpen(_ pull: Value) -> Bool {
        pull.word("spec", "state") == "Open" && pull.word("status", "phase") != "Merged"
    }

    static func row(_ pull: Value, _ context: PageContext) -> Fields {
        let approvals = pull.list("status", "reviews").count {
            $0.word("state") == "Approved" && $0.word("commit") == pull.word("spec", "head")
        }
        return [
            "name": .text(pull.metadata.name), "title": .text(Short.text(pull.word("spec", "title"))),
            "repository": .text(pull.word("spec", "repository")),
            "number": .number(pull["spec", "number"]?.integerValue ?? 0),
            "author": .text(Short.text(pull.word("spec", "author"), 100)), "phase": phase(pull),
            "message": .text(Short.text(pull.word("status", "message"))),
            "closedReason": .text(Short.text(pull.word("spec", "closedReason"))),
            "short": .text(Short.commit(pull.word("spec", "head"))), "head": .text(pull.word("spec", "head")),
            "opened": .group(Moments.fields(pull.metadata.creationTimestamp, now: context.now)),
            "merged": .group(Moments.fields(pull["status", "mergedAt"]?.stringValue, now: context.now)),
            "approvals": .text(
                approvals == 0 ? "" : "\(approvals) approval\(approvals == 1 ? "" : "s")"),
            "isDraft": .flag(pull["spec", "draft"]?.boolValue == true),
        ]
    }

    /// How it stands, for those who hear the page.
    static func spoken(_ pull: Value) -> String {
        let phase = pull["status", "phase"]?.stringValue ?? pull["spec", "state"]?.stringValue ?? ""
        return "\(pull.metadata.name): \(Tone.words(phase))"
    }

    static func phase(_ pull: Value) -> Fields.Field {
        Tone.badge(phase: pull["status", "phase"]?.stringValue ?? pull["spec", "state"]?.stringValue)
    }
}
