import Judge
import KubeModel

/// The state machine of an analysis run (Argo Rollouts, `analysis/analysis.go`): what to measure when, and what the
/// answers come to. Pure; the controller only asks providers.
struct AnalysisReducer {
    let metrics: [AnalysisMetric]
    /// The names of metrics whose outcome does not count.
    let dryRun: Set<String>
    /// How many measurements of a metric are kept.
    let retention: [String: Int]
    /// Whether somebody has asked the run to end.
    let isTerminated: Bool
    var status: AnalysisRunStatus

    /// A measurement to be taken, resumed or ended.
    struct Task: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            case run
            case resume(AnalysisRunStatus.Measurement)
            case terminate(AnalysisRunStatus.Measurement)
        }
        var metric: AnalysisMetric
        var kind: Kind
    }

    /// What an answer came to after an error; errors do not count and are repeated soon.
    static let errorRetry = Duration.seconds(10)
    static let defaultRetention = 10

    /// Whether no more measurements begin: somebody ended the run, or a metric has decided it.
    var isTerminating: Bool {
        if isTerminated { return true }
        return status.results.contains { result in
            !result.isDryRun && [.failed, .error, .inconclusive].contains(result.phase)
        }
    }

    // MARK: What to measure

    /// The measurements that are due.
    func tasks(now: Timestamp) -> [Task] {
        metrics.compactMap { metric in
            let result = status.result(of: metric.name)
            if result?.phase.isCompleted == true { return nil }
            if let last = result?.measurements.last, last.finished == nil {
                if isTerminating { return Task(metric: metric, kind: .terminate(last)) }
                if let resumes = last.resumes, resumes > now { return nil }
                return Task(metric: metric, kind: .resume(last))
            }
            if isTerminating { return nil }
            guard let due = due(metric, result), due <= now else { return nil }
            return Task(metric: metric, kind: .run)
        }
    }

    /// When a metric is to be measured next, nil where it has been often enough.
    private func due(_ metric: AnalysisMetric, _ result: AnalysisRunStatus.MetricResult?) -> Timestamp? {
        guard let result, let last = result.measurements.last else {
            guard let start = status.started else { return nil }
            return start.advanced(by: metric.initialDelay ?? .zero)
        }
        if let count = metric.count ?? (metric.interval == nil ? 1 : nil), result.count >= count {
            return nil
        }
        guard let finished = last.finished else { return nil }
        let pause = last.phase == .error ? Self.errorRetry : metric.interval ?? Self.errorRetry
        return finished.advanced(by: pause)
    }

    /// When to look again though nothing changes.
    func nextLook(now: Timestamp) -> Duration? {
        if status.phase?.isCompleted == true { return nil }
        let times = metrics.compactMap { metric -> Timestamp? in
            let result = status.result(of: metric.name)
            if result?.phase.isCompleted == true { return nil }
            if let last = result?.measurements.last, last.finished == nil {
                return last.resumes ?? now.advanced(by: Self.patience(with: last, now: now))
            }
            return isTerminating ? nil : due(metric, result)
        }
        return times.min().map { max(.zero, $0.duration(since: now)) }
    }

    /// How long to wait before a measurement that names no time is looked at again: at first not long.
    private static func patience(
        with measurement: AnalysisRunStatus.Measurement, now: Timestamp
    ) -> Duration {
        let elapsed = measurement.started.map { now.duration(since: $0) } ?? .zero
        return min(errorRetry, max(.seconds(2), elapsed))
    }

    // MARK: What the answers come to

    /// Begins the run.
    mutating func start(now: Timestamp) {
        if status.started == nil { status.started = now.wholeSeconds }
        if status.phase == nil || status.phase == .pending { status.phase = .running }
    }

    /// Takes in an answer.
    mutating func record(_ measurement: AnalysisRunStatus.Measurement, of task: Task, now: Timestamp) {
        var measurement = measurement
        var result =
            status.result(of: task.metric.name)
            ?? .init(name: task.metric.name, isDryRun: dryRun.contains(task.metric.name))
        if measurement.phase.isCompleted, measurement.finished == nil { measurement.finished = now }
        switch measurement.phase {
        case .successful:
            result.successful += 1
            result.consecutiveSuccesses += 1
        case .failed: result.failed += 1
        case .inconclusive: result.inconclusive += 1
        case .error:
            result.errors += 1
            result.consecutiveErrors += 1
        case .pending, .running: break
        }
        if measurement.phase.isCompleted {
            if measurement.phase != .error {
                result.count += 1
                result.consecutiveErrors = 0
            }
            if measurement.phase != .successful { result.consecutiveSuccesses = 0 }
        }
        if task.kind == .run {
            result.measurements.append(measurement)
        } else if !result.measurements.isEmpty {
            result.measurements[result.measurements.count - 1] = measurement
        }
        let kept = retention[task.metric.name] ?? Self.defaultRetention
        result.measurements.removeFirst(max(0, result.measurements.count - max(1, kept)))
        if let place = status.results.firstIndex(where: { $0.name == result.name }) {
            status.results[place] = result
        } else {
            status.results.append(result)
        }
    }

    /// The phase of the run, the worst of its metrics once all are done.
    mutating func assess(now: Timestamp) {
        let wasTerminating = isTerminating
        evaluate(now: now)
        // A metric that has just decided the run ends the others too.
        if isTerminating, !wasTerminating { evaluate(now: now) }
    }

    private mutating func evaluate(now: Timestamp) {
        if status.phase?.isCompleted == true { return }
        let isTerminating = isTerminating
        var worst: AnalysisPhase?
        var message = isTerminated ? "Run Terminated" : ""
        var isDone = true
        status.summary = .init()
        status.dryRunSummary = .init()
        for metric in metrics {
            let isDry = dryRun.contains(metric.name)
            let summary: WritableKeyPath<AnalysisRunStatus, AnalysisRunStatus.Summary> =
                isDry ? \.dryRunSummary : \.summary
            status[keyPath: summary].count += 1
            guard let place = status.results.firstIndex(where: { $0.name == metric.name }) else {
                isDone = false
                continue
            }
            let phase = metric.assessment.phase(
                of: Self.tally(status.results[place]), isTerminating: isTerminating)
            if status.results[place].phase != phase {
                status.results[place].phase = phase
                status.results[place].message = status.results[place].measurements.last?.message ?? ""
            }
            guard phase.isCompleted else {
                isDone = false
                continue
            }
            let reason = Self.reason(status.results[place], metric)
            switch phase {
            case .error: status[keyPath: summary].error += 1
            case .failed: status[keyPath: summary].failed += 1
            case .inconclusive: status[keyPath: summary].inconclusive += 1
            default: status[keyPath: summary].successful += 1
            }
            if isDry {
                worst = worst ?? .successful
                if let reason {
                    status.results[place].message = "Metric assessed \(phase.rawValue) due to \(reason)"
                }
            } else if worst.map({ $0.severity < phase.severity }) ?? true {
                worst = phase
                if let reason {
                    message = "Metric \"\(metric.name)\" assessed \(phase.rawValue) due to \(reason)"
                    let last = status.results[place].message
                    if !last.isEmpty { message += ": \"Error Message: \(last)\"" }
                }
            }
        }
        conclude(worst, message, isDone: isDone, isTerminating: isTerminating, now: now)
    }

    private mutating func conclude(
        _ worst: AnalysisPhase?, _ message: String, isDone: Bool, isTerminating: Bool, now: Timestamp
    ) {
        let isMeasuring = status.results.contains { $0.measurements.last.map { $0.finished == nil } ?? false }
        if isTerminating {
            // Measurements under way are ended first.
            guard !isMeasuring else { return }
            status.phase = worst ?? .successful
            status.message = message
        } else if isDone, let worst {
            status.phase = worst
            status.message = message
        } else {
            status.phase = .running
        }
        if status.phase?.isCompleted == true { status.completed = now.wholeSeconds }
    }

    private static func tally(_ result: AnalysisRunStatus.MetricResult) -> MetricAssessment.Tally {
        var tally = MetricAssessment.Tally()
        tally.measurements = result.measurements.count
        tally.count = result.count
        tally.failed = result.failed
        tally.inconclusive = result.inconclusive
        tally.consecutiveErrors = result.consecutiveErrors
        tally.consecutiveSuccesses = result.consecutiveSuccesses
        tally.phase = result.phase
        tally.isMeasuring = result.measurements.last.map { !$0.phase.isCompleted } ?? false
        return tally
    }

    /// Which limit a metric has passed, nil for none.
    private static func reason(_ result: AnalysisRunStatus.MetricResult, _ metric: AnalysisMetric) -> String?
    {
        let limits = metric.limits
        if result.consecutiveErrors > limits.consecutiveError {
            return
                "consecutiveErrors (\(result.consecutiveErrors)) > consecutiveErrorLimit (\(limits.consecutiveError))"
        }
        if result.inconclusive > limits.inconclusive {
            return "inconclusive (\(result.inconclusive)) > inconclusiveLimit (\(limits.inconclusive))"
        }
        if limits.failure >= 0, result.failed > limits.failure {
            return "failed (\(result.failed)) > failureLimit (\(limits.failure))"
        }
        return nil
    }
}
