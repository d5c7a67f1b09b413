import KubeModel
import Manifest

/// The query of a creation, update or patch (`CreateOptions`, `UpdateOptions`, `PatchOptions`).
struct WriteOptions: Sendable {
    /// What happens to fields that the kind does not have, or that are given twice.
    enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    let isDryRun: Bool
    let fieldManager: String
    let fieldValidation: FieldValidation
    /// Whether an apply takes over what others own.
    let force: Bool

    /// Reads and checks the query.
    ///
    /// - Parameters:
    ///   - kind: the kind of options as messages name it.
    ///   - isApply: whether the request is a server-side apply; nil for what is no patch.
    init(_ query: QueryDecoder, kind: String, isApply: Bool? = nil) throws(APIError) {
        var errors: [FieldError] = []
        fieldManager = query.text("fieldManager")
        let force = query.flag("force")
        switch isApply {
        case true? where fieldManager.isEmpty:
            errors.append(.required(FieldPath("fieldManager"), "is required for apply patch"))
        case false? where force != nil:
            errors.append(.forbidden(FieldPath("force"), "may not be specified for non-apply patch"))
        default: break
        }
        self.force = force ?? false
        errors += Self.managerErrors(fieldManager)
        let dryRun = query.texts("dryRun")
        errors += Self.dryRunErrors(dryRun)
        isDryRun = !dryRun.isEmpty
        let validation = query.text("fieldValidation")
        if let known = FieldValidation(rawValue: validation) {
            fieldValidation = known
        } else {
            fieldValidation = .warn
            if !validation.isEmpty {
                errors.append(
                    .notSupported(
                        FieldPath("fieldValidation"), .string(validation),
                        supported: ["", "Ignore", "Strict", "Warn"]))
            }
        }
        guard errors.isEmpty else {
            throw .invalid(GroupKind(group: "meta.k8s.io", kind: kind), name: "", errors: errors)
        }
    }

    private static func managerErrors(_ manager: String) -> [FieldError] {
        var errors: [FieldError] = []
        let path = FieldPath("fieldManager")
        if manager.utf8.count > 128 { errors.append(.tooLong(path, limit: 128)) }
        let isPrintable = manager.unicodeScalars.allSatisfy { scalar in
            ![.control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator]
                .contains(scalar.properties.generalCategory)
        }
        if !isPrintable {
            errors.append(.invalid(path, .string(manager), "should only contain printable characters"))
        }
        return errors
    }

    /// The faults of a `dryRun` parameter, whose only value is `All`.
    static func dryRunErrors(_ values: [String]) -> [FieldError] {
        guard values.contains(where: { $0 != "All" }) else { return [] }
        return [.notSupported(FieldPath("dryRun"), .array(values.map(Value.string)), supported: ["All"])]
    }
}
