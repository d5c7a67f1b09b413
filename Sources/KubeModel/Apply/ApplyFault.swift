/// Why an applied configuration cannot be merged.
enum ApplyFault: Error {
    /// Others own fields of it with other values.
    case conflicts([Conflict])
    case failure(APIError)

    /// A field that somebody else owns.
    struct Conflict {
        let owner: ManagedFields.Owner
        let path: [PathElement]
    }

    /// What becomes of the fields that others would lose: the conflicts by owner, then by path.
    init(_ lost: [ManagedFields.Owner: FieldSet]) {
        let owners = lost.keys.sorted { $0.sortKey.byteOrder(to: $1.sortKey) < 0 }
        self = .conflicts(
            owners.flatMap { owner in (lost[owner]?.paths ?? []).map { Conflict(owner: owner, path: $0) } })
    }

    /// The failure in the words of an API server.
    var apiError: APIError {
        switch self {
        case .failure(let error): error
        case .conflicts(let conflicts):
            .applyConflict(
                Self.message(conflicts),
                causes: conflicts.map {
                    APIStatus.Cause(
                        reason: "FieldManagerConflict", message: "conflict with \($0.owner.description)",
                        field: $0.path.pathDescription)
                })
        }
    }

    private static func message(_ conflicts: [Conflict]) -> String {
        if conflicts.count == 1 {
            let conflict = conflicts[0]
            return "Apply failed with 1 conflict: conflict with \(conflict.owner.description): "
                + conflict.path.pathDescription
        }
        var lines: [String] = []
        var owner: ManagedFields.Owner?
        for conflict in conflicts {
            if conflict.owner != owner { lines.append("conflicts with \(conflict.owner.description):") }
            owner = conflict.owner
            lines.append("- \(conflict.path.pathDescription)")
        }
        return "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
    }
}

extension ManagedFields.Owner: CustomStringConvertible {
    /// The owner as conflict messages call it: `"kubectl" using apps/v1`, `"hpa" with subresource "scale"`.
    public var description: String {
        var text = GoFormat.quoted(manager)
        if !subresource.isEmpty { text += " with subresource \(GoFormat.quoted(subresource))" }
        if operation == .update { text += " using \(apiVersion)" }
        return text
    }
}
