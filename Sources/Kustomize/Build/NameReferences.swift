import KubeModel

/// Writes the new names of objects where others refer to them by an old one.
struct NameReferenceTransformer: Transformer {
    private let references: [TransformerConfiguration.NameReference]

    init(_ references: [TransformerConfiguration.NameReference]) { self.references = references }

    func transform(_ resources: ResourceMap) throws(KustomizeError) {
        let index = ReferralIndex(resources.resources)
        var plans: [GroupVersionKind: [Plan]] = [:]
        for resource in resources.resources where !resource.isEmpty {
            let kind = resource.originalID.gvk
            let steps = plans[kind] ?? plan(for: kind)
            plans[kind] = steps
            let referrer = try Referrer(resource, index)
            for step in steps { try referrer.update(step.spec, target: step.target) }
        }
    }

    /// The fields of one kind that hold names.
    struct Plan {
        let target: GroupVersionKind
        let spec: FieldSpec
    }

    private func plan(for gvk: GroupVersionKind) -> [Plan] {
        var steps: [Plan] = []
        for reference in references {
            for spec in reference.referrers where spec.applies(to: gvk) {
                // The spec is chosen by what an object once was; its path holds for what it is now.
                var spec = spec
                spec.gvk = GroupVersionKind(group: "", version: "", kind: "")
                steps.append(Plan(target: reference.gvk, spec: spec))
            }
        }
        return steps
    }
}

/// Which objects had which names, so that a reference is found without asking every object.
struct ReferralIndex {
    private var byPreviousName: [String: [Resource]] = [:]
    private var byOriginalNamespace: [String: [Resource]] = [:]

    init(_ resources: [Resource]) {
        for resource in resources where !resource.isEmpty {
            byOriginalNamespace[resource.originalID.effectiveNamespace, default: []].append(resource)
            var names: Set<String> = []
            for id in resource.previousIDs where names.insert(id.name).inserted {
                byPreviousName[id.name, default: []].append(resource)
            }
        }
    }

    /// The objects that had a name, in the order of the build.
    func resources(named name: String) -> [Resource] { byPreviousName[name] ?? [] }

    /// Whether any object that a predicate lets through was in a namespace.
    func hadResources(in namespace: String, where predicate: (Resource) -> Bool) -> Bool {
        byOriginalNamespace[namespace]?.contains(where: predicate) ?? false
    }
}

/// One object whose references are brought up to date.
private struct Referrer {
    private let resource: Resource
    private let id: ResourceID
    private let index: ReferralIndex
    /// Namespaces of service accounts that a role binding names.
    private let subjectNamespaces: Set<String>

    init(_ resource: Resource, _ index: ReferralIndex) throws(KustomizeError) {
        self.resource = resource
        self.index = index
        id = resource.currentID
        subjectNamespaces = resource.kind == "RoleBinding" ? try Self.subjectNamespaces(of: resource) : []
    }

    private static func subjectNamespaces(of resource: Resource) throws(KustomizeError) -> Set<String> {
        var namespaces: Set<String> = []
        for subject in resource.node.field("subjects")?.content ?? []
        where subject.field("kind")?.text == "ServiceAccount" {
            guard let namespace = subject.field("namespace") else { continue }
            guard namespace.isString else {
                throw KustomizeError(
                    .invalidResource,
                    "Invalid Input: namespace is blank for resource \"\(resource.currentID)\"\n")
            }
            namespaces.insert(namespace.text)
        }
        return namespaces
    }

    func update(_ spec: FieldSpec, target: GroupVersionKind) throws(KustomizeError) {
        do throws(KustomizeError) {
            try spec.visit(resource) { (node) throws(KustomizeError) in
                try set(node, spec: spec, target: target)
            }
        } catch {
            throw error.within("updating name reference in '\(spec.path)' field of '\(resource.currentID)'")
        }
    }

    private func set(_ node: Node, spec: FieldSpec, target: GroupVersionKind) throws(KustomizeError) {
        if node.isNull { return }
        switch node.kind {
        case .scalar: try setScalar(node, spec: spec, target: target)
        case .mapping: try setMapping(node, spec: spec, target: target)
        case .sequence:
            for item in node.content where !item.isNull {
                switch item.kind {
                case .scalar: try setScalar(item, spec: spec, target: target)
                case .mapping: try setMapping(item, spec: spec, target: target)
                case .sequence:
                    throw KustomizeError(
                        .inapplicable, "\(item.yamlText) is expected to be either a string or a map of string"
                    )
                }
            }
        }
    }

