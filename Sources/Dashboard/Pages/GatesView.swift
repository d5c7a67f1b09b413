import KubeModel
import Manifest

/// The gates of a run with their steps, and the last lines of those that run.
struct GatesView: Sendable {
    let run: Value

    init(_ run: Value) { self.run = run }

    /// So many lines of a running step's log are shown.
    private static let tailLines = 12

    static func isOver(_ phase: String) -> Bool {
        ["Passed", "Failed", "Error", "Canceled"].contains(phase)
    }

    var phase: String { run["status", "phase"]?.stringValue ?? "Pending" }

    /// How the run stands, and how gates have ended.
    var spoken: [String] {
        let ends = run.list("status", "gates").filter { Self.isOver($0.word("phase")) }.map { gate in
            "Gate \(gate.word("name")): \(Tone.words(gate.word("phase")))"
        }
        return ["\(run.metadata.name): \(Tone.words(phase))"] + ends
    }

    func fields(_ context: PageContext) async -> Fields {
        let status = run["status"] ?? .emptyObject
        var gates: [Fields] = []
        let logs = await logs(context)
        for gate in status.list("gates") { gates.append(await self.gate(gate, context, logs)) }
        return [
            "run": .text(run.metadata.name), "phase": Tone.badge(phase: phase),
            "message": .text(status.word("message")), "gates": .list(gates),
            "took": .text(
                Moments.between(
                    status["startedAt"]?.stringValue, status["finishedAt"]?.stringValue, now: context.now)),
            "started": .group(Moments.fields(status["startedAt"]?.stringValue, now: context.now)),
            "trust": .text(run.word("spec", "trust")), "commit": .text(run.word("spec", "commit")),
            "short": .text(Short.commit(run.word("spec", "commit"))),
            "repository": .text(run.word("spec", "repository")),
            "verdict": .text(Short.digest(status.word("verdict", "payloadDigest"))),
            "verdictKey": .text(status.word("verdict", "keyID")),
            "isOver": .flag(Self.isOver(phase)),
            "isCancelled": .flag(run["spec", "cancel"]?.boolValue == true),
        ]
    }

    /// The logs of the steps, where there are any and the user may read them.
    private func logs(_ context: PageContext) async -> (any StepLogs)? {
        guard let logs = context.settings.logs else { return nil }
        let permission = Permission.readLogs(of: run.metadata.name, in: run.metadata.namespace)
        return (try? await permission.isHeld(by: context.client)) == true ? logs : nil
    }

    private func gate(
        _ gate: Value, _ context: PageContext, _ logs: (any StepLogs)?
    ) async -> Fields {
        var steps: [Fields] = []
        for step in gate.list("steps") {
            steps.append(await self.step(step, of: gate.word("name"), context, logs))
        }
        return [
            "name": .text(gate.word("name")), "phase": Tone.badge(phase: gate.word("phase")),
            "took": .text(
                Moments.between(
                    gate["startedAt"]?.stringValue, gate["finishedAt"]?.stringValue, now: context.now)),
            "steps": .list(steps),
        ]
    }

    private func step(
        _ step: Value, of gate: String, _ context: PageContext, _ logs: (any StepLogs)?
    ) async -> Fields {
        let name = step.word("name")
        let phase = step.word("phase")
        let id = "\(gate).\(name)"
        var fields: Fields = [
            "name": .text(name), "id": .text(id), "run": .text(run.metadata.name),
            "phase": Tone.badge(phase: phase),
            "took": .text(
                Moments.between(
                    step["startedAt"]?.stringValue, step["finishedAt"]?.stringValue, now: context.now)),
            "reason": .text(step.word("reason")), "message": .text(step.word("message")),
            "isAdvisory": .flag(step["advisory"]?.boolValue == true),
            "hasLog": .flag(logs != nil && phase != "Pending"),
        ]
        if phase == "Running", let logs,
            let tail = try? await logs.tail(
                run: run.metadata.name, step: id, bytes: LogText.bytes(ofLines: Self.tailLines))
        {
            fields["tail"] = .text(LogText.tail(tail.bytes, lines: Self.tailLines))
        }
        return fields
    }
}
