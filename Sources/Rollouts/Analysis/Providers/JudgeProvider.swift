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
            Self.wait(&measurement, "the judge's record cannot be read: \(error)", metric, context)
            return measurement
        }
    }

    /// The name of a record, which tells the metric where that may be in a name.
    static func name(
        _ metric: AnalysisMetric, _ context: MeasurementContext, of run: String? = nil
    ) -> String {
        let run = run ?? context.run.metadata.name
        let name = "\(run).\(metric.name).judge"
        guard !NameRule.dns1123Subdomain.faults(of: name).isEmpty else { return name }
        return "\(run.prefix(200)).\(Fingerprint(of: .string(name))).judge"
    }

    /// Takes the samples of an interval's end and judges; without a record begins one.
    ///
    /// A verdict does not wait for its record: what harms is taken back whether or not it could be kept why.
    private func advance(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, _ kept: JudgeRecord?,
        in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        var measurement = measurement
        do {
            let settings = try JudgeSettings(metric)
            let (canary, stable) = try Self.hashes(metric, settings, context)
            var record: JudgeRecord
            if let kept { record = kept } else { record = try await begin(metric, settings, in: context) }
            let source = try settings.source(
                fetcher, context.client, metric: metric.name, namespace: context.namespace)
            await record.observe(
                .init(settings: settings, canary: canary, stable: stable, source: source), now: context.now)
            let verdict = try judge(
                record.ticks, settings.policy, after: record.earlier, remembering: record.memory)
            record.verdict = verdict
            Self.conclude(&measurement, verdict, settings, context)
            if let fault = record.fault { measurement.message += "; \(fault)" }
            do {
                try await record.save(Self.name(metric, context), settings.policy, context)
                if let note = record.note { measurement.message += "; \(note)" }
            } catch {
                let message = "the judge's record cannot be kept: \(error)"
                if verdict.decision == .wait {
                    Self.wait(&measurement, message, metric, context)
                } else {
                    measurement.message += "; \(message)"
                }
            }
        } catch let error as RolloutsError where error.code == .invalidSpec || error.code == .unsupported {
            return context.failure(error.message)
        } catch {
            Self.wait(&measurement, "\(error)", metric, context)
        }
        return measurement
    }

    /// The versions that are compared.
    private static func hashes(
        _ metric: AnalysisMetric, _ settings: JudgeSettings, _ context: MeasurementContext
    ) throws(RolloutsError) -> (canary: String, stable: String) {
        let annotations = context.run.metadata.annotations
        let compared = settings.baseline == .fresh ? baselineAnnotation : stableAnnotation
        if settings.baseline == .fresh, settings.stableHash == nil, annotations[compared] == nil {
            throw RolloutsError(
                .invalidSpec,
                "metric '\(metric.name)': there is no fresh baseline; a Rollout makes one where its template says baseline: fresh without an argument and its trafficRouting.gatewayAPI names a baselineService"
            )
        }
        guard let canary = settings.canaryHash ?? annotations[canaryAnnotation],
            let stable = settings.stableHash ?? annotations[compared]
        else {
            throw RolloutsError(
                .invalidSpec,
                "metric '\(metric.name)': slipway.canaryHash and stableHash are missing; runs that a Rollout makes know them"
            )
        }
        return (canary, stable)
    }

    /// A record that goes on from what the run of the step before has seen of the same version.
    private func begin(
        _ metric: AnalysisMetric, _ settings: JudgeSettings, in context: MeasurementContext
    ) async throws -> JudgeRecord {
        guard let previous = context.run.metadata.annotations[Self.previousAnnotation] else {
            return JudgeRecord()
        }
        return try await JudgeRecord.after(
            Self.name(metric, context, of: previous), settings.policy, context)
    }

    /// Looks again soon, for as long as the judge may look at all: what was seen cannot be read or kept at the moment.
    ///
    /// After that it ends as where there was nothing to see.
    private static func wait(
        _ measurement: inout AnalysisRunStatus.Measurement, _ message: String, _ metric: AnalysisMetric,
        _ context: MeasurementContext
    ) {
        measurement.message = message
        measurement.resumes = context.now.advanced(by: AnalysisReducer.errorRetry).wholeSeconds
        guard let started = measurement.started, let settings = try? JudgeSettings(metric) else { return }
        let limit = Duration.seconds((settings.policy.maximumTicks + 1) * settings.policy.tickSeconds)
        guard context.now.duration(since: started) > limit else { return }
        measurement.message = "inconclusive (insufficientData): for as long as the judge may look, \(message)"
        measurement.phase = phase(of: settings.policy.onInsufficientData)
        measurement.resumes = nil
    }

    private static func phase(of fallback: Policy.Fallback) -> AnalysisPhase {
        switch fallback {
        case .hold: .inconclusive
        case .rollback: .failed
        case .promote: .successful
        }
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
            measurement.phase = phase(of: verdict.fallback ?? .hold)
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
