import Manifest

extension Application {
    /// What a server is taught of the kind: Argo CD's names, columns and fields.
    ///
    /// Fields that are not named here are kept, so that manifests written for newer versions of Argo CD survive.
    /// Unlike Argo CD's definition it has a status subresource, so that applying a manifest cannot touch the status,
    /// and changes of the status do not count as changes of the spec.
    public static let definition = ResourceDefinition(
        resource, kind: "Application", shortNames: ["app", "apps"],
        spec: [
            "type": "object", "required": ["destination", "project"],
            "x-kubernetes-preserve-unknown-fields": true,
            "properties": [
                "project": ["type": "string"],
                "source": source,
                "sources": ["type": "array", "items": source],
                "destination": [
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                    "properties": [
                        "server": ["type": "string"], "name": ["type": "string"],
                        "namespace": ["type": "string"],
                    ],
                ],
                "syncPolicy": syncPolicy,
                "ignoreDifferences": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["kind"], "x-kubernetes-preserve-unknown-fields": true,
                        "properties": [
                            "group": ["type": "string"], "kind": ["type": "string"],
                            "name": ["type": "string"], "namespace": ["type": "string"],
                            "jsonPointers": strings, "jqPathExpressions": strings,
                            "managedFieldsManagers": strings,
                        ],
                    ],
                ],
                "revisionHistoryLimit": ["type": "integer", "format": "int64"],
                "info": ["type": "array", "items": ResourceDefinition.anyObject],
            ],
        ],
        status: ResourceDefinition.anyObject,
        otherFields: ["operation": ResourceDefinition.anyObject],
        columns: [
            .init("Sync Status", path: ".status.sync.status"),
            .init("Health Status", path: ".status.health.status"),
            .init("Revision", path: ".status.sync.revision", priority: 10),
            .init("Project", path: ".spec.project", priority: 10),
        ])

    private static let strings: Value = ["type": "array", "items": ["type": "string"]]

    private static let source: Value = [
        "type": "object", "required": ["repoURL"], "x-kubernetes-preserve-unknown-fields": true,
        "properties": [
            "repoURL": ["type": "string"], "path": ["type": "string"], "targetRevision": ["type": "string"],
            "chart": ["type": "string"], "ref": ["type": "string"], "name": ["type": "string"],
            "helm": ResourceDefinition.anyObject, "kustomize": ResourceDefinition.anyObject,
            "directory": ResourceDefinition.anyObject, "plugin": ResourceDefinition.anyObject,
        ],
    ]

    private static let syncPolicy: Value = [
        "type": "object", "x-kubernetes-preserve-unknown-fields": true,
        "properties": [
            "automated": [
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": [
                    "enabled": ["type": "boolean"], "prune": ["type": "boolean"],
                    "selfHeal": ["type": "boolean"], "allowEmpty": ["type": "boolean"],
                ],
            ],
            "syncOptions": strings,
            "retry": [
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": [
                    "limit": ["type": "integer", "format": "int64"], "refresh": ["type": "boolean"],
                    "backoff": [
                        "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                        "properties": [
                            "duration": ["type": "string"], "maxDuration": ["type": "string"],
                            "factor": ["type": "integer", "format": "int64"],
                        ],
                    ],
                ],
            ],
            "managedNamespaceMetadata": ResourceDefinition.anyObject,
        ],
    ]
}
