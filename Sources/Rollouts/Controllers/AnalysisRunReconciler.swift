import FoundationEssentials
import Judge
import KubeClient
import KubeModel
import Logging
import Manifest

/// Takes the measurements of analysis runs and says what they come to.
struct AnalysisRunReconciler: Reconciler {
    let client: KubeClient
    let runs: WatchCache
    let providers: MetricProviders
    let recorder: EventRecorder
    let timeline: Timeline

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let run = runs[key]?.value, !run.metadata.isDeleting else { return .done }
        let before = AnalysisRunStatus(run["status"])
        if before.phase?.isCompleted == true { return try await expire(run, before) }
        var reducer: AnalysisReducer
        let arguments: ArgumentValues
        do {
            arguments = try await self.arguments(of: run)
            reducer = try Self.reducer(for: run, before, arguments)
        } catch let error as RolloutsError {
            return try await conclude(run, before, error)
        }
        reducer.start(now: timeline.date)
        if before.phase == nil {
            // A measurement may take long; until then people see that it is being taken.
            try await write(reducer.status, of: run, before)
            return .requeue(after: .zero)
        }
        let tasks = reducer.tasks(now: timeline.date)
        for (task, measurement) in try await measure(tasks, run, reducer, arguments) {
            reducer.record(measurement, of: task, now: timeline.date)
        }
        reducer.assess(now: timeline.date)
        try await write(reducer.status, of: run, before)
        if reducer.status.phase?.isCompleted == true { return .requeue(after: .zero) }
        return reducer.nextLook(now: timeline.date).map { .requeue(after: $0 + .milliseconds(1)) } ?? .done
    }

    // MARK: Reading

    /// The state machine of a run.
    ///
    /// - Throws: `invalidSpec` or `unsupported`, which end the run with an error.
    static func reducer(
        for run: Value, _ status: AnalysisRunStatus, _ arguments: ArgumentValues
    ) throws(RolloutsError) -> AnalysisReducer {
        var metrics: [AnalysisMetric] = []
        for metric in run["spec", "metrics"]?.arrayValue ?? [] {
            metrics.append(try AnalysisMetric(try arguments.resolve(metric)))
        }
        guard !metrics.isEmpty else { throw RolloutsError(.invalidSpec, "no metrics specified") }
        guard Set(metrics.map(\.name)).count == metrics.count else {
            throw RolloutsError(.invalidSpec, "two metrics have the same name")
        }
        let names = metrics.map(\.name)
        let dryRun = try patterns(run["spec", "dryRun"], names).map(\.name)
        var retention: [String: Int] = [:]
        for (name, entry) in try patterns(run["spec", "measurementRetention"], names) {
            if let limit = entry["limit"]?.integerValue { retention[name] = Int(limit) }
        }
        return AnalysisReducer(
            metrics: metrics, dryRun: Set(dryRun), retention: retention,
            isTerminated: run["spec", "terminate"]?.boolValue ?? false, status: status)
    }

    /// The metrics that entries' `metricName` patterns select, each with its entry.
    private static func patterns(
        _ entries: Value?, _ names: [String]
    ) throws(RolloutsError) -> [(name: String, entry: Value)] {
        var selected: [(name: String, entry: Value)] = []
        for entry in entries?.arrayValue ?? [] {
            let text = entry["metricName"]?.stringValue ?? ""
            guard let pattern = try? RegularExpression(text) else {
                throw RolloutsError(.invalidSpec, "metricName '\(text)' is no regular expression")
            }
            let matching = names.filter { pattern.matches($0) }
            if matching.isEmpty {
                throw RolloutsError(.invalidSpec, "metricName '\(text)' didn't match any metric name(s)")
            }
            selected += matching.map { ($0, entry) }
        }
        return selected
    }

    private func arguments(of run: Value) async throws -> ArgumentValues {
        var arguments = ArgumentValues(values: [:])
        for argument in run["spec", "args"]?.arrayValue ?? [] {
            let name = argument["name"]?.stringValue ?? ""
            if let value = argument["value"]?.stringValue {
                arguments.values[name] = value
            } else if let reference = argument["valueFrom", "secretKeyRef"] {
                let secret = try await secretValue(reference, run.metadata.namespace)
                arguments.values[name] = secret
                arguments.secrets.append(secret)
            }
        }
        return arguments
    }

    private func secretValue(_ reference: Value, _ namespace: String) async throws -> String {
        let (name, key) = (reference["name"]?.stringValue ?? "", reference["key"]?.stringValue ?? "")
        let secret: Value
        do { secret = try await client.get(.secrets, name, namespace: namespace) } catch let error as APIError
            where error.isNotFound
        {
            throw RolloutsError(
                .missingReference, "secret '\(name)' does not exist in namespace \(namespace)")
        }
        guard let encoded = secret["data", key]?.stringValue, let bytes = Data(base64Encoded: encoded) else {
            throw RolloutsError(.missingReference, "key '\(key)' does not exist in secret '\(name)'")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Measuring

    private func measure(
        _ tasks: [AnalysisReducer.Task], _ run: Value, _ reducer: AnalysisReducer, _ arguments: ArgumentValues
    ) async throws -> [(AnalysisReducer.Task, AnalysisRunStatus.Measurement)] {
        let now = timeline.date
        return try await withThrowingTaskGroup(of: (Int, AnalysisRunStatus.Measurement).self) { group in
            for (place, task) in tasks.enumerated() {
                let result = reducer.status.result(of: task.metric.name)
                let context = MeasurementContext(
                    run: run, now: now, number: (result?.count ?? 0) + (result?.errors ?? 0), client: client)
                group.addTask {
                    let provider = providers.provider(of: task.metric)
                    var measurement =
                        switch task.kind {
                        case .run: await provider.run(task.metric, in: context)
                        case .resume(let last): await provider.resume(task.metric, last, in: context)
                        case .terminate(let last): await provider.terminate(task.metric, last, in: context)
                        }
                    measurement.message = arguments.redacted(measurement.message)
                    measurement.value = arguments.redacted(measurement.value)
                    return (place, measurement)
                }
            }
            var measurements: [(Int, AnalysisRunStatus.Measurement)] = []
            for try await answer in group { measurements.append(answer) }
            try Task.checkCancellation()
            return measurements.sorted { $0.0 < $1.0 }.map { (tasks[$0.0], $0.1) }
        }
    }

    // MARK: Writing

    private func write(_ status: AnalysisRunStatus, of run: Value, _ before: AnalysisRunStatus) async throws {
        guard status != before else { return }
        var object = run
        object["status"] = status.value
        try await client.update(
            Analysis.runs, object, namespace: run.metadata.namespace, subresource: "status")
        for result in status.results where result.phase.isCompleted {
            guard before.result(of: result.name)?.phase.isCompleted != true else { continue }
            let isBad = result.phase == .failed || result.phase == .error
            recorder.note(
                isBad ? .warning : .normal, "Metric\(result.phase.rawValue)",
                "Metric '\(result.name)' Completed. Result: \(result.phase.rawValue)", regarding: .init(run))
        }
        if let phase = status.phase, phase.isCompleted, before.phase?.isCompleted != true {
            let isBad = phase == .failed || phase == .error
            recorder.note(
                isBad ? .warning : .normal, "AnalysisRun\(phase.rawValue)",
                "Analysis Completed. Result: \(phase.rawValue)", regarding: .init(run))
        }
    }

    /// Ends a run that cannot be taken.
    private func conclude(
        _ run: Value, _ before: AnalysisRunStatus, _ error: RolloutsError
    ) async throws -> ReconcileResult {
        var status = before
        status.started = before.started ?? timeline.date.wholeSeconds
        status.completed = timeline.date.wholeSeconds
        status.phase = .error
        status.message =
            error.code == .missingReference
            ? "Unable to resolve metric arguments: \(error.message)"
            : "Analysis spec invalid: \(error.message)"
        try await write(status, of: run, before)
        return .done
    }

    /// Deletes a finished run once its time to live is over (`spec.ttlStrategy`).
    private func expire(_ run: Value, _ status: AnalysisRunStatus) async throws -> ReconcileResult {
        let strategy = run["spec", "ttlStrategy"]
        let specific = status.phase == .successful ? "secondsAfterSuccess" : "secondsAfterFailure"
        guard
            let seconds = (strategy?[specific] ?? strategy?["secondsAfterCompletion"])?.integerValue,
            let completed = status.completed
        else { return .done }
        let rest = completed.advanced(by: .seconds(seconds)).duration(since: timeline.date)
        if rest > .zero { return .requeue(after: rest) }
        do {
            try await client.delete(Analysis.runs, run.metadata.name, namespace: run.metadata.namespace)
        } catch let error as APIError where error.isNotFound {}
        return .done
    }
}
