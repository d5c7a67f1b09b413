public import KubeModel
public import Manifest

/// The rules for a Rollout (Argo Rollouts, `pkg/apis/rollouts/validation`), and what this version refuses by name.
public enum RolloutValidation {
    /// The faults of a Rollout, the gravest part first: none where it can be reconciled.
    public static func faults(of rollout: Value) -> [FieldError] {
        let spec = rollout["spec"] ?? .emptyObject
        let path = FieldPath("spec")
        var faults = numberFaults(of: spec, path) + podFaults(of: rollout, spec)
        for field in ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
            if let number = spec[field]?.integerValue, number < 0 {
                faults.append(
                    .invalid(path.child(field), .integer(number), "must be greater than or equal to 0"))
            }
        }
        let deadline = spec["progressDeadlineSeconds"]?.integerValue ?? 600
        if deadline <= spec["minReadySeconds"]?.integerValue ?? 0 {
            faults.append(
                .invalid(
                    path.child("progressDeadlineSeconds"), .integer(deadline),
                    "must be greater than minReadySeconds"))
        }
        for (field, hint) in [
            ("workloadRef", "put the pod template into spec.template"),
            ("restartAt", "slipway rollout restart replaces the pods by a new revision"),
        ] where spec[field] != nil {
            faults.append(unsupported(path.child(field), hint))
        }
        return faults + strategyFaults(of: spec["strategy"] ?? .emptyObject, spec, path.child("strategy"))
    }

    /// Numbers that are no whole ones of 32 bits, which those of Argo Rollouts' types are.
    ///
    /// A server that knows no schema of Rollouts lets any number through; all that is computed from these stays within
    /// 64 bits.
    private static func numberFaults(of value: Value, _ path: FieldPath) -> [FieldError] {
        switch value {
        case .integer(let number) where Int32(exactly: number) != nil: return []
        case .integer, .double: return [.invalid(path, value, "must be a whole number of 32 bits")]
        case .array(let items):
            return items.enumerated().flatMap { numberFaults(of: $0.element, path.index($0.offset)) }
        case .object(let object):
            return object.flatMap { pair in
                ["template", "selector"].contains(pair.key)
                    ? [] : numberFaults(of: pair.value, path.child(pair.key))
            }
        case .null, .bool, .string: return []
        }
    }

    /// What a ReplicaSet of the same selector and template would be refused for.
    private static func podFaults(of rollout: Value, _ spec: Value) -> [FieldError] {
        guard spec["workloadRef"] == nil else { return [] }
        guard spec["selector"] != nil else {
            return [.required(FieldPath("spec", "selector"), "Rollout has missing field '.spec.selector'")]
        }
        guard let strategy = BuiltinKinds.strategy(for: PodTemplateIdentity.replicaSetKind) else { return [] }
        do {
            return strategy.validate(try strategy.normalized(PodTemplateIdentity.replicaSet(for: rollout)))
        } catch {
            return [.invalid(FieldPath("spec", "template"), omittingValue: error.message)]
        }
    }

    private static func strategyFaults(of strategy: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
        switch (strategy["canary"], strategy["blueGreen"]) {
        case (nil, nil):
            let message = "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'"
            return [.required(path, message)]
        case (_?, _?): return [.invalid(path, omittingValue: "Multiple Strategies can not be listed")]
        case (nil, let blueGreen?): return blueGreenFaults(of: blueGreen, spec, path.child("blueGreen"))
        case (let canary?, nil): return CanaryValidation(canary, spec, path.child("canary")).faults
        }
    }

    private static func blueGreenFaults(of blueGreen: Value, _ spec: Value, _ path: FieldPath) -> [FieldError]
    {
        var faults: [FieldError] = []
        let active = blueGreen["activeService"]?.stringValue ?? ""
        if active.isEmpty {
            faults.append(
                .required(path.child("activeService"), "the Service that is switched to a new version"))
        } else if active == blueGreen["previewService"]?.stringValue {
            faults.append(
                .invalid(
                    path.child("activeService"), .string(active),
                    "This rollout uses the same service for the active and preview services, but two different "
                        + "services are required."))
        }
        if let count = blueGreen["previewReplicaCount"]?.integerValue, count < 0 {
            faults.append(
                .invalid(
                    path.child("previewReplicaCount"), .integer(count), "must be greater than or equal to 0"))
        }
        faults += historyFaults(of: blueGreen, spec, path)
        for field in ["antiAffinity", "previewMetadata", "activeMetadata"] where blueGreen[field] != nil {
            faults.append(unsupported(path.child(field), "remove it"))
        }
        return faults
    }

    static func historyFaults(of strategy: Value, _ spec: Value, _ path: FieldPath) -> [FieldError] {
        guard let limit = strategy["scaleDownDelayRevisionLimit"]?.integerValue,
            spec["revisionHistoryLimit"]?.integerValue ?? 10 < limit
        else { return [] }
        return [
            .invalid(
                path.child("scaleDownDelayRevisionLimit"), .integer(limit),
                "This rollout's revision history limit can not be smaller than the rollout's scale down limit"
            )
        ]
    }

    static func unsupported(_ path: FieldPath, _ hint: String) -> FieldError {
        .forbidden(path, "is not supported by this version of Slipway; \(hint)")
    }
}

