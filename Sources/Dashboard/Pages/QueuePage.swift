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
            ObjectCollection(.repositories, in: namespace),
            ObjectCollection(.pullRequests, in: namespace, kept: .rows),
            ObjectCollection(.pipelineRuns, in: namespace, kept: .rows),
        ]
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        let repositories = context.objects[.repositories]
        let runs = PullRequestRuns(context.objects)
        return [
            Region(
                name: "queue", template: "queue",
                fields: [
                    "repositories": .list(repositories.map { repository($0, runs, context) }),
                    "isEmpty": .flag(repositories.isEmpty),
                ], spoken: repositories.flatMap { Self.spoken($0, context) })
        ]
    }

    /// What each lane does, and how what is in it stands.
    private static func spoken(_ repository: Value, _ context: PageContext) -> [String] {
        repository.list("status", "lanes").flatMap { lane -> [String] in
            let pulls = lane.list("pullRequests").compactMap(\.stringValue)
            guard !pulls.isEmpty else { return [] }
            let place = [repository.metadata.name, lane.word("name")].filter { !$0.isEmpty }
            return ["\(place.joined(separator: ", ")): \(Tone.words(lane.word("phase")))"]
                + pulls.compactMap { context.objects.object(.pullRequests, $0) }.map(PullRequestsPage.spoken)
        }
    }

    private func repository(
        _ repository: Value, _ runs: PullRequestRuns, _ context: PageContext
    ) -> Fields {
        let conditions = repository.list("status", "conditions")
        let attested = conditions.first { $0.word("type") == "Attested" }
        let lanes = repository.list("status", "lanes")
        return [
            "name": .text(repository.metadata.name),
            "branch": .text(repository["spec", "defaultBranch"]?.stringValue ?? "main"),
            "head": .text(repository.word("status", "head")),
            "short": .text(Short.commit(repository.word("status", "head"))),
            "clone": .text(Short.text(repository.word("status", "cloneURL"))),
            "attested": attested.map { condition in
                condition.word("status") == "True"
                    ? Tone.good.badge("history attested") : Tone.bad.badge("history not attested")
            } ?? .text(""),
            "attestedMessage": .text(
                attested?.word("status") == "True" ? "" : Short.text(attested?.word("message") ?? "")),
            "lanes": .list(lanes.map { lane($0, runs, context) }),
            "isIdle": .flag(lanes.allSatisfy(Self.isIdle)),
        ]
    }

    private static func isIdle(_ lane: Value) -> Bool { lane.list("pullRequests").isEmpty }

    private func lane(_ lane: Value, _ runs: PullRequestRuns, _ context: PageContext) -> Fields {
        let names = lane.list("pullRequests").compactMap(\.stringValue)
        return [
            "name": .text(
                lane.word("name").isEmpty ? "whole repository" : Short.text(lane.word("name"), 100)),
            "phase": Tone.badge(phase: lane.word("phase")), "reason": .text(Short.text(lane.word("reason"))),
            "candidate": .text(Short.commit(lane.word("candidate"))), "isIdle": .flag(names.isEmpty),
            "pulls": .list(names.enumerated().map { entry($1, place: $0, runs, context) }),
        ]
    }

    private func entry(
        _ name: String, place: Int, _ runs: PullRequestRuns, _ context: PageContext
    ) -> Fields {
        guard let pull = context.objects.object(.pullRequests, name) else {
            return ["name": .text(name), "place": .number(place + 1)]
        }
        var fields = PullRequestsPage.row(pull, context)
        fields["place"] = .number(place + 1)
        fields["runs"] = .list(
            runs.of(pull).prefix(1).map { run in
                [
                    "name": .text(run.metadata.name),
                    "phase": Tone.badge(phase: run["status", "phase"]?.stringValue ?? "Pending"),
                ]
            })
        return fields
    }
}
