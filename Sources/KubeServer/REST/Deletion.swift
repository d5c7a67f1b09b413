import KubeModel
import Manifest

/// What a deletion makes of an object: nothing at once, or something that waits to be gone.
enum Deletion: Sendable {
    /// The object goes now; the value is its last state.
    case now(Value)
    /// The object stays, marked as being deleted.
    case later(Value)
    /// The object is already on its way and stays as it is.
    case pending

    /// Kinds whose last state is answered in place of a `Status`.
    static let answeredWithObject: Set<String> = [
        "Pod", "Service", "ServiceAccount", "PersistentVolumeClaim", "PersistentVolume", "PodTemplate",
        "ResourceQuota", "StorageClass", "VolumeAttachment", "CSINode", "CSIDriver", "PriorityClass",
    ]

    /// Decides what becomes of an object.
    init(_ object: Value, kind: GroupVersionKind, options: DeleteOptions, now: Timestamp) {
        var object = object
        let wasDeleting = object.metadata.isDeleting
        let finalizersBefore = object.metadata.finalizers
        object.metadata.finalizers = Self.finalizers(finalizersBefore, options)
        // The objects of a custom resource go before their definition does.
        if !wasDeleting, kind.group == DefinitionNames.resource.group,
            !object.metadata.finalizers.contains(Finalizer.customResources)
        {
            object.metadata.finalizers.append(Finalizer.customResources)
        }
        let grace = Self.gracePeriod(of: object, kind: kind, asked: options.gracePeriodSeconds)
        let holdsNamespace = kind.group.isEmpty && kind.kind == "Namespace" && Self.hasSpecFinalizers(object)
        if wasDeleting {
            let remaining = object.metadata.deletionGracePeriodSeconds ?? 0
            let isShortened = grace < remaining
            if isShortened {
                object.metadata.deletionGracePeriodSeconds = grace
                object.metadata.deletionTimestamp = now.wholeSeconds.advanced(by: .seconds(grace))
            }
            let period = isShortened ? grace : remaining
            if period == 0, object.metadata.finalizers.isEmpty, !holdsNamespace {
                self = .now(object)
            } else if isShortened || object.metadata.finalizers != finalizersBefore {
                self = .later(object)
            } else {
                self = .pending
            }
            return
        }
        guard grace > 0 || !object.metadata.finalizers.isEmpty || holdsNamespace else {
            self = .now(object)
            return
        }
        object.metadata.deletionTimestamp = now.wholeSeconds.advanced(by: .seconds(grace))
        object.metadata.deletionGracePeriodSeconds = holdsNamespace ? nil : grace
        if object.metadata.generation > 0 { object.metadata.generation += 1 }
        if holdsNamespace { object["status", "phase"] = "Terminating" }
        self = .later(object)
    }

    /// Whether an object that is being deleted has nothing left to wait for.
    static func isComplete(_ object: Value, wasDeleting: Bool) -> Bool {
        guard wasDeleting, object.metadata.finalizers.isEmpty else { return false }
        if object.kind == "Namespace", object.apiVersion == "v1" { return !hasSpecFinalizers(object) }
        return (object.metadata.deletionGracePeriodSeconds ?? 0) == 0
    }

    private static func hasSpecFinalizers(_ namespace: Value) -> Bool {
        namespace["spec", "finalizers"]?.arrayValue?.isEmpty == false
    }

    /// Puts in or takes out the finalizers by which the garbage collector is told what to do with dependents.
    private static func finalizers(_ present: [String], _ options: DeleteOptions) -> [String] {
        let (orphan, foreground) = ("orphan", "foregroundDeletion")
        let wanted: String?
        switch (options.orphansDependents, options.propagation) {
        case (true?, _), (nil, .orphan?): wanted = orphan
        case (nil, .foreground?): wanted = foreground
        case (false?, _), (nil, .background?): wanted = nil
        case (nil, nil): return present
        }
        var finalizers = present.filter { $0 == wanted || ($0 != orphan && $0 != foreground) }
        if let wanted, !finalizers.contains(wanted) { finalizers.append(wanted) }
        return finalizers
    }

    /// How long the object may take to end by itself. Only pods that run anywhere are given time.
    private static func gracePeriod(of object: Value, kind: GroupVersionKind, asked: Int64?) -> Int64 {
        guard kind.group.isEmpty, kind.kind == "Pod" else { return 0 }
        let phase = object["status", "phase"]?.stringValue
        if object["spec", "nodeName"]?.stringValue?.isEmpty ?? true || phase == "Failed"
            || phase == "Succeeded"
        {
            return 0
        }
        let wanted = asked ?? object["spec", "terminationGracePeriodSeconds"]?.integerValue ?? 30
        return wanted < 0 ? 1 : wanted
    }
}
