import KubeModel
import Manifest

/// Refuses objects of another kind than their address says.
enum KindCheck {
    /// Checks `kind` and `apiVersion`, and fills them in where both may be left out.
    ///
    /// - Throws: `badRequest` in the words of upstream's decoders.
    static func check(_ object: inout Value, resource: ResourceDefinition, body: [UInt8]) throws(APIError) {
        let kind = object["kind"]?.stringValue ?? ""
        let apiVersion = object["apiVersion"]?.stringValue ?? ""
        if kind.isEmpty || apiVersion.isEmpty {
            guard resource.custom == nil else {
                if kind.isEmpty {
                    throw .badRequest(
                        "the object provided is unrecognized (must be of type \(resource.kind.kind)): Object 'Kind' is "
                            + "missing in '\(String(decoding: body, as: UTF8.self))' (\(summary(body)))")
                }
                object.apiVersion = resource.apiVersion
                return
            }
        }
        let found = GroupVersionKind(
            apiVersion: apiVersion.isEmpty ? resource.apiVersion : apiVersion,
            kind: kind.isEmpty ? resource.kind.kind : kind)
        guard found != resource.kind else {
            object.kind = resource.kind.kind
            object.apiVersion = resource.apiVersion
            return
        }
        if resource.custom != nil {
            try checkCustom(found, resource, name: object.metadata.name)
        } else {
            try checkBuiltin(found, resource)
        }
    }

    private static func checkCustom(
        _ found: GroupVersionKind, _ resource: ResourceDefinition, name: String
    ) throws(APIError) {
        guard found.apiVersion == resource.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(found.apiVersion)) does not match the expected API version "
                    + "(\(resource.apiVersion))")
        }
        throw .invalid(
            GroupKind(group: found.group, kind: found.kind), name: name,
            errors: [.invalid(FieldPath("kind"), .string(found.kind), "must be \(resource.kind.kind)")])
    }

    private static func checkBuiltin(_ found: GroupVersionKind, _ resource: ResourceDefinition)
        throws(APIError)
    {
        let wanted = resource.kind
        let prefix =
            "\(found.kind) in version \(GoFormat.quoted(found.version)) cannot be handled as a \(wanted.kind): "
        guard SchemaCatalog.builtin.schema(for: found) != nil else {
            throw .badRequest(
                prefix + "no kind \(GoFormat.quoted(found.kind)) is registered for version "
                    + "\(GoFormat.quoted(found.apiVersion)) in scheme \"pkg/api/legacyscheme/scheme.go:30\"")
        }
        guard found.kind == wanted.kind else {
            throw .badRequest(
                prefix + "converting (\(goPackage(found)).\(found.kind)) to "
                    + "(\(internalPackage(wanted)).\(wanted.kind)): unknown conversion")
        }
        throw .badRequest(
            "the API version in the data (\(found.apiVersion)) does not match the expected API version "
                + "(\(resource.apiVersion))")
    }

    private static func goPackage(_ kind: GroupVersionKind) -> String { kind.version }

    /// The package of upstream's unversioned types: the first word of the group.
    private static func internalPackage(_ kind: GroupVersionKind) -> String {
        kind.group.isEmpty ? "core" : kind.group.split(separator: ".").first.map(String.init) ?? ""
    }

    private static func summary(_ body: [UInt8]) -> String {
        String(decoding: body.prefix(30), as: UTF8.self) + (body.count > 30 ? " ..." : "")
    }
}
