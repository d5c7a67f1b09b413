import KubeModel
import Manifest

/// One rule of a role: which verbs it allows on what.
struct PolicyRule: Sendable, Hashable {
    var verbs: [String] = []
    var groups: [String] = []
    /// Resources, with subresources as `pods/log`, `pods/*` or `*/scale`.
    var resources: [String] = []
    /// The names of the objects it is restricted to; empty for all.
    var names: [String] = []
    /// Paths outside the resources, `*` at the end standing for anything.
    var paths: [String] = []

    init(
        verbs: [String] = [], groups: [String] = [], resources: [String] = [], names: [String] = [],
        paths: [String] = []
    ) {
        self.verbs = verbs
        self.groups = groups
        self.resources = resources
        self.names = names
        self.paths = paths
    }

    /// Reads an entry of a role's `rules`.
    init(_ value: Value) {
        self.init(
            verbs: value.texts("verbs"), groups: value.texts("apiGroups"),
            resources: value.texts("resources"),
            names: value.texts("resourceNames"), paths: value.texts("nonResourceURLs"))
    }

    /// The rule as it stands in a role.
    var value: Value {
        var fields: Object = ["verbs": .array(verbs.map(Value.string))]
        for (key, texts) in [
            ("apiGroups", groups), ("resources", resources), ("resourceNames", names),
            ("nonResourceURLs", paths),
        ] where !texts.isEmpty {
            fields[key] = .array(texts.map(Value.string))
        }
        return .object(fields)
    }

    /// Whether the rule allows what is asked.
    func allows(_ target: AccessRequest.Target) -> Bool {
        switch target {
        case .resource(let wanted): allows(wanted)
        case .path(let path, let verb): allowsVerb(verb) && paths.contains { Self.matches($0, path: path) }
        }
    }

    private func allows(_ wanted: AccessRequest.ResourceTarget) -> Bool {
        allowsVerb(wanted.verb)
            && (groups.contains("*") || groups.contains(wanted.group))
            && allowsResource(wanted)
            && (names.isEmpty || names.contains(wanted.name))
    }

    private func allowsVerb(_ verb: String) -> Bool { verbs.contains("*") || verbs.contains(verb) }

    private func allowsResource(_ wanted: AccessRequest.ResourceTarget) -> Bool {
        let full = wanted.subresource.isEmpty ? wanted.resource : "\(wanted.resource)/\(wanted.subresource)"
        return resources.contains { resource in
            resource == "*" || resource == full
                || (!wanted.subresource.isEmpty && resource == "*/\(wanted.subresource)")
        }
    }

    static func matches(_ pattern: String, path: String) -> Bool {
        if pattern == "*" || pattern == path { return true }
        return pattern.hasSuffix("*") && path.hasPrefix(pattern.dropLast())
    }
}

extension PolicyRule: CustomStringConvertible {
    /// The rule as upstream's messages print it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`.
    var description: String {
        let parts = [
            ("APIGroups", groups), ("Resources", resources), ("NonResourceURLs", paths),
            ("ResourceNames", names), ("Verbs", verbs),
        ]
        let shown = parts.filter { !$0.1.isEmpty }.map { "\($0.0):\(GoFormat.quotedList($0.1))" }
        return "{" + shown.joined(separator: ", ") + "}"
    }
}

extension GoFormat {
    /// A list of texts as `%q` prints it: `["a" "b"]`.
    static func quotedList(_ texts: [String]) -> String {
        "[" + texts.map { quoted($0) }.joined(separator: " ") + "]"
    }
}
