import Manifest

/// StatefulSets: numbered pods with names and volumes of their own.
struct StatefulSetKind: KindRules {
    let descriptor = KindDescriptor(
        "apps/v1", "StatefulSet",
        hasStatus: true, scale: .workload, countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("podManagementPolicy", "OrderedReady")
            spec.ensure("updateStrategy") { strategy in
                if strategy.text("type").isEmpty {
                    strategy["type"] = "RollingUpdate"
                    strategy.ensure("rollingUpdate") { _ in }
                }
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.update("rollingUpdate") { $0.fill("partition", 0) }
            }
            spec.ensure("persistentVolumeClaimRetentionPolicy") {
                $0.fill("whenDeleted", "Retain")
                $0.fill("whenScaled", "Retain")
            }
            spec.fill("replicas", 1)
            spec.fill("revisionHistoryLimit", 10)
            spec.ensure("template", PodDefaults.apply(toTemplate:))
            spec.updateItems("volumeClaimTemplates") { claim in
                // The type of a claim is written into templates as if each were an object of its own.
                claim.fill("apiVersion", "v1")
                claim.fill("kind", "PersistentVolumeClaim")
                claim.ensure("spec") { $0.fill("volumeMode", "Filesystem") }
                claim.ensure("status") { $0.fill("phase", "Pending") }
            }
        }
    }

    func faults(of object: ObjectField) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let policy = spec["podManagementPolicy"]
        if policy.text.isEmpty {
            errors.append(policy.required())
        } else if !["OrderedReady", "Parallel"].contains(policy.text) {
            errors.append(policy.invalid("must be 'OrderedReady' or 'Parallel'"))
        }
        errors += Self.updateStrategy(spec["updateStrategy"])
        let retention = spec["persistentVolumeClaimRetentionPolicy"]
        for name in ["whenDeleted", "whenScaled"] where retention.isPresent {
            if !["Retain", "Delete"].contains(retention[name].text) {
                errors.append(retention[name].notSupported(["Retain", "Delete"]))
            }
        }
        errors += spec["replicas"].nonnegative() + spec["minReadySeconds"].nonnegative()
        if spec["ordinals"].isPresent { errors += spec["ordinals", "start"].nonnegative() }
        let selector = spec["selector"]
        errors += PodTemplate.requiredSelector(
            selector, emptyFault: "empty selector is invalid for statefulset")
        let template = spec["template"]
        if !SelectorValidation.isSelectingAll(selector) {
            errors += PodTemplate.selection(selector, of: template)
        }
        errors += Self.template(template, claims: spec["volumeClaimTemplates"])
        errors += PodTemplate.alwaysRunning(template, ofKind: "StatefulSet")
        return errors + spec["revisionHistoryLimit"].nonnegative()
    }

    /// The faults of the template, for which the claims count as volumes.
    private static func template(_ template: ObjectField, claims: ObjectField) -> [FieldError] {
        var value = template.value ?? .emptyObject
        let volumes: [Value] = claims.items.map { claim in
            let name = claim["metadata", "name"].text
            return ["name": .string(name), "persistentVolumeClaim": ["claimName": .string(name)]]
        }
        let known = Set(claims.items.map { $0["metadata", "name"].text })
        let own = (value["spec"]?["volumes"]?.arrayValue ?? []).filter { !known.contains($0.text("name")) }
        if !volumes.isEmpty { value["spec", default: .emptyObject]["volumes"] = .array(own + volumes) }
        return PodSpecValidation.faults(ofTemplate: ObjectField(value, path: template.path))
    }

    private static func updateStrategy(_ strategy: ObjectField) -> [FieldError] {
        let rolling = strategy["rollingUpdate"]
        switch strategy["type"].text {
        case "": return [strategy.required()]
        case "OnDelete":
            return rolling.isPresent
                ? [rolling.invalid("only allowed for updateStrategy 'RollingUpdate'")] : []
        case "RollingUpdate":
            var errors = rolling["partition"].nonnegative()
            let unavailable = rolling["maxUnavailable"]
            if unavailable.isPresent {
                errors += Share.faults(of: unavailable)
                if Share.isZero(unavailable) { errors.append(unavailable.invalid("cannot be 0")) }
                errors += Share.excess(of: unavailable)
            }
            return errors
        case let type:
            return [
                .invalid(
                    strategy.path, ["Type": .string(type), "RollingUpdate": rolling.value ?? .null],
                    "must be 'RollingUpdate' or 'OnDelete'")
            ]
        }
    }

    private static let changeable = [
        "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    ]

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        var (spec, before) = (object["spec"].value ?? .emptyObject, old["spec"].value ?? .emptyObject)
        for field in Self.changeable {
            spec[field] = nil
            before[field] = nil
        }
        let list = Self.changeable.dropLast().map { "'\($0)'" }.joined(separator: ", ")
        return faults(of: object)
            + (spec == before
                ? []
                : [
                    object["spec"].forbidden(
                        "updates to statefulset spec for fields other than \(list) and 'minReadySeconds' are "
                            + "forbidden")
                ])
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        WorkloadStatus.faults(
            of: object["status"], since: old["status"],
            counts: [
                "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
                "observedGeneration", "collisionCount",
            ], partsOfReplicas: ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
            readyName: "status.readyReplicas")
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        PodTemplate.warnings(object, old: old, at: "spec", "template")
    }
}
