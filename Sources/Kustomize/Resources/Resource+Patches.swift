import KubeModel
import Manifest

extension Resource {
    /// Applies a strategic merge patch, whose nodes become part of the object.
    ///
    /// Name and kind change only where the patch is allowed to change them, the namespace never.
    ///
    /// - Throws: `inapplicable` or `patchFailed`.
    func applyStrategicMerge(_ patch: Resource, scopes: KindScopes) throws(KustomizeError) {
        let (name, namespace, kind) = (name, namespace, kind)
        let allowsName = patch.isEnabled(BuildAnnotation.allowNameChange)
        let allowsKind = patch.isEnabled(BuildAnnotation.allowKindChange)
        if allowsName || allowsKind { try storePreviousID() }
        let result = try StrategicMerge(scopes: scopes).apply(patch.node, to: node)
        identityChanged()
        guard result != nil else { return delete() }
        if isEmpty { return }
        if !allowsKind { try setKind(kind) }
        if !allowsName { try setName(name) }
        try setNamespace(namespace)
    }

    /// Applies a JSON patch. What the build knows of the object survives whatever the patch does to annotations.
    ///
    /// - Throws: `patchFailed`.
    func applyJSONPatch(_ patch: JSONPatch) throws(KustomizeError) {
        let kept = annotations.filter { BuildAnnotation.survivesJSONPatch($0.key) }
        let value = try node.value()
        let result: Value
        do throws(KubeModelError) { result = try patch.apply(to: value) } catch {
            throw KustomizeError(.patchFailed, error.message)
        }
        replaceNode(Node(throughJSON: result))
        try updateAnnotations { $0.merge(kept) { $1 } }
    }
}

extension Node {
    /// The tree of a value that went through Go's JSON, where every number is a double.
    convenience init(throughJSON value: Value) { self.init(Self.withDoubles(value)) }

    private static func withDoubles(_ value: Value) -> Value {
        switch value {
        case .integer(let number):
            guard number.magnitude >= 1_000_000 else { return value }
            return .double(Real(Double(number), spelled: GoNumber.general(Double(number))))
        case .double(let real): return .double(Real(real.value, spelled: GoNumber.general(real.value)))
        case .array(let items): return .array(items.map(withDoubles))
        case .object(let object): return .object(object.mapValues(withDoubles))
        default: return value
        }
    }
}