/// The rules for `spec.strategy.canary`.
struct CanaryValidation {
    private let canary: Value
    private let spec: Value
    private let path: FieldPath

    init(_ canary: Value, _ spec: Value, _ path: FieldPath) {
        (self.canary, self.spec, self.path) = (canary, spec, path)
    }

    var faults: [FieldError] {
        var faults = serviceFaults + surgeFaults + trafficFaults
        faults += RolloutValidation.historyFaults(of: canary, spec, path)
        for field in ["antiAffinity", "canaryMetadata", "stableMetadata", "pingPong"]
        where canary[field] != nil {
            faults.append(RolloutValidation.unsupported(path.child(field), "remove it"))
        }
        for (index, step) in (canary["steps"]?.arrayValue ?? []).enumerated() {
            faults += stepFaults(of: step, path.child("steps").index(index))
        }
        return faults + weightFaults
    }

    /// Weights that nobody would serve: a canary that was told to have no pods gets no requests, and its step would
    /// wait for them for ever.
    private var weightFaults: [FieldError] {
        var empty: Int?
        var faults: [FieldError] = []
        for (index, step) in (canary["steps"]?.arrayValue ?? []).enumerated() {
            if let scale = step["setCanaryScale"] {
                let isNothing = scale["replicas"]?.integerValue == 0 || scale["weight"]?.integerValue == 0
                empty = isNothing ? index : nil
            } else if let empty, let weight = step["setWeight"]?.integerValue, weight > 0 {
                faults.append(
                    .invalid(
                        path.child("steps").index(index).child("setWeight"), .integer(weight),
                        "steps[\(empty)].setCanaryScale leaves no pods to serve it; give it some or set "
                            + "matchTrafficWeight: true before"))
            }
        }
        return faults
    }

    private var routing: Value? { canary["trafficRouting"] }

    private var serviceFaults: [FieldError] {
        let (stable, canary) = (self.canary["stableService"], self.canary["canaryService"])
        var faults: [FieldError] = []
        if let name = stable?.stringValue, !name.isEmpty, name == canary?.stringValue {
            faults.append(
                .invalid(
                    path.child("stableService"), .string(name),
                    "This rollout uses the same service for the stable and canary services, but two different "
                        + "services are required."))
        }
        if let baseline = routing.flatMap(CanaryStrategy.TrafficRouting.baselineService),
            [stable?.stringValue, canary?.stringValue].contains(baseline)
        {
            faults.append(
                .invalid(
                    path.child("trafficRouting", "gatewayAPI", "baselineService"), .string(baseline),
                    "a fresh baseline needs a service of its own, other than those of canary and stable version"
                ))
        }
        if routing != nil {
            for (field, value) in [("stableService", stable), ("canaryService", canary)]
            where value?.stringValue ?? "" == "" {
                faults.append(
                    .invalid(
                        path.child(field), "",
                        "Canary service and Stable service must to be set to use Traffic Routing"))
            }
        }
        return faults
    }

    private var surgeFaults: [FieldError] {
        func isZero(_ field: String) -> Bool {
            switch canary[field].flatMap(IntOrString.init) {
            case .int(let number): number == 0
            case .string(let text): (Int(text.hasSuffix("%") ? String(text.dropLast()) : text) ?? 0) == 0
            case nil: false
            }
        }
        var faults: [FieldError] = []
        if isZero("maxSurge"), isZero("maxUnavailable") {
            faults.append(
                .invalid(
                    path.child("maxSurge"), canary["maxSurge"] ?? .null,
                    "MaxSurge and MaxUnavailable both can not be zero"))
        }
        return faults
    }

