import KubeModel
import Pipeline

/// A run as lines of text: for a terminal that is redrawn, and for a log that is appended to.
struct RunView {
    /// Whether colours and signs are shown.
    let isTerminal: Bool
    let width: Int

    /// The whole run: a line for each gate and step, running ones with their last line.
    func lines(_ snapshot: RunSnapshot, now: Timestamp) -> [String] {
        let state = snapshot.state
        var lines: [String] = []
        for gate in state.plan.gates {
            lines.append("\(sign(state.phase(of: gate))) \(gate.rawValue)")
            for planned in state.plan.steps where planned.id.gate == gate {
                let step = state.step(planned.id)
                var line = "    \(sign(step.phase)) \(planned.id.name)"
                if planned.isAdvisory { line += " (advisory)" }
                if let time = elapsed(step, now: now) { line += " \(time)" }
                if step.phase == .running, let last = snapshot.lastLine(of: planned.id), !last.isEmpty {
                    line += "  \(printable(last))"
                } else if let fault = step.fault {
                    line += "  \(printable(fault.message))"
                }
                lines.append(String(line.prefix(max(20, width - 1))))
            }
        }
        return lines
    }

    /// What has changed since the last look, a line each.
    func changes(from old: RunSnapshot?, to new: RunSnapshot, now: Timestamp) -> [String] {
        var lines: [String] = []
        for gate in new.state.plan.gates {
            for planned in new.state.plan.steps where planned.id.gate == gate {
                let step = new.state.step(planned.id)
                let before = old?.state.step(planned.id)
                guard step.phase != before?.phase || step.attempt != before?.attempt, step.phase != .pending
                else {
                    continue
                }
                var line = "\(planned.id): \(step.phase.rawValue.lowercased())"
                if step.phase.isFinal, let time = elapsed(step, now: now) { line += " after \(time)" }
                if step.phase == .running, step.attempt > 1 { line += " (attempt \(step.attempt))" }
                if let fault = step.fault { line += ": \(fault.code.rawValue): \(fault.message)" }
                lines.append(line)
            }
            let phase = new.state.phase(of: gate)
            if phase.isFinal, phase != old?.state.phase(of: gate) {
                lines.append("gate \(gate.rawValue): \(phase.rawValue.lowercased())")
            }
        }
        return lines
    }

    private func elapsed(_ step: RunState.Step, now: Timestamp) -> String? {
        guard let start = step.startedAt else { return nil }
        return DurationSyntax.write((step.finishedAt ?? now).duration(since: start))
    }

    private func sign(_ phase: RunPhase) -> String {
        let (text, colour) =
            switch phase {
            case .pending: ("·", 90)
            case .running: ("▸", 36)
            case .passed: ("✓", 32)
            case .failed: ("✗", 31)
            case .error: ("!", 33)
            case .canceled: ("–", 90)
            }
        return isTerminal ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
    }

    /// Without control characters, which could move the cursor.
    private func printable(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        return String(
            String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    }
}
