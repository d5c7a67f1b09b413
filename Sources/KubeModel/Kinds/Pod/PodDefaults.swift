import Manifest

/// What the API server fills into pod specs, be they a pod's own or those of templates.
enum PodDefaults {
    /// Fills in a pod template.
    static func apply(toTemplate template: inout Value) {
        template.ensure("spec") { apply(to: &$0) }
    }

    /// Fills in what every pod spec gets.
    static func apply(to spec: inout Value) {
        // Two names of one field, kept alike for old clients.
        if spec.text("serviceAccountName").isEmpty, !spec.text("serviceAccount").isEmpty {
            spec["serviceAccountName"] = spec["serviceAccount"]
        }
        if !spec.text("serviceAccountName").isEmpty { spec["serviceAccount"] = spec["serviceAccountName"] }
        spec.updateItems("volumes", volume)
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            spec.updateItems(list, container)
        }
        spec.fill("dnsPolicy", "ClusterFirst")
        spec.fill("restartPolicy", "Always")
        spec.fill("securityContext", .emptyObject)
        spec.fill("terminationGracePeriodSeconds", 30)
        spec.fill("schedulerName", "default-scheduler")
    }

    /// Fills in what only pods get and templates do not.
    static func applyToPod(_ spec: inout Value) {
        for list in ["initContainers", "containers"] {
            spec.updateItems(list) { $0.update("resources", requestsFromLimits) }
        }
        spec.update("resources", requestsFromLimits)
        spec.fill("enableServiceLinks", true)
        guard spec["hostNetwork"]?.boolValue == true else { return }
        for list in ["initContainers", "containers"] {
            spec.updateItems(list) { container in
                container.updateItems("ports") {
                    $0.fillZero("hostPort", $0["containerPort"]?.integerValue ?? 0)
                }
            }
        }
    }

    /// A limit without a request is the request too.
    private static func requestsFromLimits(_ resources: inout Value) {
        guard let limits = resources["limits"]?.objectValue, !limits.isEmpty else { return }
        resources.ensure("requests") { requests in
            for limit in limits { requests.fill(limit.key, limit.value) }
        }
    }

    private static func container(_ container: inout Value) {
        container.fill("imagePullPolicy", .string(pullPolicy(of: container.text("image"))))
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.update(name, probe) }
        container.update("lifecycle") { lifecycle in
            lifecycle.update("postStart") { $0.update("httpGet", httpGet) }
            lifecycle.update("preStop") { $0.update("httpGet", httpGet) }
        }
        container.updateItems("env") { variable in
            variable.update("valueFrom") { $0.update("fieldRef") { $0.fill("apiVersion", "v1") } }
        }
        container.update("resources") { resources in
            resources.update("limits", roundUpToMilli)
            resources.update("requests", roundUpToMilli)
        }
    }

    private static func probe(_ probe: inout Value) {
        probe.update("httpGet", httpGet)
        probe.update("grpc") { if !$0.has("service") { $0["service"] = "" } }
        probe.fillZero("timeoutSeconds", 1)
        probe.fillZero("periodSeconds", 10)
        probe.fillZero("successThreshold", 1)
        probe.fillZero("failureThreshold", 3)
    }

    private static func httpGet(_ action: inout Value) {
        action.fill("path", "/")
        action.fill("scheme", "HTTP")
    }

    /// Amounts finer than a thousandth are rounded up to it.
    static func roundUpToMilli(_ amounts: inout Value) {
        guard let object = amounts.objectValue else { return }
        amounts = .object(
            object.mapValues { value in
                guard let text = value.stringValue, let amount = try? Quantity(text),
                    amount != Quantity(value: amount.milliValue, scale: -3)
                else { return value }
                return .string(
                    Quantity(value: amount.milliValue, scale: -3, format: amount.format).canonical)
            })
    }

    /// Images that may change under their tag are always pulled.
    static func pullPolicy(of image: String) -> String {
        tag(of: image) == "latest" ? "Always" : "IfNotPresent"
    }

    /// The tag an image reference names or implies; empty for a digest or what is no reference.
    private static func tag(of image: String) -> String {
        let name = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let reference = name.first, !reference.isEmpty else { return "" }
        let last = reference.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let parts = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        // Repositories are lower case; what is none has no tag that could be implied.
        guard let repository = parts.first, !repository.isEmpty,
            repository.utf8.allSatisfy({ !NameSyntax.isUpper($0) })
        else { return "" }
        if parts.count == 2 { return String(parts[1]) }
        return name.count == 2 ? "" : "latest"
    }
}

extension PodDefaults {
    /// The sources a volume may have; exactly one is given.
    static let volumeSources = [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs",
        "iscsi",
        "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI",
        "fc",
        "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume",
        "azureDisk", "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
    ]

    /// 0644, the mode of files that volumes are filled with.
    private static let fileMode: Value = 420

    private static func volume(_ volume: inout Value) {
        if !volumeSources.contains(where: volume.has) { volume["emptyDir"] = .emptyObject }
        for name in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.update(name) { $0.fill("defaultMode", fileMode) }
        }
        volume.update("downwardAPI") { $0.updateItems("items", downwardItem) }
        volume.update("hostPath") { if !$0.has("type") { $0["type"] = "" } }
        volume.update("projected") { projected in
            projected.updateItems("sources") { source in
                source.update("serviceAccountToken") { $0.fill("expirationSeconds", 3600) }
                source.update("downwardAPI") { $0.updateItems("items", downwardItem) }
            }
        }
        volume.update("ephemeral") { ephemeral in
            ephemeral.update("volumeClaimTemplate") { template in
                template.ensure("spec") { $0.fill("volumeMode", "Filesystem") }
            }
        }
        volume.update("image") { $0.fill("pullPolicy", .string(pullPolicy(of: $0.text("reference")))) }
    }

    private static func downwardItem(_ item: inout Value) {
        item.update("fieldRef") { $0.fill("apiVersion", "v1") }
    }
}