    private var trafficFaults: [FieldError] {
        guard let routing else {
            return [
                (
                    "scaleDownDelaySeconds",
                    "Canary scaleDownDelaySeconds can only be used with traffic routing"
                ),
                ("dynamicStableScale", "Canary dynamicStableScale can only be used with traffic routing"),
            ].compactMap { field, message in
                guard let value = canary[field], value != false else { return nil }
                return .invalid(path.child(field), value, message)
            }
        }
        var faults: [FieldError] = []
        if canary["scaleDownDelaySeconds"] != nil, canary["dynamicStableScale"]?.boolValue == true {
            faults.append(
                .invalid(
                    path.child("dynamicStableScale"), true,
                    "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds"))
        }
        let place = path.child("trafficRouting")
        let hint = "split traffic by trafficRouting.gatewayAPI.httpRoute, which names an HTTPRoute"
        for router in [
            "alb", "ambassador", "apisix", "appMesh", "istio", "managedRoutes", "nginx", "smi", "traefik",
        ] where routing[router] != nil {
            faults.append(RolloutValidation.unsupported(place.child(router), hint))
        }
        let plugin = CanaryStrategy.TrafficRouting.gatewayPlugin
        for name in (routing["plugins"]?.objectValue ?? [:]).keys where name != plugin {
            faults.append(RolloutValidation.unsupported(place.child("plugins").key(name), hint))
        }
        if faults.isEmpty, CanaryStrategy.TrafficRouting(routing).httpRoutes.isEmpty {
            faults.append(
                .required(place.child("gatewayAPI", "httpRoute"), "names the HTTPRoute to set weights in"))
        }
        if let weight = routing["maxTrafficWeight"]?.integerValue, weight < 1 {
            faults.append(
                .invalid(place.child("maxTrafficWeight"), .integer(weight), "must be greater than 0"))
        }
        return faults
    }

    private func stepFaults(of step: Value, _ path: FieldPath) -> [FieldError] {
        let known = ["setWeight", "pause", "analysis", "setCanaryScale"]
        let later = ["experiment", "setHeaderRoute", "setMirrorRoute", "plugin"]
        let refused = later.filter { step[$0] != nil }
        if !refused.isEmpty {
            let hint = "use setWeight, pause, setCanaryScale or analysis"
            return refused.map { RolloutValidation.unsupported(path.child($0), hint) }
        }
        let given = known.filter { step[$0] != nil }
        guard given.count == 1 else {
            let what = given.isEmpty ? "has none" : "has \(given.joined(separator: " and "))"
            return [
                .invalid(
                    path,
                    omittingValue:
                        "Step must have exactly one of \(known.joined(separator: ", ")); it \(what)")
            ]
        }
        var faults: [FieldError] = []
        if let weight = step["setWeight"] {
            let maximum = routing?["maxTrafficWeight"]?.integerValue ?? 100
            if !(0...max(maximum, 0)).contains(weight.integerValue ?? -1) {
                faults.append(
                    .invalid(
                        path.child("setWeight"), weight, "SetWeight needs to be between 0 and \(maximum)"))
            }
        }
        if let duration = step["pause", "duration"] {
            if GoDuration.field(duration) ?? .seconds(-1) < .zero {
                faults.append(
                    .invalid(path.child("pause", "duration"), duration, "Duration needs to be greater than 0")
                )
            }
        }
        if let scale = step["setCanaryScale"] {
            if routing == nil {
                faults.append(
                    .required(
                        self.path.child("trafficRouting"), "SetCanaryScale requires TrafficRouting to be set")
                )
            } else if CanaryStep(step) == nil {
                faults.append(
                    .invalid(
                        path.child("setCanaryScale"), scale,
                        "needs replicas, weight or matchTrafficWeight: true"))
            }
            for field in ["replicas", "weight"] {
                guard let number = scale[field]?.integerValue, number < 0 else { continue }
                faults.append(
                    .invalid(
                        path.child("setCanaryScale", field), .integer(number),
                        "must be greater than or equal to 0"))
            }
        }
        if step["analysis"] != nil, (step["analysis", "templates"]?.arrayValue ?? []).isEmpty {
            faults.append(
                .required(path.child("analysis", "templates"), "names at least one AnalysisTemplate"))
        }
        return faults
    }
}
