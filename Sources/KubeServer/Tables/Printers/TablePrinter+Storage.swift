import KubeModel
import Manifest

extension TablePrinter {
    static let persistentVolumes = TablePrinter([
        .name,
        .text("Capacity") { $0.scalarText("spec", "capacity", "storage") },
        .text("Access Modes") { accessModes($0.texts("spec", "accessModes")) },
        .text("Reclaim Policy") { $0.text("spec", "persistentVolumeReclaimPolicy") },
        .text("Status", phase),
        .text("Claim") { volume in
            guard let claim = volume["spec", "claimRef"] else { return "" }
            return "\(claim.text("namespace"))/\(claim.text("name"))"
        },
        .text("StorageClass", storageClass),
        .text("VolumeAttributesClass") { $0.text("spec", "volumeAttributesClassName", absent: "<unset>") },
        .text("Reason") { $0.text("status", "reason") },
        .age,
        .wide("VolumeMode") { $0.text("spec", "volumeMode", absent: "<unset>") },
    ])

    static let persistentVolumeClaims = TablePrinter([
        .name,
        .text("Status", phase),
        .text("Volume") { $0.text("spec", "volumeName") },
        .text("Capacity") { claim in
            claim.text("spec", "volumeName").isEmpty ? "" : claim.scalarText("status", "capacity", "storage")
        },
        .text("Access Modes") { claim in
            claim.text("spec", "volumeName").isEmpty
                ? "" : accessModes(claim.texts("status", "accessModes"))
        },
        .text("StorageClass", storageClass),
        .text("VolumeAttributesClass") { $0.text("spec", "volumeAttributesClassName", absent: "<unset>") },
        .age,
        .wide("VolumeMode") { $0.text("spec", "volumeMode", absent: "<unset>") },
    ])

    @Sendable private static func phase(of object: Value) -> String {
        object.metadata.isDeleting ? "Terminating" : object.text("status", "phase")
    }

    /// The class is an annotation on objects of old.
    @Sendable private static func storageClass(of object: Value) -> String {
        let annotation = object["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"]
        return annotation?.stringValue ?? object.text("spec", "storageClassName")
    }

    private static func accessModes(_ modes: [String]) -> String {
        let short = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"),
            ("ReadWriteOncePod", "RWOP"),
        ]
        return short.filter { modes.contains($0.0) }.map(\.1).joined(separator: ",")
    }

    static let storageClasses = TablePrinter([
        TableColumn("Name", format: "name", description: FieldDescription.name) { object, _ in
            let name = object.metadata.name
            let marks = [
                "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class",
            ]
            let isDefault = marks.contains { object["metadata", "annotations", $0]?.stringValue == "true" }
            return .string(isDefault ? "\(name) (default)" : name)
        },
        .text("Provisioner") { $0.text("provisioner") },
        .text("ReclaimPolicy") { $0.text("reclaimPolicy", absent: "Delete") },
        .text("VolumeBindingMode") { $0.text("volumeBindingMode", absent: "Immediate") },
        TableColumn("AllowVolumeExpansion") { object, _ in .bool(object.flag("allowVolumeExpansion")) },
        .age,
    ])

    static let volumeAttributesClasses = TablePrinter([
        .name, .text("DriverName") { $0.text("driverName") }, .age,
    ])

    static let volumeAttachments = TablePrinter([
        .name,
        .text("Attacher") { $0.text("spec", "attacher") },
        .text("PV") { $0.text("spec", "source", "persistentVolumeName") },
        .text("Node") { $0.text("spec", "nodeName") },
        TableColumn("Attached", type: "boolean") { object, _ in .bool(object.flag("status", "attached")) },
        .age,
    ])

    static let csiNodes = TablePrinter([
        .name, .count("Drivers") { Int64($0.items("spec", "drivers").count) }, .age,
    ])

    static let csiDrivers = TablePrinter([
        .name,
        TableColumn("AttachRequired", type: "boolean") { driver, _ in
            .bool(driver["spec", "attachRequired"]?.boolValue ?? true)
        },
        TableColumn("PodInfoOnMount", type: "boolean") { driver, _ in
            .bool(driver.flag("spec", "podInfoOnMount"))
        },
        TableColumn("StorageCapacity", type: "boolean") { driver, _ in
            .bool(driver.flag("spec", "storageCapacity"))
        },
        .text("TokenRequests") { driver in
            let audiences = driver.items("spec", "tokenRequests").map { $0.text("audience") }
            return audiences.isEmpty ? "<unset>" : audiences.joined(separator: ",")
        },
        TableColumn("RequiresRepublish", type: "boolean") { driver, _ in
            .bool(driver.flag("spec", "requiresRepublish"))
        },
        .text("Modes") { driver in
            let modes = driver.texts("spec", "volumeLifecycleModes")
            return modes.isEmpty ? "<none>" : modes.joined(separator: ",")
        },
        .age,
    ])

    static let csiStorageCapacities = TablePrinter([
        .name,
        .text("StorageClassName") { $0.text("storageClassName") },
        .text("Capacity") { $0.scalarText("capacity", absent: "<unset>") },
    ])
}
