import Manifest

/// Kinds that are stored with their defaults and little else; no part of the server acts on them.
struct PlainKind: KindRules {
    let descriptor: KindDescriptor
    /// The fields whose change counts as a new generation.
    private let counted: [String]
    private let defaults: @Sendable (inout Value) -> Void

    init(
        _ descriptor: KindDescriptor, counting counted: [String] = ["spec"],
        defaults: @escaping @Sendable (inout Value) -> Void = { _ in }
    ) {
        self.descriptor = descriptor
        self.counted = counted
        self.defaults = defaults
    }

    func setDefaults(in object: inout Value) { defaults(&object) }

    func isNewGeneration(_ object: Value, since old: Value) -> Bool {
        counted.contains { object[$0] != old[$0] }
    }
}

extension PlainKind {
    static let all: [PlainKind] = core + storage + policies + others

    private static let core: [PlainKind] = [
        PlainKind(KindDescriptor("v1", "LimitRange"), defaults: LimitDefaults.apply),
        PlainKind(KindDescriptor("v1", "ResourceQuota", hasStatus: true)),
        PlainKind(KindDescriptor("v1", "PodTemplate", countsGeneration: true), counting: ["template"]) {
            $0.ensure("template", PodDefaults.apply(toTemplate:))
        },
    ]

    private static let storage: [PlainKind] = [
        cluster("storage.k8s.io/v1", "StorageClass") {
            $0.fill("reclaimPolicy", "Delete")
            $0.fill("volumeBindingMode", "Immediate")
        },
        PlainKind(
            KindDescriptor("storage.k8s.io/v1", "CSIDriver", isNamespaced: false, countsGeneration: true)
        ) { object in
            object.ensure("spec") { spec in
                for (field, value) in [
                    ("attachRequired", true), ("podInfoOnMount", false), ("storageCapacity", false),
                    ("requiresRepublish", false), ("seLinuxMount", false),
                ] { spec.fill(field, .bool(value)) }
                spec.fill("fsGroupPolicy", "ReadWriteOnceWithFSType")
                if spec["volumeLifecycleModes"]?.arrayValue?.isEmpty != false {
                    spec["volumeLifecycleModes"] = ["Persistent"]
                }
            }
        },
        cluster("storage.k8s.io/v1", "CSINode"),
        PlainKind(KindDescriptor("storage.k8s.io/v1", "CSIStorageCapacity")),
        cluster("storage.k8s.io/v1", "VolumeAttachment", hasStatus: true),
        cluster("storage.k8s.io/v1", "VolumeAttributesClass"),
    ]

    private static let policies: [PlainKind] = [
        webhooks("MutatingWebhookConfiguration", reinvocation: true),
        webhooks("ValidatingWebhookConfiguration", reinvocation: false),
        policy("MutatingAdmissionPolicy"), policy("MutatingAdmissionPolicyBinding"),
        policy("ValidatingAdmissionPolicy", hasStatus: true), policy("ValidatingAdmissionPolicyBinding"),
    ]

    private static let others: [PlainKind] = [
        cluster("networking.k8s.io/v1", "IPAddress"),
        cluster("networking.k8s.io/v1", "ServiceCIDR", hasStatus: true),
        PlainKind(
            KindDescriptor(
                "scheduling.k8s.io/v1", "PriorityClass", isNamespaced: false, countsGeneration: true),
            counting: ["value", "globalDefault", "description", "preemptionPolicy"]
        ) { $0.fill("preemptionPolicy", "PreemptLowerPriority") },
        cluster("apiregistration.k8s.io/v1", "APIService", hasStatus: true),
        cluster("node.k8s.io/v1", "RuntimeClass"),
        cluster("certificates.k8s.io/v1", "CertificateSigningRequest", hasStatus: true),
    ]

    private static func cluster(
        _ apiVersion: String, _ kind: String, hasStatus: Bool = false,
        defaults: @escaping @Sendable (inout Value) -> Void = { _ in }
    ) -> PlainKind {
        PlainKind(
            KindDescriptor(apiVersion, kind, isNamespaced: false, hasStatus: hasStatus), defaults: defaults)
    }

    private static func policy(_ kind: String, hasStatus: Bool = false) -> PlainKind {
        PlainKind(
            KindDescriptor(
                "admissionregistration.k8s.io/v1", kind, isNamespaced: false, hasStatus: hasStatus,
                countsGeneration: true)
        ) { object in
            object.ensure("spec") { spec in
                if !kind.hasSuffix("Binding") { spec.fill("failurePolicy", "Fail") }
                spec.update(kind.hasSuffix("Binding") ? "matchResources" : "matchConstraints", matchResources)
            }
        }
    }

    private static func matchResources(_ resources: inout Value) {
        resources.fill("matchPolicy", "Equivalent")
        resources.fill("namespaceSelector", .emptyObject)
        resources.fill("objectSelector", .emptyObject)
        resources.updateItems("resourceRules") { $0.fill("scope", "*") }
    }

    private static func webhooks(_ kind: String, reinvocation: Bool) -> PlainKind {
        PlainKind(
            KindDescriptor(
                "admissionregistration.k8s.io/v1", kind, isNamespaced: false, countsGeneration: true),
            counting: ["webhooks"]
        ) { object in
            object.updateItems("webhooks") { webhook in
                webhook.fill("failurePolicy", "Fail")
                webhook.fill("matchPolicy", "Equivalent")
                webhook.fill("namespaceSelector", .emptyObject)
                webhook.fill("objectSelector", .emptyObject)
                webhook.fill("timeoutSeconds", 10)
                if reinvocation { webhook.fill("reinvocationPolicy", "Never") }
                webhook.updateItems("rules") { $0.fill("scope", "*") }
                webhook.update("clientConfig") { $0.update("service") { $0.fill("port", 443) } }
            }
        }
    }
}

/// What a LimitRange says of containers implies more: the maximum is the default limit, and that the request.
private enum LimitDefaults {
    @Sendable static func apply(to object: inout Value) {
        object.update("spec") { spec in
            spec.updateItems("limits") { item in
                guard item.text("type") == "Container" else { return }
                let (max, min) = (item["max"]?.objectValue, item["min"]?.objectValue)
                merge(max, into: "default", of: &item)
                merge(item["default"]?.objectValue, into: "defaultRequest", of: &item)
                merge(min, into: "defaultRequest", of: &item)
            }
        }
    }

    private static func merge(_ amounts: Object?, into field: String, of item: inout Value) {
        guard let amounts, !amounts.isEmpty else { return }
        item.ensure(field) { target in
            for amount in amounts { target.fill(amount.key, amount.value) }
        }
    }
}
