import Manifest

/// A field that a created patch must not change, such as the name of the object it is for.
public struct PatchPrecondition: Sendable, Hashable {
    private let path: [String]

    /// The top-level field must stay: `apiVersion`, `kind`.
    public static func unchanged(_ key: String) -> PatchPrecondition { PatchPrecondition(path: [key]) }

    /// The field of `metadata` must stay: `name`, `namespace`.
    public static func unchangedMetadata(_ key: String) -> PatchPrecondition {
        PatchPrecondition(path: ["metadata", key])
    }

    private func holds(for patch: Value) -> Bool {
        var node: Value? = patch
        for key in path { node = node?[key] }
        return node == nil
    }

    static func check(_ preconditions: [PatchPrecondition], _ patch: Value) throws(KubeModelError) {
        guard preconditions.allSatisfy({ $0.holds(for: patch) }) else {
            throw KubeModelError(
                .inapplicablePatch, "precondition failed for: \(GoFormat.description(of: patch))")
        }
    }
}
