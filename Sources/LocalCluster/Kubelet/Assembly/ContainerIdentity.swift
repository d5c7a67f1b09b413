import KubeModel
import Manifest

/// Who a container's processes are, from the pod's and the container's security context and the image.
struct ContainerIdentity: Sendable {
    var user: ContainerUser
    var capabilities: LinuxCapabilities
    var isRootReadOnly: Bool
    var allowsNewPrivileges: Bool

    /// Reads the image's users where it must; blocks for a moment.
    ///
    /// - Throws: ``ConfigurationFault`` in upstream's words where root is not allowed, ``SandboxError``.
    init(_ container: Value, in pod: Value, image: PodImage) throws {
        let own = container["securityContext"] ?? .emptyObject
        let shared = pod["spec", "securityContext"] ?? .emptyObject
        func setting(_ field: String) -> Value? { own.present(field) ?? shared.present(field) }
        let database = UserDatabase(of: image.root)
        let asked = setting("runAsUser")?.integerValue
        let asGroup = setting("runAsGroup")?.integerValue
        if let asked {
            user = database.user(UInt32(clamping: asked))
        } else {
            user = try database.user(image.defaults.user)
        }
        if let asGroup { user.group = UInt32(clamping: asGroup) }
        let extra = shared.list("supplementalGroups").compactMap(\.integerValue)
        let fileGroup = shared["fsGroup"]?.integerValue
        if shared["supplementalGroupsPolicy"]?.stringValue == "Strict" { user.groups = [] }
        for group in extra + [fileGroup].compactMap({ $0 }) {
            let number = UInt32(clamping: group)
            if !user.groups.contains(number), user.group != number { user.groups.append(number) }
        }
        if setting("runAsNonRoot")?.boolValue == true {
            try Self.checkNonRoot(asked, user, image.defaults.user, container, pod)
        }
        let changes = own["capabilities"] ?? .emptyObject
        capabilities = try LinuxCapabilities.standard.changed(
            adding: changes.list("add").compactMap(\.stringValue),
            dropping: changes.list("drop").compactMap(\.stringValue))
        isRootReadOnly = own["readOnlyRootFilesystem"]?.boolValue ?? false
        allowsNewPrivileges = own["allowPrivilegeEscalation"]?.boolValue ?? true
    }

    private static func checkNonRoot(
        _ asked: Int64?, _ user: ContainerUser, _ imageUser: String, _ container: Value, _ pod: Value
    ) throws(ConfigurationFault) {
        let place =
            "(pod: \"\(pod.metadata.name)_\(pod.metadata.namespace)(\(pod.metadata.uid))\", container:"
            + " \(container.text("name")))"
        if asked == 0 { throw ConfigurationFault("container's runAsUser breaks non-root policy \(place)") }
        if asked != nil { return }
        let name = imageUser.split(separator: ":").first.map(String.init) ?? ""
        if !name.isEmpty, UInt32(name) == nil {
            throw ConfigurationFault(
                "container has runAsNonRoot and image has non-numeric user (\(name)), cannot verify user is"
                    + " non-root \(place)")
        }
        if user.user == 0 {
            throw ConfigurationFault("container has runAsNonRoot and image will run as root \(place)")
        }
    }
}
