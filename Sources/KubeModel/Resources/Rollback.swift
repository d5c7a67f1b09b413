import Manifest

/// A version that must not be tried again, and why: what an automatic rollback leaves behind.
///
/// The controller that rolls back creates it after traffic is back on the stable version. Whoever owns the desired
/// state in git answers it: it reverts the version there, and says so in the status, so that git and the cluster
/// agree again. While the object exists, the version is in quarantine; deleting it lifts that.
public enum Rollback {
    /// Where Rollbacks are served.
    public static let resource = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "rollbacks")

    private static let text: Value = ["type": "string"]
    private static let texts: Value = ["type": "array", "items": ["type": "string"]]

    /// How a server learns the kind.
    public static let definition = ResourceDefinition(
        resource, kind: "Rollback",
        spec: [
            "type": "object", "required": ["reason"],
            // What a controller rolled back names the workload; what a person wants back names the service.
            "anyOf": [
                ["required": ["workload", "podTemplateHash"]], ["required": ["service", "environment"]],
            ],
            "properties": [
                "workload": [
                    "type": "object", "required": ["apiVersion", "kind", "name"],
                    "properties": ["apiVersion": text, "kind": text, "name": text],
                ],
                "podTemplateHash": text, "revision": ["type": "integer"], "images": texts,
                "stableImages": texts, "reason": text, "analysisRun": text,
                // Of a rollback that somebody asked for: where, to which release, and who.
                "service": text, "environment": text, "release": text, "to": text, "requestedBy": text,
            ],
        ],
        status: [
            "type": "object",
            "properties": [
                "phase": text, "message": text, "pullRequest": text, "commit": text,
                // The generation that the phase is about: of a version that is rolled back again, there is a newer one.
                "observedGeneration": ["type": "integer"],
                "conditions": ["type": "array", "items": ResourceDefinition.anyObject],
            ],
        ],
        columns: [
            .init("Workload", path: ".spec.workload.name"),
            .init("Revision", type: "integer", path: ".spec.revision"),
            .init("Phase", path: ".status.phase"),
            .init("Reason", path: ".spec.reason", priority: 1),
            .init("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}
