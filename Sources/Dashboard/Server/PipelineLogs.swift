import KubeModel
public import Pipeline

/// The logs that a pipeline on this machine keeps.
public struct PipelineLogs: StepLogs {
    private let logs: LogStore
    private let records: RunRecordStore
    /// The most bytes of a part: a finished log is unpacked for each, and each is kept until a slow reader has it.
    private static let part = 8 << 20

    /// The logs below a directory of runs.
    public init(_ files: RunFiles) {
        logs = LogStore(files)
        records = RunRecordStore(files)
    }

    /// Reads on in the log of a step.
    public func read(run: String, step: String, from offset: Int) async throws -> StepLogPart? {
        guard let id = StepID(step), let record = records.read(run) else { return nil }
        // Whether it is over is looked up first: what is written in between is then read and not missed.
        let isComplete = Self.isOver(id, record)
        guard let bytes = try await logs.read(id, of: record, from: offset, limit: Self.part) else {
            return isComplete ? StepLogPart(bytes: [], isComplete: true) : nil
        }
        return StepLogPart(bytes: bytes, isComplete: isComplete)
    }

    /// The end of the log of a step.
    public func tail(run: String, step: String, bytes count: Int) async throws -> StepLogTail? {
        guard let id = StepID(step), let record = records.read(run) else { return nil }
        let isComplete = Self.isOver(id, record)
        guard let tail = try await logs.tail(id, of: record, bytes: count) else {
            return isComplete ? StepLogTail(bytes: [], length: 0, isComplete: true) : nil
        }
        return StepLogTail(bytes: tail.bytes, length: tail.length, isComplete: isComplete)
    }

    private static func isOver(_ step: StepID, _ record: RunRecord) -> Bool {
        if RunPhase(rawValue: record.status.phase)?.isFinal ?? false { return true }
        let gate = record.status.gates?.first { $0.name == step.gate.rawValue }
        let phase = gate?.steps.first { $0.name == step.name }?.phase
        return phase.flatMap { RunPhase(rawValue: $0) }?.isFinal ?? false
    }
}
