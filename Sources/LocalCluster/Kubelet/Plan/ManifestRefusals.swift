import KubeModel
import Manifest

/// What a manifest may ask for and this kubelet cannot do: refused where ignoring it would run something else
/// than was asked for, told in an event where it would not.
enum ManifestRefusals {
    /// Why a container is not started; nil where it can be.
    static func refusal(of container: Value) -> String? {
        let name = container.text("name")
        for field in ["tty", "stdin"] where container[field]?.boolValue == true {
            return
                "container \(name) asks for \(field), which this node cannot give: nobody can attach to it;"
                + " remove \(field)"
        }
        if container["securityContext", "privileged"]?.boolValue == true {
            return
                "container \(name) is privileged, which this node refuses: list the capabilities it needs in"
                + " securityContext.capabilities.add"
        }
        for kind in ProbeKind.allCases where container[kind.field]?.present("grpc") != nil {
            return
                "\(kind.field) of container \(name) uses grpc, which this node does not speak: use exec, httpGet"
                + " or tcpSocket"
        }
        if container.list("volumeDevices").isEmpty == false {
            return "container \(name) asks for volumeDevices, which this node does not have: use volumeMounts"
        }
        return nil
    }

    /// What of a pod has no effect here, one sentence for all; nil where there is nothing.
    static func ignored(in pod: Value) -> String? {
        let spec = pod["spec"] ?? .emptyObject
        var fields: [String] = []
        for field in ["hostPID", "hostIPC", "shareProcessNamespace"] where spec[field]?.boolValue == true {
            fields.append("spec.\(field)")
        }
        if spec["hostUsers"]?.boolValue == false { fields.append("spec.hostUsers") }
        for field in ["runtimeClassName", "overhead"] where spec.present(field) != nil {
            fields.append("spec.\(field)")
        }
        fields += securityFields(spec["securityContext"], at: "spec.securityContext")
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for container in spec.list(list) {
                let path = "spec.\(list){\(container.text("name"))}"
                if container["resources", "limits"]?.objectValue?.isEmpty == false {
                    fields.append("\(path).resources.limits")
                }
                if !container.text("targetContainerName").isEmpty {
                    fields.append("\(path).targetContainerName")
                }
                fields += securityFields(container["securityContext"], at: "\(path).securityContext")
                for mount in container.list("volumeMounts")
                where !["", "None"].contains(mount.text("mountPropagation")) {
                    fields.append("\(path).volumeMounts{\(mount.text("name"))}.mountPropagation")
                }
            }
        }
        if fields.isEmpty { return nil }
        return "this node does not enforce " + fields.joined(separator: ", ")
    }

    private static func securityFields(_ context: Value?, at path: String) -> [String] {
        guard let context else { return [] }
        let fields = [
            "seLinuxOptions", "seccompProfile", "appArmorProfile", "sysctls", "windowsOptions", "procMount",
        ]
        return fields.filter { field in
            // The runtime's default profile and no profile differ in nothing that is promised.
            let type = context[field]?["type"]?.stringValue
            return context.present(field) != nil && type != "RuntimeDefault" && type != "Unconfined"
                && context[field]?.stringValue != "Default"
        }.map { "\(path).\($0)" }
    }
}
