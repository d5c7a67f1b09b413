import KubeClient
import KubeModel
import Manifest

/// Which runs have tested which pull requests.
struct PullRequestRuns: Sendable {
    private let objects: ObjectSet
    /// The runs that name a pull request, by its name.
    private var byPull: [String: [Value]] = [:]

    init(_ objects: ObjectSet) {
        self.objects = objects
        for run in objects[.pipelineRuns] {
            for pull in run.list("spec", "pullRequests") {
                byPull[pull.word("name"), default: []].append(run)
            }
        }
    }

    /// The runs that tested a pull request at its head, the newest first.
    func of(_ pull: Value) -> [Value] {
        let name = pull.metadata.name
        let head = pull.word("spec", "head")
        var runs: [String: Value] = [:]
        for run in byPull[name] ?? []
        where run.list("spec", "pullRequests").contains(where: {
            $0.word("name") == name && $0.word("head") == head
        }) {
            runs[run.metadata.name] = run
        }
        for named in pull.list("status", "runs").compactMap(\.stringValue) {
            runs[named] = objects.object(.pipelineRuns, named)
        }
        return Array(runs.values).newestFirst
    }
}
