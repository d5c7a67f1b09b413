import Manifest

/// ControllerRevisions: past templates of StatefulSets and DaemonSets, which never change.
struct ControllerRevisionKind: KindRules {
    let descriptor = KindDescriptor("apps/v1", "ControllerRevision")

    func faults(of object: ObjectField) -> [FieldError] {
        let data = object["data"]
        return (data.isPresent ? [] : [data.required("data is mandatory")]) + object["revision"].nonnegative()
    }

    var checksMetadataOnUpdate: Bool { true }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object) + object["data"].immutable(since: old["data"])
    }
}
