import Manifest

// gitops-engine `pkg/health/health_pvc.go`, `_service.go`, `_ingress.go`, `_hpa.go`, `_apiservice.go`; namespaces and
// definitions as kstatus judges them.

extension Health {
    static func volumeClaim(_ object: Value) -> Health {
        switch object["status", "phase"]?.stringValue ?? "" {
        case "Bound": .healthy
        case "Lost": .degraded("")
        case "Pending": .progressing("")
        default: Health(.unknown)
        }
    }

    static func namespace(_ object: Value) -> Health {
        object["status", "phase"]?.stringValue == "Terminating"
            ? .progressing("Pending deletion") : .healthy
    }

    static func service(_ object: Value) -> Health {
        guard object["spec", "type"]?.stringValue == "LoadBalancer" else { return .healthy }
        return hasAddress(object) ? .healthy : .progressing("")
    }

    static func ingress(_ object: Value) -> Health {
        hasAddress(object) ? .healthy : .progressing("")
    }

    private static func hasAddress(_ object: Value) -> Bool {
        !(object["status", "loadBalancer", "ingress"]?.arrayValue ?? []).isEmpty
    }

    static func apiService(_ object: Value) -> Health {
        guard let available = StatusReader(object).condition("Available") else {
            return .progressing("Waiting to be processed")
        }
        let message = "\(available.reason): \(available.message)"
        return available.status == .isTrue ? Health(.healthy, message) : .progressing(message)
    }

    static func definition(_ object: Value) -> Health {
        let reader = StatusReader(object)
        if let names = reader.condition("NamesAccepted"), names.status == .isFalse {
            return .degraded(names.message)
        }
        guard let established = reader.condition("Established") else {
            return .progressing("Waiting for the definition to be established")
        }
        return established.status == .isTrue ? .healthy : .progressing(established.message)
    }

    /// Conditions that make an autoscaler degraded whatever their status, as upstream has it.
    private static let autoscalerFaults: Set<[String]> = [
        ["AbleToScale", "FailedGetScale"], ["AbleToScale", "FailedUpdateScale"],
        ["ScalingActive", "FailedGetResourceMetric"], ["ScalingActive", "FailedGetPodsMetric"],
        ["ScalingActive", "FailedGetObjectMetric"], ["ScalingActive", "FailedGetExternalMetric"],
        ["ScalingActive", "InvalidSelector"], ["ScalingActive", "InvalidMetricSourceType"],
    ]

    static func autoscaler(_ object: Value, version: String) -> Health {
        let conditions: [Condition]
        switch version {
        case "v1":
            let text = object.metadata.annotations["autoscaling.alpha.kubernetes.io/conditions"] ?? "[]"
            conditions = ((try? JSON.parse(text))?.arrayValue ?? []).compactMap(Condition.init)
        case "v2": conditions = StatusReader(object).conditions
        default: return Health(.unknown, "autoscaling/\(version) is not judged; use autoscaling/v2")
        }
        for condition in conditions where autoscalerFaults.contains([condition.type, condition.reason]) {
            return .degraded(condition.message)
        }
        for condition in conditions {
            guard condition.status == .isTrue, ["AbleToScale", "ScalingLimited"].contains(condition.type)
            else { continue }
            return Health(.healthy, condition.message)
        }
        return .progressing("Waiting to Autoscale")
    }
}
