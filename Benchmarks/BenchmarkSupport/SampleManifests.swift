public import Manifest

/// Deployments of about 3.2 KB of JSON each, as an API server stores them: with defaults, managed fields and status.
public enum SampleManifests {
    /// A Deployment as the server answers it.
    public static func deployment(_ number: Int) -> Value {
        let name = "service-\(number)"
        let labels: Value = [
            "app.kubernetes.io/name": .string(name), "app.kubernetes.io/part-of": "shop",
            "app.kubernetes.io/managed-by": "slipway", "team": .string("team-\(number % 17)"),
        ]
        let probe: (String) -> Value = { path in
            [
                "httpGet": ["path": .string(path), "port": "http", "scheme": "HTTP"], "timeoutSeconds": 1,
                "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
            ]
        }
        let container: Value = [
            "name": "server",
            "image": .string("registry.example.com/shop/\(name)@sha256:\(digest(number))"),
            "args": ["--listen=:8080", "--log-format=json", .string("--shard=\(number)")],
            "ports": [["name": "http", "containerPort": 8080, "protocol": "TCP"]],
            "env": [
                [
                    "name": "DATABASE_URL",
                    "valueFrom": ["secretKeyRef": ["name": .string("\(name)-db"), "key": "url"]],
                ],
                ["name": "OTEL_SERVICE_NAME", "value": .string(name)],
                ["name": "FEATURE_FLAGS", "value": "checkout-v2,fast-search"],
            ],
            "resources": [
                "limits": ["cpu": "1", "memory": "512Mi"], "requests": ["cpu": "100m", "memory": "256Mi"],
            ],
            "volumeMounts": [["name": "config", "mountPath": "/etc/service", "readOnly": true]],
            "livenessProbe": probe("/healthz"), "readinessProbe": probe("/readyz"),
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "imagePullPolicy": "IfNotPresent",
            "securityContext": ["runAsNonRoot": true, "allowPrivilegeEscalation": false],
        ]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string(uid(number)),
                "resourceVersion": .string("\(100_000 + number)"), "generation": 4,
                "creationTimestamp": "2026-03-01T10:00:00Z", "labels": labels,
                "annotations": ["deployment.kubernetes.io/revision": "3"],
                "managedFields": [
                    [
                        "manager": "slipway", "operation": "Apply", "apiVersion": "apps/v1",
                        "time": "2026-03-01T10:00:00Z", "fieldsType": "FieldsV1",
                        "fieldsV1": [
                            "f:metadata": ["f:labels": ["f:app.kubernetes.io/name": [:], "f:team": [:]]],
                            "f:spec": [
                                "f:replicas": [:],
                                "f:template": [
                                    "f:spec": [
                                        "f:containers": [
                                            "k:{\"name\":\"server\"}": [
                                                ".": [:], "f:image": [:], "f:args": [:], "f:name": [:],
                                            ]
                                        ]
                                    ]
                                ],
                            ],
                        ],
                    ]
                ],
            ],
            "spec": [
                "replicas": 3, "selector": ["matchLabels": ["app.kubernetes.io/name": .string(name)]],
                "template": [
                    "metadata": ["creationTimestamp": .null, "labels": labels],
                    "spec": [
                        "containers": [container],
                        "volumes": [
                            [
                                "name": "config",
                                "configMap": ["name": .string("\(name)-config"), "defaultMode": 420],
                            ]
                        ],
                        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
                        "dnsPolicy": "ClusterFirst",
                        "serviceAccountName": .string(name), "securityContext": [:],
                        "schedulerName": "default-scheduler",
                    ],
                ],
                "strategy": [
                    "type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "25%", "maxSurge": "25%"],
                ],
                "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            ],
            "status": [
                "observedGeneration": 4, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3,
                "availableReplicas": 3,
                "conditions": [
                    condition("Available", "MinimumReplicasAvailable"),
                    condition("Progressing", "NewReplicaSetAvailable"),
                ],
            ],
        ]
    }

    /// The same Deployment as a user would send it: without what the server adds.
    public static func draft(_ number: Int) -> Value {
        var object = deployment(number)
        object["status"] = nil
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"] {
            object["metadata"]?[field] = nil
        }
        return object
    }

    /// A list of so many Deployments.
    public static func list(_ count: Int) -> Value {
        [
            "kind": "List", "apiVersion": "v1", "metadata": ["resourceVersion": "1"],
            "items": .array((0..<count).map(deployment)),
        ]
    }

    private static func condition(_ type: String, _ reason: String) -> Value {
        [
            "type": .string(type), "status": "True", "lastUpdateTime": "2026-03-01T10:00:00Z",
            "lastTransitionTime": "2026-03-01T10:00:00Z", "reason": .string(reason),
            "message": .string("Condition \(type) holds because of \(reason)."),
        ]
    }

    private static func hexadecimal(_ number: Int, _ width: Int) -> String {
        let text = String(UInt64(number) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
        return String((text + text + text + text + text).prefix(width))
    }
    private static func digest(_ number: Int) -> String { hexadecimal(number + 1, 64) }
    private static func uid(_ number: Int) -> String {
        let text = hexadecimal(number + 1, 32)
        return "\(text.prefix(8))-\(text.prefix(4))-\(text.prefix(4))-\(text.prefix(4))-\(text.prefix(12))"
    }
}
