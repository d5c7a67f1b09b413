import KubeClient
import KubeModel
import Manifest

/// The merge queue: the lanes of each repository, with what is tested and what waits.
struct QueuePage: Page {
    let namespace: String

    var title: String { "Queue" }
    var section: Section { .queue }
    var collections: [ObjectCollection] {
        [
            ObjectCollection(.repositories, in: namespace), ObjectCollection(.pullRequests, in: namespace),
            ObjectCollection(.pipelineRuns, in: namespace),
        ]
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        let repositories = context.objects[.repositories]
        return [
            Region(
                name: "queue", template: "queue",
                fields: [
                    "repositories": .list(repositories.map { repository($0, context) }),
                    "isEmpty": .flag(repositories.isEmpty),
                ])
        ]
    }

    private func repository(_ repository: Value, _ context: PageContext) -> Fields {
        let conditions = repository.list("status", "conditions")
        let attested = conditions.first { $0.word("type") == "Attested" }
        let lanes = repository.list("status", "lanes")
        return [
            "name": .text(repository.metadata.name),
            "branch": .text(repository["spec", "defaultBranch"]?.stringValue ?? "main"),
            "head": .text(repository.word("status", "head")),
            "short": .text(Short.commit(repository.word("status", "head"))),
            "clone": .text(repository.word("status", "cloneURL")),
            "attested": attested.map { condition in
                condition.word("status") == "True"
                    ? Tone.good.badge("history attested") : Tone.bad.badge("history not attested")
            } ?? .text(""),
            "attestedMessage": .text(
                attested?.word("status") == "True" ? "" : attested?.word("message") ?? ""),
            "lanes": .list(lanes.map { lane($0, context) }), "isIdle": .flag(lanes.allSatisfy(Self.isIdle)),
        ]
    }

    private static func isIdle(_ lane: Value) -> Bool { lane.list("pullRequests").isEmpty }

    private func lane(_ lane: Value, _ context: PageContext) -> Fields {
        let names = lane.list("pullRequests").compactMap(\.stringValue)
        return [
            "name": .text(lane.word("name").isEmpty ? "whole repository" : lane.word("name")),
            "phase": Tone.badge(phase: lane.word("phase")), "reason": .text(lane.word("reason")),
            "candidate": .text(Short.commit(lane.word("candidate"))), "isIdle": .flag(names.isEmpty),
            "pulls": .list(names.enumerated().map { entry($1, place: $0, context) }),
        ]
    }

    private func entry(_ name: String, place: Int, _ context: PageContext) -> Fields {
        guard let pull = context.objects.object(.pullRequests, name) else {
            return ["name": .text(name), "place": .number(place + 1)]
        }
        var fields = PullRequestsPage.row(pull, context)
        fields["place"] = .number(place + 1)
        let runs = PullRequestPage.runs(of: pull, context.objects).prefix(1)
        fields["runs"] = .list(
            runs.map { run in
                [
                    "name": .text(run.metadata.name),
                    "phase": Tone.badge(phase: run["status", "phase"]?.stringValue ?? "Pending"),
                ]
            })
        return fields
    }
}
