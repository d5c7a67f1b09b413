import Judge
import Manifest
import Testing

/// What computes a vector of each kind.
let computations: [String: @Sendable (Fields) throws -> [String: Answer]] = [
    "wilson": { input in
        interval(
            .wilson(
                hits: try input.int("k"), trials: try input.int("n"), confidence: try input.number("conf")))
    },
    "clopper_pearson": { input in
        interval(
            .clopperPearson(
                hits: try input.int("k"), trials: try input.int("n"), confidence: try input.number("conf")))
    },
    "bernoulli_cs": { input in
        let interval = BernoulliInterval(
            hits: try input.int("S"), trials: try input.int("n"), alpha: try input.number("alpha"),
            optimalCount: try input.int("t_opt"))
        return ["lo": .number(interval.lower), "hi": .number(interval.upper)]
    },
    "share_e": { input in
        let prior = try input.numbers("prior")
        let evidence = ShareEvidence.logEvidence(
            canaryBad: try input.int("canary_bad"), baselineBad: try input.int("baseline_bad"),
            share: try input.number("theta0"), prior: (prior[0], prior[1]))
        return ["log_e": .number(evidence)]
    },
    "rate_eprocess": rateEvidence,
    "judge": judgement,
    "msprt": { input in
        let counts = ArmCounts(
            canaryBad: try input.int("xc"), canary: try input.int("nc"), baselineBad: try input.int("xb"),
            baseline: try input.int("nb"))
        let test = MixtureRatioTest(
            counts, spread: try input.number("tau"), nullDifference: input.number("delta0", default: 0))
        return ["log_lambda": .number(test.logRatio), "p": .number(test.probability)]
    },
    "tlg_block": { input in
        var evidence = BlockEvidence(prior: try input.numbers("prior"))
        var logs: [Double] = []
        for _ in 0..<(try input.int("repeat")) {
            for block in try input.list("blocks").map(\.asNumbers) {
                evidence.add(
                    ArmCounts(
                        canaryBad: Int(block[0]), canary: Int(block[1]), baselineBad: Int(block[2]),
                        baseline: Int(block[3])))
                logs.append(evidence.logEvidence)
            }
        }
        return ["log_e_last": Answer(logs.last), "log_e_second": .number(logs[1])]
    },
    "hr_radius": { input in
        let (count, alpha) = (try input.int("t"), try input.number("alpha"))
        return [
            "fixed_q": .number(QuantileRadius.single(try input.number("q"), count: count, alpha: alpha)),
            "uniform": .number(QuantileRadius.uniform(count: count, alpha: alpha)),
        ]
    },
    "bucket_quantile_cs": { input in
        let bounds = try input.list("le").compactMap(\.asNumber)
        let cumulative = try input.numbers("cum").map { Int($0) }
        let quantile = BucketQuantile(
            try input.number("q"), bounds: bounds, cumulative: cumulative, total: cumulative.last ?? 0,
            alpha: try input.number("alpha"), optimalCount: try input.int("t_opt"))
        return [
            "lo_exclusive": .number(quantile.lowerExclusive),
            "hi_inclusive": .number(quantile.upperInclusive),
        ]
    },
    "bucket_avg_e": bucketEvidence,
    "asymp_cs": meanInterval,
    "group_sequential": { input in
        let (looks, alpha) = (try input.int("looks"), try input.number("alpha_two_sided"))
        return [
            "pocock": .number(GroupSequentialDesign.pocock(looks: looks, alpha: alpha)),
            "obrien_fleming_C": .number(GroupSequentialDesign.obrienFleming(looks: looks, alpha: alpha)),
            "naive_196_type1": .number(GroupSequentialDesign.crossing(looks) { _ in 1.959_963_984_540_054 }),
        ]
    },
    "alpha_spending": { input in
        let (fraction, alpha) = (try input.number("information_fraction"), try input.number("alpha"))
        return [
            "lan_demets_obf": .number(AlphaSpending.obrienFleming(fraction, alpha: alpha)),
            "lan_demets_pocock": .number(AlphaSpending.pocock(fraction, alpha: alpha)),
        ]
    },
    "kayenta_mw": { input in
        try kayenta(try input.numbers("experiment"), try input.numbers("control"), input, .exact)
    },
    "kayenta_brent": { input in
        try kayenta(try input.runs("experiment_rle"), try input.runs("control_rle"), input, .brent)
    },
    "kayenta_score": { input in
        let fields = try input.fields("groups")
        var groups: [String: [KayentaJudge.Label]] = [:]
        for name in fields.names {
            groups[name] = try fields.list(name).compactMap { label in
                guard case .string(let text) = label else { return nil }
                return KayentaJudge.Label(rawValue: text)
            }
        }
        var weights: [String: Double] = [:]
        let weightFields = try input.fields("weights")
        for name in weightFields.names { weights[name] = try weightFields.number(name) }
        var hasCriticalFailure = false
        for name in ["critical", "critical_failure", "critical_failures"] {
            switch input[name] {
            case .bool(let flag): hasCriticalFailure = hasCriticalFailure || flag
            case .array(let failures): hasCriticalFailure = hasCriticalFailure || !failures.isEmpty
            default: break
            }
        }
        return [
            "score": .number(
                KayentaJudge.score(groups, weights: weights, hasCriticalFailure: hasCriticalFailure))
        ]
    },
    "pod_rank": podRank,
    "tempered_e": temperedEvidence,
    "threshold_false_abort": { input in
        let counting = try #require(ThresholdRule.Counting(rawValue: try input.text("mode")))
        let rule = ThresholdRule(
            minimumSuccess: try input.number("min_success"), limit: try input.int("limit"), counting: counting
        )
        let errors = rule.errors(
            badRate: try input.number("true_error"), requestsPerCheck: try input.int("requests_per_check"),
            checks: try input.int("checks"))
        return ["per_check_fail": .number(errors.check), "false_abort": .number(errors.abort)]
    },
    "planner": { input in
        let forecast = try Forecast(
            ratio: try input.number("rho"), share: try input.number("canary_share"),
            baseRate: try input.number("base_rate"), requestsPerSecond: try input.number("total_rps"),
            error: try input.number("alpha"), alternatives: try input.int("J"))
        return [
            "kl": .number(forecast.divergence), "events_upper": .number(forecast.events),
            "seconds": .number(forecast.seconds),
        ]
    },
    "argo_basic_counts": { input in
        let split = ReplicaSplit(
            replicas: try input.int("replicas"), weight: try input.int("weight"),
            maximumWeight: try input.int("max_weight"), maximumSurge: try input.int("max_surge"))
        return ["canary": Answer(split.canary), "stable": Answer(split.stable)]
    },
    "argo_metric_state": metricState,
    "argo_step_hash": { input in ["hash": .text(TemplateHash.hash(try input.text("json").utf8))] },
    "argo_pod_hash": { input in
        let collisions = input["collision_count"]?.asNumber.map { Int32($0) }
        return ["hash": .text(TemplateHash.hash(try input.text("json").utf8, collisions: collisions))]
    },
    "combine_e": { input in
        let combined = CombinedEvidence(try input.numbers("log_e"), weights: try input.numbers("weights"))
        return [
            "log_e_combined": .number(combined.logEvidence),
            "rollback": .flag(combined.exceeds(error: try input.number("alpha"))),
        ]
    },
]
