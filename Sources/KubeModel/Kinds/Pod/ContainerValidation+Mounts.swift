import Manifest

// The rules for how containers see the pod's volumes.

extension ContainerValidation {
    func mounts(of container: ObjectField) -> [FieldError] {
        let mounts = container["volumeMounts"]
        let devices = container["volumeDevices"].items
        let deviceNames = Set(devices.map { $0["name"].text })
        let devicePaths = Set(devices.map { $0["devicePath"].text })
        var paths: Set<String> = []
        return mounts.items.flatMap { mount -> [FieldError] in
            var errors: [FieldError] = []
            let (name, path) = (mount["name"], mount["mountPath"])
            if name.text.isEmpty { errors.append(name.required()) }
            if pod.volumes[name.text] == nil { errors.append(name.notFound()) }
            if path.text.isEmpty { errors.append(path.required()) }
            if !paths.insert(path.text).inserted { errors.append(path.invalid("must be unique", absent: "")) }
            if deviceNames.contains(name.text) {
                errors.append(name.invalid("must not already exist in volumeDevices"))
            }
            if devicePaths.contains(path.text) {
                errors.append(path.invalid("must not already exist as a path in volumeDevices"))
            }
            return errors + subPaths(of: mount, in: mounts, container: container)
        }
    }

    private func subPaths(of mount: ObjectField, in mounts: ObjectField, container: ObjectField)
        -> [FieldError]
    {
        var errors: [FieldError] = []
        let (subPath, expression) = (mount["subPath"], mount["subPathExpr"])
        // These paths lack the mount's position, as upstream's do.
        if !subPath.text.isEmpty {
            errors += LocalPath.descending(subPath.text, at: mounts.path.child("subPath"))
        }
        if !expression.text.isEmpty {
            if !subPath.text.isEmpty {
                errors.append(expression.invalid("subPathExpr and subPath are mutually exclusive"))
            }
            errors += LocalPath.descending(expression.text, at: mounts.path.child("subPathExpr"))
        }
        let propagation = mount["mountPropagation"]
        if propagation.isPresent {
            let path = mounts.path.child("mountPropagation")
            if !["Bidirectional", "HostToContainer", "None"].contains(propagation.text) {
                errors.append(
                    .notSupported(
                        path, .string(propagation.text),
                        supported: ["Bidirectional", "HostToContainer", "None"]))
            }
            if propagation.text == "Bidirectional", !container["securityContext", "privileged"].isTrue {
                errors.append(
                    .forbidden(
                        path, "Bidirectional mount propagation is available only to privileged containers"))
            }
        }
        return errors
    }

    func devices(of container: ObjectField) -> [FieldError] {
        let mounts = container["volumeMounts"].items
        let mountNames = Set(mounts.map { $0["name"].text })
        let mountPaths = Set(mounts.map { $0["mountPath"].text })
        var (names, paths): (Set<String>, Set<String>) = ([], [])
        return container["volumeDevices"].items.flatMap { device -> [FieldError] in
            var errors: [FieldError] = []
            let (name, path) = (device["name"], device["devicePath"])
            if name.text.isEmpty { errors.append(name.required()) }
            if names.contains(name.text) { errors.append(name.invalid("must be unique")) }
            if let volume = pod.volumes[name.text] {
                if !volume["persistentVolumeClaim"].isPresent, !volume["ephemeral"].isPresent {
                    errors.append(
                        name.invalid(
                            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
                        ))
                }
            } else {
                errors.append(name.notFound())
            }
            if path.text.isEmpty { errors.append(path.required()) }
            if !path.text.isEmpty, paths.contains(path.text) { errors.append(path.invalid("must be unique")) }
            if path.text.split(separator: "/").contains("..") {
                errors.append(path.invalid("can not contain backsteps ('..')"))
            } else {
                paths.insert(path.text)
            }
            if mountNames.contains(name.text) {
                errors.append(name.invalid("must not already exist in volumeMounts"))
            }
            if mountPaths.contains(path.text) {
                errors.append(path.invalid("must not already exist as a path in volumeMounts"))
            }
            if !name.text.isEmpty { names.insert(name.text) }
            return errors
        }
    }
}

/// Paths inside a volume.
enum LocalPath {
    /// The faults of a path that must lead downwards from the volume's root.
    static func descending(_ text: String, at path: FieldPath) -> [FieldError] {
        (text.hasPrefix("/") ? [.invalid(path, .string(text), "must be a relative path")] : [])
            + withoutBacksteps(text, at: path)
    }

    /// The fault of a path that leads upwards.
    static func withoutBacksteps(_ text: String, at path: FieldPath) -> [FieldError] {
        text.split(separator: "/").contains("..")
            ? [.invalid(path, .string(text), "must not contain '..'")] : []
    }
}
