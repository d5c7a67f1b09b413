import Manifest

/// The rules for the rights that pods and containers run with.
enum SecurityContextValidation {
    static func container(_ context: ObjectField, usesHostUsers: Bool) -> [FieldError] {
        guard context.isPresent else { return [] }
        var errors = user(context["runAsUser"]) + user(context["runAsGroup"])
        let procMount = context["procMount"]
        if procMount.isPresent {
            errors += procMount.optionalEnumeration(["Default", "Unmasked"])
            if usesHostUsers, procMount.text == "Unmasked" {
                errors.append(procMount.invalid("`hostUsers` must be false to use `Unmasked`"))
            }
        }
        errors += seccomp(context["seccompProfile"])
        if context["allowPrivilegeEscalation"].flag == false {
            if context["privileged"].isTrue {
                errors.append(
                    context.invalid("cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
                )
            }
            if context["capabilities", "add"].texts.contains("CAP_SYS_ADMIN") {
                errors.append(
                    context.invalid(
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
                )
            }
        }
        return errors + appArmor(context["appArmorProfile"])
    }

    static func pod(_ context: ObjectField, spec: ObjectField) -> [FieldError] {
        guard context.isPresent else { return [] }
        var errors = user(context["fsGroup"]) + user(context["runAsUser"]) + user(context["runAsGroup"])
        errors += context["supplementalGroups"].items.flatMap(user)
        let shared = spec["shareProcessNamespace"]
        if shared.isTrue, spec["hostPID"].isTrue {
            errors.append(
                .invalid(
                    context.path.child("shareProcessNamespace"), true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
        errors += sysctls(context["sysctls"])
        errors += context["fsGroupChangePolicy"].optionalEnumeration(["Always", "OnRootMismatch"])
        errors += seccomp(context["seccompProfile"]) + appArmor(context["appArmorProfile"])
        errors += context["supplementalGroupsPolicy"].optionalEnumeration(["Merge", "Strict"])
        return errors + context["seLinuxChangePolicy"].optionalEnumeration(["MountOption", "Recursive"])
    }

    private static func user(_ field: ObjectField) -> [FieldError] {
        field.integer.map { field.invalid(NameSyntax.userID($0)) } ?? []
    }

    private static func seccomp(_ profile: ObjectField) -> [FieldError] {
        guard profile.isPresent else { return [] }
        let (type, file) = (profile["type"], profile["localhostProfile"])
        var errors =
            type.text.isEmpty
            ? [type.required("type is required when seccompProfile is set")]
            : type.optionalEnumeration(["Localhost", "RuntimeDefault", "Unconfined"])
        if type.text == "Localhost" {
            errors +=
                file.isPresent
                ? LocalPath.descending(file.text, at: file.path)
                : [file.required("must be set when seccomp type is Localhost")]
        } else if file.isPresent {
            errors.append(
                .invalid(
                    file.path,
                    ["Type": .string(type.text), "LocalhostProfile": .string(file.text)],
                    "can only be set when seccomp type is Localhost"))
        }
        return errors
    }

    private static func appArmor(_ profile: ObjectField) -> [FieldError] {
        guard profile.isPresent else { return [] }
        let (type, file) = (profile["type"], profile["localhostProfile"])
        switch type.text {
        case "Localhost":
            let isBlank = file.text.allSatisfy(\.isWhitespace)
            if !file.isPresent || file.text.isEmpty {
                return [file.required("must be set when AppArmor type is Localhost")]
            }
            if isBlank || file.text.first?.isWhitespace == true || file.text.last?.isWhitespace == true {
                return [file.invalid("must not be padded with whitespace")]
            }
            return file.text.utf8.count > 4095 ? [file.tooLong(4095)] : []
        case "RuntimeDefault", "Unconfined":
            return file.isPresent ? [file.invalid("can only be set when AppArmor type is Localhost")] : []
        case "": return [type.required("type is required when appArmorProfile is set")]
        default: return [type.notSupported(["Localhost", "RuntimeDefault", "Unconfined"])]
        }
    }

    private static func sysctls(_ sysctls: ObjectField) -> [FieldError] {
        var names: Set<String> = []
        return sysctls.items.flatMap { sysctl -> [FieldError] in
            let name = sysctl["name"]
            defer { names.insert(name.text) }
            if name.text.isEmpty { return [name.required()] }
            guard name.text.utf8.count <= 253, isSysctl(name.text) else {
                let segment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
                return [
                    name.invalid(
                        #"must have at most 253 characters and match regex ^(\#(segment)[\./])*\#(segment)$"#)
                ]
            }
            return names.contains(name.text) ? [name.duplicate()] : []
        }
    }

    private static func isSysctl(_ name: String) -> Bool {
        name.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "/" }).allSatisfy {
            part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return NameSyntax.isLowerAlphanumeric(first) && NameSyntax.isLowerAlphanumeric(last)
                && part.utf8.allSatisfy {
                    NameSyntax.isLowerAlphanumeric($0) || NameSyntax.isDash($0) || $0 == UInt8(ascii: "_")
                }
        }
    }
}
