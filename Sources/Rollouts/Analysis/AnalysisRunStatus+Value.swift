import Judge
import KubeModel
public import Manifest

extension AnalysisRunStatus {
    /// Reads `status`; what is missing has its resting value.
    public init(_ value: Value?) {
        self.init()
        guard let value else { return }
        phase = value["phase"]?.stringValue.flatMap(AnalysisPhase.init)
        message = value["message"]?.stringValue ?? ""
        started = Self.time(value["startedAt"])
        completed = Self.time(value["completedAt"])
        results = (value["metricResults"]?.arrayValue ?? []).compactMap(MetricResult.init)
        summary = Summary(value["runSummary"])
        dryRunSummary = Summary(value["dryRunSummary"])
    }

    /// The status as it stands in the object.
    public var value: Value {
        var fields: Object = [:]
        fields["phase"] = phase.map { .string($0.rawValue) }
        if !message.isEmpty { fields["message"] = .string(message) }
        if !results.isEmpty { fields["metricResults"] = .array(results.map(\.value)) }
        fields["startedAt"] = started.map { .string($0.rfc3339) }
        fields["completedAt"] = completed.map { .string($0.rfc3339) }
        fields["runSummary"] = summary.value
        fields["dryRunSummary"] = dryRunSummary.value
        return .object(fields)
    }

    fileprivate static func time(_ value: Value?) -> Timestamp? {
        value?.stringValue.flatMap(Timestamp.init(rfc3339:))
    }
}

extension AnalysisRunStatus.Measurement {
    fileprivate init?(_ value: Value) {
        self.init(
            phase: value["phase"]?.stringValue.flatMap(AnalysisPhase.init) ?? .running,
            started: AnalysisRunStatus.time(value["startedAt"]))
        message = value["message"]?.stringValue ?? ""
        finished = AnalysisRunStatus.time(value["finishedAt"])
        resumes = AnalysisRunStatus.time(value["resumeAt"])
        self.value = value["value"]?.stringValue ?? ""
        metadata = texts(value["metadata"])
    }

    fileprivate var object: Value {
        var fields: Object = ["phase": .string(phase.rawValue)]
        if !message.isEmpty { fields["message"] = .string(message) }
        fields["startedAt"] = started.map { .string($0.rfc3339) }
        fields["finishedAt"] = finished.map { .string($0.rfc3339) }
        fields["resumeAt"] = resumes.map { .string($0.rfc3339) }
        if !value.isEmpty { fields["value"] = .string(value) }
        if !metadata.isEmpty { fields["metadata"] = object(metadata) }
        return .object(fields)
    }

    private func object(_ texts: [String: String]) -> Value { textsValue(texts) }
}

extension AnalysisRunStatus.MetricResult {
    fileprivate init?(_ value: Value) {
        guard let name = value["name"]?.stringValue else { return nil }
        self.init(name: name, isDryRun: value["dryRun"]?.boolValue ?? false)
        func number(_ key: String) -> Int { Int(Int32(clamping: value[key]?.integerValue ?? 0)) }
        phase = value["phase"]?.stringValue.flatMap(AnalysisPhase.init) ?? .running
        message = value["message"]?.stringValue ?? ""
        measurements = (value["measurements"]?.arrayValue ?? []).compactMap(
            AnalysisRunStatus.Measurement.init)
        (count, successful, failed) = (number("count"), number("successful"), number("failed"))
        (inconclusive, errors) = (number("inconclusive"), number("error"))
        (consecutiveErrors, consecutiveSuccesses) = (number("consecutiveError"), number("consecutiveSuccess"))
        metadata = texts(value["metadata"])
    }

    fileprivate var value: Value {
        var fields: Object = ["name": .string(name), "phase": .string(phase.rawValue)]
        if !message.isEmpty { fields["message"] = .string(message) }
        if !measurements.isEmpty { fields["measurements"] = .array(measurements.map(\.object)) }
        for (key, number) in [
            ("count", count), ("successful", successful), ("failed", failed), ("inconclusive", inconclusive),
            ("error", errors), ("consecutiveError", consecutiveErrors),
            ("consecutiveSuccess", consecutiveSuccesses),
        ] where number != 0 {
            fields[key] = .integer(Int64(number))
        }
        if isDryRun { fields["dryRun"] = true }
        if !metadata.isEmpty { fields["metadata"] = textsValue(metadata) }
        return .object(fields)
    }
}

extension AnalysisRunStatus.Summary {
    fileprivate init(_ value: Value?) {
        self.init()
        func number(_ key: String) -> Int { Int(Int32(clamping: value?[key]?.integerValue ?? 0)) }
        (count, successful, failed) = (number("count"), number("successful"), number("failed"))
        (inconclusive, error) = (number("inconclusive"), number("error"))
    }

    fileprivate var value: Value {
        var fields: Object = [:]
        for (key, number) in [
            ("count", count), ("successful", successful), ("failed", failed), ("inconclusive", inconclusive),
            ("error", error),
        ] where number != 0 {
            fields[key] = .integer(Int64(number))
        }
        return .object(fields)
    }
}

private func texts(_ value: Value?) -> [String: String] {
    var texts: [String: String] = [:]
    for pair in value?.objectValue ?? [:] { texts[pair.key] = pair.value.stringValue }
    return texts
}

private func textsValue(_ texts: [String: String]) -> Value {
    .object(
        Object(texts.sorted { $0.key < $1.key }.map { Object.Pair(key: $0.key, value: .string($0.value)) }))
}
