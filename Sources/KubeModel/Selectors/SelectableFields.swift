public import Manifest

/// The fields by which the objects of a kind can be selected.
public struct SelectableFields: Sendable {
    /// The fields, by the names selectors use.
    public let names: Set<String>
    /// Names that stand for another field.
    private let aliases: [String: String]
    /// How a field that cannot be selected by is refused.
    private let wording: Wording

    private enum Wording: Sendable {
        /// Kinds without rules of their own.
        case unknown
        case unsupported
        /// Kinds of `batch`, which name themselves.
        case unsupportedFor(String)
    }

    private init(
        _ names: Set<String>, aliases: [String: String] = [:], wording: Wording = .unsupported
    ) {
        self.names = names
        self.aliases = aliases
        self.wording = wording
    }

    /// The fields of a built-in kind.
    public static func builtin(_ kind: GroupVersionKind) -> SelectableFields {
        switch (kind.group, kind.kind) {
        case ("", "Pod"): pod
        case ("", "Node"): SelectableFields(["metadata.name", "spec.unschedulable"])
        case ("", "Namespace"): SelectableFields(["metadata.name", "status.phase"])
        case ("", "ReplicationController"): SelectableFields(metadata.union(["status.replicas"]))
        case ("", "Secret"): SelectableFields(metadata.union(["type"]))
        case ("", "Service"): SelectableFields(metadata.union(["spec.clusterIP", "spec.type"]))
        case ("", "Event"): SelectableFields(event)
        case ("events.k8s.io", "Event"): SelectableFields(event, aliases: eventAliases)
        case ("batch", "Job"):
            SelectableFields(
                metadata.union(["status.successful"]), wording: .unsupportedFor("batchv1.Job"))
        default: SelectableFields(metadata, wording: .unknown)
        }
    }

    /// The fields of a custom resource.
    ///
    /// - Parameter selectable: the paths that its definition lists as selectable, without the leading point.
    public static func custom(isNamespaced: Bool, selectable: [String] = []) -> SelectableFields {
        SelectableFields((isNamespaced ? metadata : ["metadata.name"]).union(selectable))
    }

    private static let metadata: Set<String> = ["metadata.name", "metadata.namespace"]

    private static let pod = SelectableFields(
        metadata.union([
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
            "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
        ]), aliases: ["spec.host": "spec.nodeName"])

    private static let event = metadata.union([
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "source", "type",
    ])

    /// What the newer version of events calls the fields that its objects are stored with.
    private static let eventAliases: [String: String] = {
        let regarding = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
        let pairs = regarding.map { ("regarding.\($0)", "involvedObject.\($0)") }
        return Dictionary(uniqueKeysWithValues: pairs + [("reportingController", "reportingComponent")])
    }()

    /// The selector with aliases resolved.
    ///
    /// - Throws: `unsupportedField` for the first field that objects cannot be selected by.
    public func resolve(_ selector: FieldSelector) throws(KubeModelError) -> FieldSelector {
        var terms: [FieldSelector.Term] = []
        for term in selector.terms {
            let field = aliases[term.field] ?? term.field
            guard names.contains(field) else { throw refusal(of: term.field) }
            terms.append(FieldSelector.Term(field, isEqual: term.isEqual, term.value))
        }
        return FieldSelector(terms)
    }

    private func refusal(of field: String) -> KubeModelError {
        let message =
            switch wording {
            case .unknown:
                "\(GoFormat.quoted(field)) is not a known field selector: only \"metadata.name\", "
                    + "\"metadata.namespace\""
            case .unsupported: "field label not supported: \(field)"
            case .unsupportedFor(let kind):
                "field label \(GoFormat.quoted(field)) not supported for \(kind)"
            }
        return KubeModelError(.unsupportedField, message)
    }

    /// The text of a field as selectors compare it: a missing flag is `false`, a missing count `0`.
    public static func text(of field: String, in object: Value) -> String {
        switch field {
        case "spec.unschedulable", "spec.hostNetwork":
            return scalar(field, in: object) ?? "false"
        case "status.replicas":
            return scalar(field, in: object) ?? "0"
        case "status.successful":
            return scalar("status.succeeded", in: object) ?? "0"
        case "source":
            return scalar("source.component", in: object) ?? scalar("reportingComponent", in: object) ?? ""
        default:
            return scalar(field, in: object) ?? ""
        }
    }

    private static func scalar(_ path: String, in object: Value) -> String? {
        var node: Value? = object
        for key in path.split(separator: ".") { node = node?[String(key)] }
        switch node {
        case .string(let text)?: return text.isEmpty ? nil : text
        case .bool(let flag)?: return flag ? "true" : "false"
        case .integer(let number)?: return String(number)
        default: return nil
        }
    }
}

extension FieldSelector {
    /// Whether an object is meant.
    public func matches(_ object: Value) -> Bool {
        matches { SelectableFields.text(of: $0, in: object) }
    }
}
