import KubeClient
import KubeModel
import Manifest

/// The pipeline runs, newest first.
struct RunsPage: Page {
    let namespace: String

    var title: String { "Runs" }
    var section: Section { .runs }
    var collections: [ObjectCollection] { [ObjectCollection(.pipelineRuns, in: namespace, kept: .rows)] }

    private static let maximum = 60

    func regions(_ context: PageContext) async throws -> [Region] {
        let runs = context.objects[.pipelineRuns].newestFirst
        return [
            Region(
                name: "runs", template: "runs",
                fields: [
                    "rows": .list(runs.prefix(Self.maximum).map { row($0, context) }),
                    "isEmpty": .flag(runs.isEmpty),
                    "isCut": .flag(runs.count > Self.maximum),
                ],
                spoken: runs.prefix(Self.maximum).compactMap { run in
                    let phase = run.word("status", "phase")
                    return GatesView.isOver(phase) ? "\(run.metadata.name): \(Tone.words(phase))" : nil
                })
        ]
    }

    private func row(_ run: Value, _ context: PageContext) -> Fields {
        let status = run["status"] ?? .emptyObject
        return [
            "name": .text(run.metadata.name), "repository": .text(run.word("spec", "repository")),
            "commit": .text(run.word("spec", "commit")),
            "short": .text(Short.commit(run.word("spec", "commit"))),
            "phase": Tone.badge(phase: status["phase"]?.stringValue ?? "Pending"),
            "trust": .text(run.word("spec", "trust")), "message": .text(status.word("message")),
            "took": .text(
                Moments.between(
                    status["startedAt"]?.stringValue, status["finishedAt"]?.stringValue, now: context.now)),
            "started": .group(
                Moments.fields(
                    status["startedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
                        ?? run.metadata.creationTimestamp, now: context.now)),
            "gates": .list(
                status.list("gates").map { gate in
                    [
                        "name": .text(Short.text(gate.word("name"), 100)),
                        "tone": .text(Tone(phase: gate.word("phase")).rawValue),
                        "sign": .text(Tone(phase: gate.word("phase")).sign),
                        "phase": .text(gate.word("phase")),
                    ]
                }),
        ]
    }
}

/// One run: its gates and steps.
struct RunPage: Page {
    let namespace: String
    let name: String

    var title: String { name }
    var section: Section { .runs }
    var trail: [Link] { [Link("Runs", "/runs")] }
    var pulse: Duration { .seconds(1) }
    var collections: [ObjectCollection] { [ObjectCollection(.pipelineRuns, in: namespace)] }

    func subject(of ability: Viewer.Ability) -> Viewer.Subject? {
        ability == .cancel ? Viewer.Subject(namespace: namespace, name: name) : nil
    }

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let run = context.objects.object(.pipelineRuns, name) else {
            throw DashboardError(.notFound, "there is no run \(name)")
        }
        let view = GatesView(run)
        let gates = await view.fields(context)
        return [
            Region(
                name: "run", template: "run",
                fields: gates.merging([
                    "back": .text("/runs/\(name)"),
                    "pulls": .list(
                        run.list("spec", "pullRequests").map { ["name": .text($0.word("name"))] }),
                ])),
            Region(name: "gates", template: "gates", fields: gates, spoken: view.spoken),
        ]
    }
}

/// The log of a step. It is not made of objects: its stream sends what is added.
struct LogPage: Page {
    let namespace: String
    let run: String
    let step: String

    var title: String { "\(step) of \(run)" }
    var section: Section { .runs }
    var trail: [Link] { [Link("Runs", "/runs"), Link(run, "/runs/\(run)")] }
    var collections: [ObjectCollection] { [ObjectCollection(.pipelineRuns, in: namespace)] }

    /// So much of a log's end is shown at once; the whole is a link away.
    static let maximumBytes = 512 << 10

    func regions(_ context: PageContext) async throws -> [Region] {
        guard let object = context.objects.object(.pipelineRuns, run) else {
            throw DashboardError(.notFound, "there is no run \(run)")
        }
        guard let logs = context.settings.logs else {
            throw DashboardError(.unavailable, "this dashboard has no access to the logs of runs")
        }
        try await Permission.readLogs(of: run, in: namespace).require(
            of: context.client, user: context.viewer.user)
        let tail = try await logs.tail(run: run, step: step, bytes: Self.maximumBytes)
        let length = tail?.length ?? 0
        var shown = tail?.bytes[...] ?? []
        let isCut = length > shown.count
        // What is shown begins with a whole line.
        if isCut, let end = shown.firstIndex(of: 0x0a) { shown = shown[(end + 1)...] }
        let phase = object.list("status", "gates").flatMap { gate in
            gate.list("steps").filter { "\(gate.word("name")).\($0.word("name"))" == step }
        }.first?.word("phase")
        return [
            Region(
                name: "log", template: "log",
                fields: [
                    "run": .text(run), "step": .text(step), "text": .text(LogText.plain(shown)),
                    "offset": .number(length), "isComplete": .flag(tail?.isComplete ?? false),
                    "isMissing": .flag(tail == nil), "isCut": .flag(isCut),
                    "size": .text(Figures.bytes(Int64(length))), "phase": Tone.badge(phase: phase),
                ])
        ]
    }
}