    private func setScalar(_ node: Node, spec: FieldSpec, target: GroupVersionKind) throws(KustomizeError) {
        let candidates = index.resources(named: node.text)
        guard !candidates.isEmpty,
            let referral = try select(candidates, spec: spec, target: target, comparesNamespaces: false)
        else { return }
        let name = referral.name
        if name != node.text { try node.setScalar(.scalar(name)) }
    }

    /// A mapping holds a name and a namespace, and both are written.
    private func setMapping(_ node: Node, spec: FieldSpec, target: GroupVersionKind) throws(KustomizeError) {
        guard let nameNode = node.field("name") else {
            throw KustomizeError(.inapplicable, "path config error; no 'name' field in node")
        }
        var candidates = index.resources(named: nameNode.text)
        if candidates.isEmpty { return }
        if let namespace = node.field("namespace") {
            candidates = inNamespace(namespace.text, candidates)
        }
        guard let referral = try select(candidates, spec: spec, target: target, comparesNamespaces: true)
        else {
            return
        }
        let (name, namespace) = (referral.name, referral.namespace)
        if name == nameNode.text, namespace.isEmpty { return }
        try node.set("name", to: .scalar(name))
        if !namespace.isEmpty { try node.set("namespace", to: .scalar(namespace)) }
    }

    /// The candidates that were in a namespace or, where nothing that can be referred to was, that are.
    private func inNamespace(_ namespace: String, _ candidates: [Resource]) -> [Resource] {
        if namespace == ResourceID.noNamespace { return [] }
        if index.hadResources(in: namespace, where: mayRefer) {
            return candidates.filter { $0.originalID.effectiveNamespace == namespace }
        }
        return candidates.filter { $0.currentID.effectiveNamespace == namespace }
    }

    /// Whether an object can be referred to from this one's namespace at all.
    private func mayRefer(to candidate: Resource) -> Bool {
        if id.isClusterScoped { return true }
        let other = candidate.currentID
        return other.isClusterScoped || other.effectiveNamespace == id.effectiveNamespace
            || subjectNamespaces.contains(candidate.namespace)
    }

    // MARK: Choosing among candidates

    private func select(
        _ named: [Resource], spec: FieldSpec, target: GroupVersionKind, comparesNamespaces: Bool
    ) throws(KustomizeError) -> Resource? {
        let role = spec.path.hasSuffix("roleRef/name") ? roleReference : nil
        var candidates = named.filter { candidate in
            guard mayRefer(to: candidate) else { return false }
            let previous = candidate.previousIDs
            guard previous.contains(where: { $0.gvk.isSelected(by: target) }) else { return false }
            if let role, !previous.contains(where: { $0.gvk.isSelected(by: role) }) { return false }
            return isInReach(candidate)
        }
        if candidates.count == 1 { return candidates[0] }
        candidates = candidates.filter { hasSameAffixes($0, allowsNone: true) }
        if candidates.count > 1 { candidates = candidates.filter { hasSameAffixes($0, allowsNone: false) } }
        guard let first = candidates.first else { return nil }
        let (name, namespace) = (first.name, first.namespace)
        if candidates.allSatisfy({ $0.name == name && (!comparesNamespaces || $0.namespace == namespace) }) {
            return first
        }
        throw ambiguity(candidates)
    }

    private func isInReach(_ candidate: Resource) -> Bool {
        if id.isClusterScoped || candidate.currentID.isClusterScoped || candidate.kind == "ServiceAccount" {
            return true
        }
        return id.effectiveNamespace == candidate.currentID.effectiveNamespace
    }

    private var roleReference: GroupVersionKind? {
        guard let role = resource.node.field("roleRef"), let group = role.field("apiGroup"),
            let kind = role.field("kind")
        else { return nil }
        return GroupVersionKind(group: group.text, version: "", kind: kind.text)
    }

    private func hasSameAffixes(_ candidate: Resource, allowsNone: Bool) -> Bool {
        [BuildAnnotation.prefixes, BuildAnnotation.suffixes].allSatisfy { name in
            let (own, theirs) = (resource.list(name), candidate.list(name))
            if allowsNone, own.isEmpty || theirs.isEmpty { return true }
            let (short, long) = own.count <= theirs.count ? (own, theirs) : (theirs, own)
            if short.isEmpty { return long.isEmpty }
            return Array(long.suffix(short.count)) == short
        }
    }

    private func ambiguity(_ candidates: [Resource]) -> KustomizeError {
        var message = "found multiple possible referrals: "
        message += candidates.map { "\($0.currentID)" }.joined(separator: ", ")
        message += "\n\n**** Too many possible referral targets to referrer:\n\(resource.node.yamlText)\n"
        for (place, candidate) in candidates.enumerated() {
            message += "--- possible referral \(place):\n\(candidate.node.yamlText)\n"
        }
        return KustomizeError(.ambiguousReference, message)
    }
}
