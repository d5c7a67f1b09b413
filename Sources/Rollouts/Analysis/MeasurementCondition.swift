import Expression
import Judge
import Manifest

/// Judges what a provider answered by a metric's conditions.
enum MeasurementCondition {
    /// What a measurement comes to.
    struct Outcome: Sendable, Hashable {
        var phase: AnalysisPhase
        var message = ""
    }

    /// Compiles a metric's conditions.
    ///
    /// - Throws: `invalidSpec` with the place of the mistake.
    static func check(_ metric: AnalysisMetric) throws(RolloutsError) {
        for (field, condition) in [
            ("successCondition", metric.successCondition), ("failureCondition", metric.failureCondition),
        ] {
            guard let condition else { continue }
            do { _ = try CompiledExpression(condition) } catch {
                throw RolloutsError(
                    .invalidSpec, "metric '\(metric.name)': \(field) '\(condition)': \(error)")
            }
        }
    }

    /// The phase of a measurement by its result.
    ///
    /// Differs from Argo Rollouts on purpose where there is nothing to judge: a result that is empty, or no
    /// number where conditions compare numbers, is never success. It is an error with that reason, unless a
    /// condition asks for it (`len(result) == 0`, `isNaN(result)`, `default(…)`).
    static func judge(_ result: ExpressionValue, by metric: AnalysisMetric, now: Int64) -> Outcome {
        let texts = [metric.successCondition, metric.failureCondition].compactMap(\.self)
        if let absence = absence(in: result), !texts.contains(where: asksForAbsence) {
            return Outcome(phase: .error, message: absence)
        }
        let environment = ExpressionEnvironment(["result": result], now: now)
        do {
            let success = try metric.successCondition.map { try CompiledExpression($0).bool(in: environment) }
            let failure = try metric.failureCondition.map { try CompiledExpression($0).bool(in: environment) }
            return Outcome(phase: .measurement(success: success, failure: failure))
        } catch {
            return Outcome(phase: .error, message: "\(error)")
        }
    }

    /// Why a result is no evidence, nil where it is some.
    private static func absence(in result: ExpressionValue) -> String? {
        switch result {
        case .null: return "the query has no answer: nothing to judge"
        case .float(let number) where number.isNaN: return "the query's answer is NaN: nothing to judge"
        case .array(let items):
            if items.isEmpty { return "the query has no answer (no series): nothing to judge" }
            let isNothing = items.allSatisfy {
                if case .float(let number) = $0 { number.isNaN } else { false }
            }
            return isNothing ? "the query's answer is NaN: nothing to judge" : nil
        default: return nil
        }
    }

    private static func asksForAbsence(_ condition: String) -> Bool {
        ["isNaN", "isNil", "len(", "default(", "??", "nil", "isInf"].contains { condition.contains($0) }
    }
}

extension String {
    /// Whether a text stands in this one.
    fileprivate func contains(_ text: String) -> Bool {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(text) { return true }
            rest = rest.dropFirst()
        }
        return text.isEmpty
    }
}
