import Manifest

/// Services: a name, an address and ports in front of pods.
struct ServiceKind: KindRules {
    let descriptor = KindDescriptor(
        "v1", "Service",
        nameRule: .dns1123Label, hasStatus: true,
        allowsCreateOnUpdate: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("sessionAffinity", "None")
            switch spec.text("sessionAffinity") {
            case "None": spec["sessionAffinityConfig"] = nil
            case "ClientIP":
                if spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"]?.integerValue == nil {
                    spec["sessionAffinityConfig"] = ["clientIP": ["timeoutSeconds": 10800]]
                }
            default: break
            }
            spec.fill("type", "ClusterIP")
            let type = spec.text("type")
            spec.updateItems("ports") { port in
                port.fill("protocol", "TCP")
                let target = port["targetPort"]
                if target == nil || target == .null || target == 0 || target == "" {
                    port["targetPort"] = port["port"] ?? 0
                }
            }
            if ServiceAddress.isExternallyAccessible(spec) { spec.fill("externalTrafficPolicy", "Cluster") }
            if type != "ExternalName" { spec.fill("internalTrafficPolicy", "Cluster") }
            if type == "LoadBalancer" { spec.fill("allocateLoadBalancerNodePorts", true) }
        }
    }

    func prepareForCreate(_ object: inout Value, context: KindContext) {
        resetForCreate(&object)
        object["status"] = ["loadBalancer": .emptyObject]
        object.ensure("spec") { ServiceAddress.assign(to: &$0, old: nil, context: context) }
    }

    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
        object.ensure("spec") { ServiceAddress.assign(to: &$0, old: old["spec"], context: context) }
    }

    func faults(of object: ObjectField) -> [FieldError] { ServiceValidation.faults(of: object) }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        ServiceValidation.faults(ofUpdate: object["spec"], since: old["spec"]) + faults(of: object)
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        let spec = object["spec"]
        var warnings: [String] = []
        if spec["type"].text == "ExternalName", !spec["externalIPs"].isEmpty {
            warnings.append("spec.externalIPs is ignored when spec.type is \"ExternalName\"")
        }
        if spec["type"].text != "ExternalName", !spec["externalName"].text.isEmpty {
            warnings.append("spec.externalName is ignored when spec.type is not \"ExternalName\"")
        }
        if spec["clusterIP"].text == "None" {
            if !spec["loadBalancerIP"].text.isEmpty {
                warnings.append("spec.loadBalancerIP is ignored for headless services")
            }
            if !spec["externalIPs"].isEmpty {
                warnings.append("spec.externalIPs is ignored for headless services")
            }
            if spec["sessionAffinity"].text != "None" {
                warnings.append("spec.SessionAffinity is ignored for headless services")
            }
        }
        if spec["trafficDistribution"].text == "PreferClose" {
            warnings.append(
                "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"")
        }
        return warnings
    }
}
