import Judge
import KubeClient
import KubeModel
import Manifest

/// The judge as a metric: one measurement that lasts until there is a verdict (`provider.slipway`).
///
/// All it has seen is kept in a ConfigMap beside the run, from which the verdict can be judged again bit for bit,
/// and from which a controller that starts anew goes on.
struct JudgeProvider: MetricProvider {
    let fetcher: Fetcher

    /// The annotations by which a run knows the versions it compares.
    static let canaryAnnotation = "rollout.slipway.dev/canary-hash"
    static let stableAnnotation = "rollout.slipway.dev/stable-hash"
    static let baselineAnnotation = "rollout.slipway.dev/baseline-hash"
    /// The annotation that names the run of the step before, whose evidence of harm goes on counting.
    static let previousAnnotation = "rollout.slipway.dev/previous-run"

    func run(_ metric: AnalysisMetric, in context: MeasurementContext) async -> AnalysisRunStatus.Measurement
    {
        await advance(metric, context.begin(), nil, in: context)
    }

    func resume(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        do {
            let record = try await JudgeRecord.load(Self.name(metric, context), context)
            return await advance(metric, measurement, record, in: context)
        } catch {
            // The record may be back at the next look; what was seen is not thrown away.
            var measurement = measurement
            measurement.message = "the judge's record cannot be read: \(error)"
            measurement.resumes = context.now.advanced(by: AnalysisReducer.errorRetry).wholeSeconds
            return measurement
        }
    }

    private static func name(
        _ metric: AnalysisMetric, _ context: MeasurementContext, of run: String? = nil
    ) -> String {
        "\(run ?? context.run.metadata.name).\(metric.name).judge"
    }

    /// Takes the samples of an interval's end and judges; without a record begins one.
    private func advance(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, _ kept: JudgeRecord?,
        in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        var measurement = measurement
        do {
            let settings = try JudgeSettings(metric)
            let annotations = context.run.metadata.annotations
            let compared = settings.baseline == .fresh ? Self.baselineAnnotation : Self.stableAnnotation
            if settings.baseline == .fresh, settings.stableHash == nil, annotations[compared] == nil {
                throw RolloutsError(
                    .invalidSpec,
                    "metric '\(metric.name)': there is no fresh baseline; a Rollout makes one where its template says baseline: fresh without an argument and its trafficRouting.gatewayAPI names a baselineService"
                )
            }
            guard let canary = settings.canaryHash ?? annotations[Self.canaryAnnotation],
                let stable = settings.stableHash ?? annotations[compared]
            else {
                throw RolloutsError(
                    .invalidSpec,
                    "metric '\(metric.name)': slipway.canaryHash and stableHash are missing; runs that a Rollout makes know them"
                )
            }
            var record = kept ?? JudgeRecord()
            if kept == nil { record.earlier = try await earlier(metric, settings, in: context) }
            let source = try settings.source(
                fetcher, context.client, metric: metric.name, namespace: context.namespace)
            await record.observe(
                .init(settings: settings, canary: canary, stable: stable, source: source), now: context.now)
            let verdict = try judge(record.ticks, settings.policy, after: record.earlier)
            record.verdict = verdict
            try await record.save(Self.name(metric, context), settings.policy, context)
            Self.conclude(&measurement, verdict, settings, context)
            if let fault = record.fault { measurement.message += "; \(fault)" }
        } catch let error as RolloutsError where error.code == .invalidSpec || error.code == .unsupported {
            return context.failure(error.message)
        } catch {
            measurement.message = "\(error)"
            measurement.resumes = context.now.advanced(by: AnalysisReducer.errorRetry).wholeSeconds
        }
        return measurement
    }

    /// What the run of the step before has seen of the same version.
    private func earlier(
        _ metric: AnalysisMetric, _ settings: JudgeSettings, in context: MeasurementContext
    ) async throws -> [Tick] {
        guard let previous = context.run.metadata.annotations[Self.previousAnnotation] else { return [] }
        return try await JudgeRecord.ticks(
            before: Self.name(metric, context, of: previous), settings.policy, context)
    }

    private static func conclude(
        _ measurement: inout AnalysisRunStatus.Measurement, _ verdict: Judge.Verdict,
        _ settings: JudgeSettings,
        _ context: MeasurementContext
    ) {
        measurement.value = JSON.string(VerdictSummary.value(verdict))
        measurement.message = VerdictSummary.sentence(verdict)
        switch verdict.decision {
        case .promote: measurement.phase = .successful
        case .rollback: measurement.phase = .failed
        case .inconclusive:
            switch verdict.fallback ?? .hold {
            case .hold: measurement.phase = .inconclusive
            case .rollback: measurement.phase = .failed
            case .promote: measurement.phase = .successful
            }
        case .wait:
            measurement.phase = .running
            let tick = Int64(settings.policy.tickSeconds)
            measurement.resumes = Timestamp(seconds: (context.now.seconds / tick + 1) * tick)
        }
    }
}

/// A verdict for people: every number that led to it, short.
enum VerdictSummary {
    static func value(_ verdict: Judge.Verdict) -> Value {
        var fields: Object = [
            "decision": .string(verdict.decision.rawValue), "reason": .string(verdict.reason.rawValue),
            "tick": .integer(Int64(verdict.tick)), "harmThreshold": number(verdict.harmThreshold),
            "safetyThreshold": number(verdict.safetyThreshold),
        ]
        fields["logHarm"] = verdict.logHarm.map(number)
        fields["logSafety"] = verdict.logSafety.map(number)
        fields["metrics"] = .array(
            verdict.metrics.map { metric in
                var entry: Object = ["name": .string(metric.name)]
                entry["logHarm"] = metric.logHarm.map(number)
                entry["logSafety"] = metric.logSafety.map(number)
                if let counts = metric.counts {
                    entry["canary"] = .string("\(counts.canaryBad)/\(counts.canary)")
                    entry["stable"] = .string("\(counts.baselineBad)/\(counts.baseline)")
                }
                entry["absence"] = metric.absence.map { .string($0.rawValue) }
                return .object(entry)
            })
        if !verdict.suspectPods.isEmpty {
            fields["suspectPods"] = .array(verdict.suspectPods.map { .string($0) })
        }
        return .object(fields)
    }

    static func sentence(_ verdict: Judge.Verdict) -> String {
        var text = "\(verdict.decision.rawValue) (\(verdict.reason.rawValue)) after \(verdict.tick) intervals"
        if let harm = verdict.logHarm {
            text += "; evidence of harm \(rounded(harm)) of \(rounded(verdict.harmThreshold))"
        }
        if let safety = verdict.logSafety {
            text += ", of safety \(rounded(safety)) of \(rounded(verdict.safetyThreshold))"
        }
        let absent = verdict.metrics.compactMap { metric in
            metric.absence.map { "\(metric.name): \($0.rawValue)" }
        }
        if !absent.isEmpty { text += "; no data of \(absent.joined(separator: ", "))" }
        if !verdict.suspectPods.isEmpty {
            text += "; likely not the version but \(verdict.suspectPods.joined(separator: ", "))"
        }
        return text
    }

    private static func rounded(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }

    private static func number(_ number: Double) -> Value { .double(Real((number * 1000).rounded() / 1000)) }
}
