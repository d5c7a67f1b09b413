import Manifest

// gitops-engine `pkg/health/health_deployment.go`, `_statefulset.go`, `_daemonset.go`, `_replicaset.go`.

extension Health {
    static func deployment(_ object: Value) -> Health {
        let reader = StatusReader(object)
        // Before the generation: a paused Deployment is never worked on.
        if reader.spec["paused"]?.boolValue == true { return .suspended("Deployment is paused") }
        if reader.isOutdated {
            return .progressing(
                "Waiting for rollout to finish: observed deployment generation less than desired generation")
        }
        if reader.condition("Progressing")?.reason == "ProgressDeadlineExceeded" {
            return .degraded("Deployment \"\(object.metadata.name)\" exceeded its progress deadline")
        }
        let updated = reader.count("updatedReplicas")
        if let desired = reader.spec["replicas"]?.integerValue, updated < desired {
            return .progressing(
                "Waiting for rollout to finish: \(updated) out of \(desired) new replicas have been updated..."
            )
        }
        let old = reader.count("replicas") - updated
        if old > 0 {
            return .progressing(
                "Waiting for rollout to finish: \(old) old replicas are pending termination...")
        }
        let available = reader.count("availableReplicas")
        if available < updated {
            return .progressing(
                "Waiting for rollout to finish: \(available) of \(updated) updated replicas are available...")
        }
        return .healthy
    }

    static func statefulSet(_ object: Value) -> Health {
        let reader = StatusReader(object)
        if reader.count("observedGeneration") == 0 || reader.isOutdated {
            return .progressing("Waiting for statefulset spec update to be observed...")
        }
        let desired = reader.spec["replicas"]?.integerValue
        if let desired, reader.count("readyReplicas") < desired {
            let ready = reader.count("readyReplicas")
            return .progressing("Waiting for \(desired - ready) pods to be ready...")
        }
        let strategy = reader.spec["updateStrategy"]
        let type = strategy?["type"]?.stringValue ?? "RollingUpdate"
        if type == "OnDelete" { return .healthy }
        if let rolling = strategy?["rollingUpdate"], !rolling.isNull {
            if let desired, let partition = rolling["partition"]?.integerValue {
                let updated = reader.count("updatedReplicas")
                if updated < desired - partition {
                    return .progressing(
                        "Waiting for partitioned roll out to finish: \(updated) out of \(desired - partition) "
                            + "new pods have been updated...")
                }
            }
            // Upstream looks at the revisions only without a rollingUpdate, which API servers always fill in.
            return .healthy
        }
        if reader.status["updateRevision"] != reader.status["currentRevision"] {
            return .progressing(
                "waiting for statefulset rolling update to complete \(reader.count("updatedReplicas")) pods at "
                    + "revision \(reader.status["updateRevision"]?.stringValue ?? "")...")
        }
        return .healthy
    }

    static func daemonSet(_ object: Value) -> Health {
        let reader = StatusReader(object)
        if reader.isOutdated {
            return .progressing(
                "Waiting for rollout to finish: observed daemon set generation less than desired generation")
        }
        if reader.spec["updateStrategy", "type"]?.stringValue == "OnDelete" { return .healthy }
        let desired = reader.count("desiredNumberScheduled")
        let updated = reader.count("updatedNumberScheduled")
        if updated < desired {
            return .progressing(
                "Waiting for daemon set \"\(object.metadata.name)\" rollout to finish: \(updated) out of "
                    + "\(desired) new pods have been updated...")
        }
        let available = reader.count("numberAvailable")
        if available < desired {
            return .progressing(
                "Waiting for daemon set \"\(object.metadata.name)\" rollout to finish: \(available) of "
                    + "\(desired) updated pods are available...")
        }
        return .healthy
    }

    static func replicaSet(_ object: Value) -> Health {
        let reader = StatusReader(object)
        if reader.isOutdated {
            return .progressing(
                "Waiting for rollout to finish: observed replica set generation less than desired generation")
        }
        if let failure = reader.condition("ReplicaFailure"), failure.status == .isTrue {
            return .degraded(failure.message)
        }
        let available = reader.count("availableReplicas")
        if let desired = reader.spec["replicas"]?.integerValue, available < desired {
            return .progressing(
                "Waiting for rollout to finish: \(available) out of \(desired) new replicas are available...")
        }
        return .healthy
    }
}
