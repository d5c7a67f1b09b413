import Manifest

// The generic rules of sigs.k8s.io/cli-utils `pkg/kstatus/status`.

extension Health {
    /// The health of a kind nobody has written a rule for, by the conventions that controllers follow; nil where the
    /// object follows none, as a ConfigMap.
    static func conventional(_ object: Value) -> Health? {
        guard let status = object["status"], status.objectValue?.isEmpty == false else { return nil }
        let reader = StatusReader(object)
        if status["observedGeneration"]?.integerValue != nil, reader.isOutdated {
            return .progressing("Waiting for the newest generation to be observed")
        }
        if let stalled = reader.condition("Stalled"), stalled.status == .isTrue {
            return .degraded(stalled.message)
        }
        if let reconciling = reader.condition("Reconciling"), reconciling.status == .isTrue {
            return .progressing(reconciling.message)
        }
        if let ready = reader.condition("Ready") {
            return ready.status == .isTrue ? Health(.healthy, ready.message) : .progressing(ready.message)
        }
        return .healthy
    }
}
