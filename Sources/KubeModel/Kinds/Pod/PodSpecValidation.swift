import Manifest

/// The rules for pod specs, be they a pod's own or those of templates.
enum PodSpecValidation {
    /// The faults of a pod template.
    static func faults(ofTemplate template: ObjectField) -> [FieldError] {
        var errors = MetadataValidation.labels(
            ObjectField(template["metadata", "labels"].value, path: template.path.child("labels")))
        errors += MetadataValidation.annotations(
            ObjectField(template["metadata", "annotations"].value, path: template.path.child("annotations")))
        errors += faults(of: template["spec"], podName: nil)
        let ephemeral = template["spec", "ephemeralContainers"]
        if !ephemeral.isEmpty {
            errors.append(ephemeral.forbidden("ephemeral containers not allowed in pod template"))
        }
        return errors
    }

    /// The faults of a pod spec.
    ///
    /// - Parameter podName: the name of the pod whose own spec it is; nil in templates.
    static func faults(of spec: ObjectField, podName: String?) -> [FieldError] {
        var errors: [FieldError] = []
        let gracePeriod = spec["terminationGracePeriodSeconds"]
        if !gracePeriod.isPresent { errors.append(gracePeriod.required()) }
        let (volumes, volumeFaults) = VolumeValidation.check(spec["volumes"], podName: podName)
        errors += volumeFaults + resourceClaims(spec["resourceClaims"])
        let validation = ContainerValidation(
            in: .init(
                volumes: volumes,
                resourceClaims: Set(
                    spec["resourceClaims"].items.map { $0["name"].text }.filter { !$0.isEmpty }),
                gracePeriod: gracePeriod.integer, restartPolicy: spec["restartPolicy"].text,
                usesHostUsers: spec["hostUsers"].flag ?? true))
        let (containers, initContainers) = (spec["containers"], spec["initContainers"])
        errors += validation.containers(containers)
        errors += validation.initContainers(initContainers, besides: containers)
        errors += validation.ephemeralContainers(
            spec["ephemeralContainers"], besides: [containers, initContainers])
        errors += hostNetwork(spec, isPod: podName != nil)
        errors += spec["restartPolicy"].enumeration(["Always", "OnFailure", "Never"])
        errors += spec["dnsPolicy"].enumeration([
            "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None",
        ])
        errors += MetadataValidation.labels(spec["nodeSelector"])
        errors += SecurityContextValidation.pod(spec["securityContext"], spec: spec)
        errors += SchedulingValidation.affinity(spec["affinity"])
        errors += DNSConfigValidation.faults(of: spec["dnsConfig"], policy: spec["dnsPolicy"].text)
        errors += spec["readinessGates"].items.flatMap {
            $0["conditionType"].invalid(NameSyntax.qualifiedName($0["conditionType"].text))
        }
        errors += SchedulingValidation.gates(spec["schedulingGates"])
        errors += SchedulingValidation.spreadConstraints(spec["topologySpreadConstraints"])
        return errors + hostUsers(spec) + scalars(of: spec)
    }

    private static func scalars(of spec: ObjectField) -> [FieldError] {
        var errors: [FieldError] = []
        func check(_ name: String, _ rule: (String) -> [String]) {
            if !spec[name].text.isEmpty { errors += spec[name].invalid(rule(spec[name].text)) }
        }
        check("serviceAccountName", NameSyntax.dns1123Subdomain)
        check("nodeName", NameSyntax.dns1123Subdomain)
        let deadline = spec["activeDeadlineSeconds"]
        if let seconds = deadline.integer, !(1...Int64(Int32.max)).contains(seconds) {
            errors.append(deadline.invalid(NameSyntax.outsideRange(1, Int64(Int32.max))))
        }
        check("hostname", NameSyntax.dns1123Label)
        check("subdomain", NameSyntax.dns1123Label)
        errors += SchedulingValidation.tolerations(spec["tolerations"])
        for alias in spec["hostAliases"].items {
            errors += IPAddress.faults(of: alias["ip"])
            errors += alias["hostnames"].items.flatMap { $0.invalid(NameSyntax.dns1123Subdomain($0.text)) }
        }
        check("priorityClassName", NameSyntax.dns1123Subdomain)
        if spec["runtimeClassName"].isPresent {
            errors += spec["runtimeClassName"].invalid(
                NameSyntax.dns1123Subdomain(spec["runtimeClassName"].text))
        }
        errors += spec["preemptionPolicy"].optionalEnumeration(["PreemptLowerPriority", "Never"])
        let system = spec["os", "name"]
        if spec["os"].isPresent {
            if system.text.isEmpty {
                errors.append(system.required("cannot be empty"))
            } else if !["linux", "windows"].contains(system.text) {
                errors.append(
                    .notSupported(
                        spec["os"].path, .string(system.text), supported: ["linux", "windows"]))
            }
        }
        return errors
    }

    private static func hostNetwork(_ spec: ObjectField, isPod: Bool) -> [FieldError] {
        guard spec["hostNetwork"].isTrue else { return [] }
        return spec["containers"].items.flatMap { $0["ports"].items }.compactMap { port in
            let hostPort = port["hostPort"]
            guard isPod || hostPort.number != 0, hostPort.number != port["containerPort"].number else {
                return nil
            }
            return hostPort.invalid("must match `containerPort` when `hostNetwork` is true", absent: 0)
        }
    }

    private static func hostUsers(_ spec: ObjectField) -> [FieldError] {
        guard spec["hostUsers"].flag == false else { return [] }
        // The fields' capitals are upstream's.
        return [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")]
            .filter { spec[$0.0].isTrue }
            .map { .forbidden(spec.path.child($0.1), "when `pod.Spec.HostUsers` is false") }
    }

    private static func resourceClaims(_ claims: ObjectField) -> [FieldError] {
        var names: Set<String> = []
        return claims.items.flatMap { claim -> [FieldError] in
            var errors: [FieldError] = []
            let name = claim["name"]
            if name.text.isEmpty {
                errors.append(name.required())
            } else if names.contains(name.text) {
                errors.append(name.duplicate())
            } else {
                names.insert(name.text)
                errors += name.invalid(NameSyntax.dns1123Label(name.text))
            }
            let given = ["resourceClaimName", "resourceClaimTemplateName"].filter { claim[$0].isPresent }
            if given.count == 2 {
                errors.append(
                    claim.invalid(
                        "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"))
            } else if given.isEmpty {
                errors.append(
                    claim.invalid("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"))
            }
            return errors + given.flatMap { claim[$0].invalid(NameSyntax.dns1123Subdomain(claim[$0].text)) }
        }
    }
}
