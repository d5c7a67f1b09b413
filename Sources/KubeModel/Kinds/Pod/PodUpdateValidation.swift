import Manifest

/// The rules for changes of pods, of which only few fields can change.
enum PodUpdateValidation {
    private static let changeable = [
        "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ].joined(separator: ",")

    static func faults(of spec: ObjectField, since old: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["containers", "initContainers"] {
            let containers = spec[list]
            guard containers.items.count == old[list].items.count else {
                return errors + [containers.forbidden("pod updates may not add or remove containers")]
            }
            for container in containers.items {
                if container["image"].text.isEmpty { errors.append(container["image"].required()) }
            }
        }
        let deadline = deadlineFaults(spec["activeDeadlineSeconds"], since: old["activeDeadlineSeconds"])
        errors += deadline
        if !deadline.isEmpty, spec["activeDeadlineSeconds"].isPresent { return errors }
        errors += tolerations(spec["tolerations"], since: old["tolerations"])
        errors += gates(spec["schedulingGates"], since: old["schedulingGates"])
        let isGated = !old["schedulingGates"].isEmpty
        if isGated { errors += nodeSelector(spec["nodeSelector"], since: old["nodeSelector"]) }
        let changed = munged(spec.value ?? .emptyObject, old: old.value ?? .emptyObject, isGated: isGated)
        if changed != old.value {
            let difference = ValueDifference.text(from: old.value ?? .null, to: changed)
            errors.append(
                spec.forbidden("pod updates may not change fields other than \(changeable)\n\(difference)"))
        }
        return errors
    }

    private static func deadlineFaults(_ deadline: ObjectField, since old: ObjectField) -> [FieldError] {
        guard let seconds = deadline.integer else {
            return old.isPresent
                ? [deadline.invalid("must not update from a positive integer to nil value")] : []
        }
        if !(0...Int64(Int32.max)).contains(seconds) {
            return [deadline.invalid(NameSyntax.outsideRange(0, Int64(Int32.max)))]
        }
        if let before = old.integer, before < seconds {
            return [deadline.invalid("must be less than or equal to previous value")]
        }
        return []
    }

    private static func tolerations(_ tolerations: ObjectField, since old: ObjectField) -> [FieldError] {
        func withoutSeconds(_ toleration: ObjectField) -> Value? {
            var value = toleration.value
            value?["tolerationSeconds"] = nil
            return value
        }
        let present = tolerations.items.map(withoutSeconds)
        if old.items.contains(where: { !present.contains(withoutSeconds($0)) }) {
            return [
                tolerations.forbidden("existing toleration can not be modified except its tolerationSeconds")
            ]
        }
        return SchedulingValidation.tolerations(tolerations)
    }

    private static func gates(_ gates: ObjectField, since old: ObjectField) -> [FieldError] {
        let known = Set(old.items.map { $0["name"].text })
        return gates.items.filter { !known.contains($0["name"].text) }.map { gate in
            gate["name"].forbidden(
                "only deletion is allowed, but found new scheduling gate '\(gate["name"].text)'")
        }
    }

    private static func nodeSelector(_ selector: ObjectField, since old: ObjectField) -> [FieldError] {
        let isKept = old.entries.allSatisfy { selector[$0.key].text == $0.field.text }
        return isKept
            ? []
            : [
                selector.invalid(
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
            ]
    }

    /// The new spec with all that may change put back, so that any difference left is a fault.
    private static func munged(_ spec: Value, old: Value, isGated: Bool) -> Value {
        var spec = spec
        for list in ["containers", "initContainers"] {
            let images = (old[list]?.arrayValue ?? []).map { $0["image"] }
            guard var containers = spec[list]?.arrayValue else { continue }
            for place in containers.indices where place < images.count {
                containers[place]["image"] = images[place]
            }
            spec[list] = .array(containers)
        }
        for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] { spec[field] = old[field] }
        if (old["terminationGracePeriodSeconds"]?.integerValue ?? 0) < 0,
            spec["terminationGracePeriodSeconds"] == 1
        {
            spec["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
        }
        if isGated {
            spec["nodeSelector"] = old["nodeSelector"]
            let affinity = old["affinity"]?["nodeAffinity"]
            if affinity != nil || spec["affinity"]?["nodeAffinity"] != nil {
                spec.ensure("affinity") { $0["nodeAffinity"] = affinity }
                if spec["affinity"] == .emptyObject, old["affinity"] == nil { spec["affinity"] = nil }
            }
        }
        return spec
    }
}
